"""The words by which people are found."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction

from foundation.audiences.sql import table, vendor
from foundation.search.actions import queue_objects

from ..models import Person, PersonSkill, PersonWord, Spelling, Unit
from ..privacy import is_public
from ..spelling import has_spellings, spellings_of
from ..words import longest_only, words_in, words_of_name, words_of_phone

CHUNK = 1000

_FIELDS = (
    *("pk", "given_name", "family_name", "preferred_name", "username", "email", "title_fr", "title_en"),
    *("unit", "phone", "mobile", "site", "privacy"),
)


def refresh_words(person_ids: Collection[int], *, are_new: bool = False) -> None:
    """Make the words of these people those of today; those who left have none. `are_new`: they have none so far.

    A thousand at a time, in a few queries each, writing only what differs. Spellings of words that nobody has any more
    stay: what they lead to is looked for among the words themselves. The search index learns of the people too.
    """
    if not person_ids:
        return
    queue_objects("directory.person", sorted(set(person_ids)))
    of_units = _words_of_units()
    # Words known to have their spellings.
    spelt: set[str] = set()
    for ids in _chunks(sorted(set(person_ids)), CHUNK):
        _refresh(ids, of_units, spelt, are_new=are_new)


def _chunks(ids: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@transaction.atomic
def _refresh(ids: Sequence[int], of_units: dict[int, set[str]], spelt: set[str], *, are_new: bool) -> None:
    wanted = _words_of_people(ids, of_units)
    gone: list[int] = []
    kept = PersonWord.objects.none() if are_new else PersonWord.objects.filter(person_id__in=ids).order_by()
    for pk, person_id, word, is_name in kept.values_list("pk", "person_id", "word", "is_name"):
        if wanted[person_id].get(word) is is_name:
            del wanted[person_id][word]
        else:
            gone.append(pk)
    for pks in _chunks(gone, CHUNK):
        PersonWord.objects.filter(pk__in=pks).delete()
    rows = [(person_id, word, is_name) for person_id, words in wanted.items() for word, is_name in words.items()]
    _insert(PersonWord, {"person_id": "bigint", "word": "text", "is_name": "boolean"}, rows)
    _spell({word for _person_id, word, _is_name in rows}, spelt)


def _words_of_people(ids: Sequence[int], of_units: dict[int, set[str]]) -> dict[int, dict[str, bool]]:
    """{person: {word: is of the name}} of the active ones; nothing for the others."""
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    people = list(Person.objects.filter(pk__in=ids, is_active=True).only(*_FIELDS))
    # SECURITY: what not every colleague may read is no word: one would find it by guessing.
    with_skills = [person.pk for person in people if is_public(person, "skills")]
    skills = _words_of_skills(with_skills)
    for person in people:
        names = set().union(
            *(words_of_name(name) for name in (person.given_name, person.family_name, person.preferred_name)),
            words_in(person.username),
            words_in(person.email.partition("@")[0]),
        )
        others = {*words_in(person.title_fr), *words_in(person.title_en), *words_in(person.site)}
        others |= of_units.get(person.unit_id or 0, set()) | skills[person.pk] | words_of_phone(person.phone)
        if person.mobile and is_public(person, "mobile"):
            others |= words_of_phone(person.mobile)
        others = {word for word in longest_only(others | names) - names if len(word) > 1}
        found[person.pk] = dict.fromkeys(names, True) | dict.fromkeys(others, False)
    return found


def _words_of_skills(person_ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = PersonSkill.objects.filter(person_id__in=person_ids)
    for person_id, name_fr, name_en in rows.values_list("person_id", "skill__name_fr", "skill__name_en"):
        found[person_id].update(words_in(name_fr), words_in(name_en))
    return found


def _words_of_units() -> dict[int, set[str]]:
    """The words of each unit and of those above it, short of the city, which is everybody's."""
    own: dict[int, set[str]] = {}
    paths: dict[int, list[int]] = {}
    for unit in Unit.objects.all():
        paths[unit.pk] = unit.ancestor_ids
        if unit.kind == Unit.Kind.CITY:
            own[unit.pk] = set()
        else:
            own[unit.pk] = {*words_in(unit.name_fr), *words_in(unit.name_en), *words_of_name(unit.code)}
    return {pk: set().union(*(own.get(one, set()) for one in path)) for pk, path in paths.items()}


def _spell(words: set[str], spelt: set[str]) -> None:
    """Keep how those of `words` that are new may be mistyped. `spelt`: words known to have their spellings."""
    new = sorted(word for word in words - spelt if has_spellings(word))
    for some in _chunks(new, CHUNK):
        known = set(Spelling.objects.filter(variant__in=some, word__in=some).values_list("word", flat=True))
        rows = [(variant, word) for word in some if word not in known for variant in spellings_of(word)]
        _insert(Spelling, {"variant": "text", "word": "text"}, rows)
    spelt.update(new)


def _insert(model: type[models.Model], columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of plain values, those that are there already left alone: two who change the same person at once wish the
    same words. `columns`: names with PostgreSQL's types. By hand because of 600,000 of them `bulk_create` takes a
    minute, and so a third of that or less."""
    head = f"INSERT INTO {table(model)} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        for some in _chunks(rows, CHUNK):
            if vendor() == "postgresql":
                # One text: the driver looks at each value of a list, and at each mark that stands for one.
                values = ", ".join(f"(one ->> {at})::{kind}" for at, kind in enumerate(columns.values()))
                sql = f"{head} SELECT {values} FROM jsonb_array_elements(%s::jsonb) one ON CONFLICT DO NOTHING"
                cursor.execute(sql, [json.dumps(some)])
            else:
                marks = f"({', '.join(['%s'] * len(columns))})"
                sql = f"{head} VALUES {', '.join([marks] * len(some))} ON CONFLICT DO NOTHING"
                cursor.execute(sql, [value for row in some for value in row])
