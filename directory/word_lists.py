"""Lists of the words by which people are found, as SQL: every key typed asks for them, and building them with the ORM
costs more than running them.

SECURITY: they name people whom not everybody may see; `finding` goes through `visible_to`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from foundation.audiences.sql import rows, table

from .models import Person, PersonWord
from .querysets.profiles import AFTER_ALL

# How far words are counted, and people who have several of them: as far as counting is quick.
MOST, MOST_TOGETHER = 6000, 2000
_WORDS, _PEOPLE = table(PersonWord), table(Person)

Sql = tuple[str, list[Any]]


@dataclass(frozen=True)
class WordList:
    """The words that begin with one of `texts`, and how many they are: of names, and the others; at most MOST each."""

    texts: tuple[str, ...]
    names: int = 0
    others: int = 0

    def size(self, *, of_names: bool) -> int:
        """How many words there are, of names alone or of anything."""
        return self.names if of_names else self.names + self.others

    def people(self, *, of_names: bool) -> RawSQL:
        """The ids of those who have one of the words, some of them twice: for `pk__in`."""
        return RawSQL(*_union([_names(self.texts)] if of_names else [_names(self.texts), _others(self.texts)]))  # noqa: S611

    def of_person(self, *, of_names: bool) -> RawSQL:
        """Whether the person of the row has one of the words: for `filter`."""
        sql, params = _of_person(self.texts, f"{_PEOPLE}.id", of_names=of_names)
        return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611


def _bounds(texts: Sequence[str]) -> list[str]:
    return [bound for text in texts for bound in (text, f"{text}{AFTER_ALL}")]


def _select(texts: Sequence[str], kind: str) -> Sql:
    one = f"SELECT person_id FROM {_WORDS} WHERE {kind} AND word >= %s AND word <= %s"
    return " UNION ALL ".join([one] * len(texts)), _bounds(texts)


def _of_person(texts: Sequence[str], person: str, *, of_names: bool = False) -> Sql:
    # Both databases must look at the few words of each person, not at the whole list for everybody: CASE keeps SQLite
    # off the index of lists, OFFSET keeps PostgreSQL from joining.
    is_name = " AND CASE WHEN is_name THEN 1 END = 1"
    ranges = " OR ".join(
        f"(word >= %s AND word <= %s{is_name if of_names or len(text) == 1 else ''})" for text in texts
    )
    sql = f"SELECT 1 FROM {_WORDS} o WHERE o.person_id = {person} AND ({ranges}) LIMIT 1 OFFSET 0"
    return f"EXISTS ({sql})", _bounds(texts)


def _names(texts: Sequence[str]) -> Sql:
    return _select(texts, "is_name = TRUE")


def _others(texts: Sequence[str]) -> Sql:
    # A single letter begins too much to say anything: it is an initial.
    longer = [text for text in texts if len(text) > 1]
    return _select(longer, "is_name = FALSE") if longer else (f"SELECT person_id FROM {_WORDS} WHERE 1 = 0", [])


def _union(parts: Sequence[Sql]) -> Sql:
    return " UNION ALL ".join(sql for sql, _params in parts), [one for _sql, params in parts for one in params]


def measured(texts: Sequence[tuple[str, ...]]) -> list[WordList]:
    """A list for each, with how many words it holds; one query."""
    parts, params = [], []
    for one in texts:
        for sql, bounds in (_names(one), _others(one)):
            parts.append(f"(SELECT COUNT(*) FROM ({sql} LIMIT {MOST}) w)")
            params += bounds
    counts = rows(f"SELECT {', '.join(parts)}", params)[0]
    return [WordList(one, counts[2 * at], counts[2 * at + 1]) for at, one in enumerate(texts)]


def people_in_all(lists: Sequence[WordList]) -> tuple[int, bool]:
    """How many people are in every list, and whether that is all of them: the rarest words are read so far only."""
    most = MOST_TOGETHER if len(lists) > 1 else MOST
    rarest, *others = sorted(lists, key=lambda one: one.size(of_names=False))
    sql, params = _union([_names(rarest.texts), _others(rarest.texts)])
    tests = [_of_person(one.texts, "w.person_id") for one in others]
    having = " AND ".join(test for test, _bounds in tests) or "1 = 1"
    bounds = [one for _test, some in tests for one in some]
    count = f"SELECT COUNT(DISTINCT person_id) FROM (SELECT * FROM ({sql}) l LIMIT {most}) w WHERE {having}"
    return rows(count, [*params, *bounds])[0][0], rarest.size(of_names=False) < most
