"""Finding people by whatever one remembers of them: the one search of the list, suggestions, the API and the export.

Every word typed must begin one of the person's words. Those found by their names alone come first, then the others;
both in name order. When nobody is found, words are taken for misspelt.

Two ways lead to the same people, and how many words there are decides (measured at 28,000 people): few are looked up
and sorted; of many, people are walked through in name order until the page is full.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from .filters import Filters
from .models import Absence, Person, Spelling
from .privacy import may_read
from .spelling import has_spellings, nearest, spellings_of
from .word_lists import WordList, measured, people_in_all
from .words import typed_words

# Up to so many words, people are looked up; beyond, they are walked through. Names that begin alike stand together in
# the order one walks through, so that walking finds them late.
FEW, FEW_NAMES = 1500, 3000
# Of people who have several frequent words, so many among the first few thousand words make walking quick.
ENOUGH = 200
# Found by their names alone; found by whatever else.
NAMES, OTHERS = 0, 1

Place = tuple[int, str, int]


@dataclass(frozen=True)
class Found:
    """A page of people, and the cursor of what follows.

    total: how many there are, where it was asked for; is_exact: not more. corrected: what was typed, and what was
    looked for instead.
    """

    people: list[Person]
    next: str | None = None
    total: int | None = None
    is_exact: bool = True
    corrected: dict[str, str] = field(default_factory=dict)


def find(
    reader: Any,
    q: str,
    filters: Filters | None = None,
    *,
    limit: int,
    cursor: str | None = None,
    counted: bool = False,
    with_unit: bool = True,
) -> Found:
    """`limit` people whom `reader` may see, who match `q` and pass `filters`, after `cursor`. Without `q`, everybody.

    ValueError for a cursor we did not make.
    """
    search = _Search(reader, filters or Filters(), limit, _place(cursor) if cursor else None, counted, with_unit)
    typed = typed_words(q)
    if not typed:
        # What was typed holds no word, so it is nobody's.
        return Found([], total=0) if q.strip() else search.run([])
    lists = measured([(word,) for word in typed])
    found = search.run(lists)
    # SECURITY: corrections are words of others, of whom externals are told nothing.
    if found.people or reader.kind == Person.Kind.EXTERNAL:
        return found
    meant = {one.texts[0]: _meant_by(one.texts[0]) for one in lists}
    instead = [(*(one.texts if one.size(of_names=False) else ()), *meant[one.texts[0]]) for one in lists]
    if not all(instead) or not any(meant.values()):
        return found
    found = search.run(measured(instead))
    if not found.people:
        return found
    return replace(found, corrected={word: ", ".join(others) for word, others in meant.items() if others})


def everybody(reader: Any, q: str, filters: Filters) -> QuerySet:
    """All whom `find` finds without correcting anything, in name order: for exports."""
    people = filters.narrow(Person.objects.visible_to(reader))
    typed = typed_words(q)
    if q.strip() and not typed:
        return people.none()
    for word in typed:
        people = people.filter(pk__in=WordList((word,)).people(of_names=False))
    return people.in_name_order()


def absences_today(people: Sequence[Person], reader: Any) -> dict[int, Absence]:
    """Today's absences of those on a page, by person, as far as `reader` may read them; one query."""
    readable = [person.pk for person in people if may_read(reader, person, "absences")]
    return {one.person_id: one for one in Absence.objects.current().filter(person__in=readable)} if readable else {}


@dataclass(frozen=True)
class _Search:
    """What stays the same when words are tried again."""

    reader: Any
    filters: Filters
    limit: int
    place: Place | None
    counted: bool
    with_unit: bool

    def run(self, lists: list[WordList]) -> Found:
        """One page, the names first."""
        if not all(one.size(of_names=False) for one in lists):
            return Found([], total=0)
        # Many words each, together perhaps few people: only counting tells.
        is_open = len(lists) > 1 and all(one.size(of_names=False) > FEW for one in lists)
        total, is_exact = self._total(lists) if self.counted or is_open else (None, True)
        rows: list[tuple[int, Person]] = []
        for tier in self._tiers(lists):
            is_walk = is_open and (total or 0) >= ENOUGH
            people = self._tier(lists, tier, is_walk=is_walk)
            rows += [(tier, person) for person in people[: self.limit + 1 - len(rows)]]
            if len(rows) > self.limit:
                break
        following = _cursor(*rows[self.limit - 1]) if len(rows) > self.limit else None
        return Found([person for _tier, person in rows[: self.limit]], following, total, is_exact)

    def _tiers(self, lists: list[WordList]) -> list[int]:
        """Those that may hold somebody, from the cursor on."""
        has_names, has_others = all(one.names for one in lists), any(one.others for one in lists)
        tiers = [NAMES] * has_names + [OTHERS] * has_others
        return [tier for tier in tiers if self.place is None or tier >= self.place[0]]

    def _tier(self, lists: list[WordList], tier: int, *, is_walk: bool) -> QuerySet:
        of_names = tier == NAMES
        people = self._scope().for_rows().in_name_order()
        if self.with_unit:
            people = people.with_unit()
        for number, one in enumerate(sorted(lists, key=lambda one: one.size(of_names=of_names))):
            is_frequent = one.size(of_names=of_names) > (FEW_NAMES if of_names else FEW)
            if number or is_walk or (is_frequent and len(lists) == 1):
                people = people.filter(one.of_person(of_names=of_names))
            else:
                people = people.filter(pk__in=one.people(of_names=of_names))
        if not of_names and all(one.names for one in lists):
            people = people.exclude(*(one.of_person(of_names=True) for one in lists))
        if self.place and self.place[0] == tier:
            people = people.filter(TupleGreaterThan(Tuple(F("search_name"), F("pk")), self.place[1:]))
        return people

    def _scope(self) -> QuerySet:
        return self.filters.narrow(Person.objects.visible_to(self.reader))

    def _total(self, lists: list[WordList]) -> tuple[int, bool]:
        """How many people there are, and whether that is all of them."""
        if lists and not self.filters and self.reader.kind != Person.Kind.EXTERNAL:
            # Only active people have words, so that words alone tell how many.
            return people_in_all(lists)
        people = self._scope()
        for one in lists:
            people = people.filter(pk__in=one.people(of_names=False))
        return people.count(), True


def _meant_by(word: str) -> tuple[str, ...]:
    """The words that somebody has and that `word` may have been meant for, the likeliest first."""
    if not has_spellings(word):
        return ()
    near = nearest(word, set(Spelling.objects.filter(variant__in=spellings_of(word)).values_list("word", flat=True)))
    # Spellings of words that nobody has any more may remain.
    return tuple(one.texts[0] for one in measured([(one,) for one in near]) if one.size(of_names=False)) if near else ()


def _cursor(tier: int, person: Person) -> str:
    text = json.dumps([tier, person.search_name, person.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    """The tier, name and id a cursor holds. ValueError for anything else."""
    try:
        tier, name, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        name.encode()
    except (TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise ValueError("not a cursor") from error
    is_place = tier in (NAMES, OTHERS) and isinstance(name, str) and type(pk) is int and 0 < pk < 2**63
    if not is_place or "\0" in name:
        raise ValueError("not a cursor")
    return int(tier), name, pk
