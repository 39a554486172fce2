"""Searching: the one function behind the results page, the box and the API; and suggestions while one types.

    results = search(person, "règlement bruit", Filters(kinds=["topic"]), limit=20)
    for hit in results.hits: hit.object, hit.title, hit.extract

SECURITY: the searcher's principals go into the index' own filter, and each page of hits is checked with `visible_to`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString
from haystack.inputs import AutoQuery
from haystack.query import SQ, SearchQuerySet

from foundation.audiences.principals import principals_of

from .analysis import typed, words
from .backends.base import corrected
from .backends.compiler import Asked
from .marks import Marker
from .pending import pending_for
from .sorts import labels_of_content, sorts, visible

LIMIT, MOST_HITS = 20, 10_000
# How many more are asked for than shown, for those that may no longer be seen; and how often more are asked for.
SPARE, ROUNDS = 4, 4
LONGEST = 500

FACETS = ("kind", "space", "unit", "language", "author", "file_type")
ORDERS = {
    "relevance": (),
    "newest": ("-updated",),
    "oldest": ("updated",),
    "title": ("title",),
}


@dataclass(frozen=True)
class Filters:
    """What narrows a search. Ids and keys as the facets give them; several of one sort are any of them."""

    kinds: Collection[str] = ()
    spaces: Collection[int] = ()
    units: Collection[int] = ()
    languages: Collection[str] = ()
    authors: Collection[int] = ()
    file_types: Collection[str] = ()
    since: date | datetime | None = None
    until: date | datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.conditions())

    def between(self, since: datetime | None, until: datetime | None) -> "Filters":
        """The same, changed from `since` and before `until`."""
        return replace(self, since=since or self.since, until=until or self.until)

    def conditions(self) -> dict[str, Any]:
        """As Haystack's lookups."""
        chosen = {
            "kind__in": self.kinds,
            "space__in": self.spaces,
            "unit__in": self.units,
            "language__in": self.languages,
            "author__in": self.authors,
            "file_type__in": self.file_types,
        }
        dates = {"updated__gte": self.since, "updated__lt": self.until}
        return {name: list(some) for name, some in chosen.items() if some} | {
            name: one for name, one in dates.items() if one is not None
        }


@dataclass(frozen=True)
class Hit:
    """One find: the object itself (a Content with its space and author loaded, whatever its kind), its title and an
    extract of its text, marked and safe to show."""

    object: Any
    title: SafeString
    extract: SafeString
    score: float


@dataclass(frozen=True)
class Results:
    """A page of finds.

    total: how many there are; None when that cannot be said just now. facets: `{"kind": [("topic", 12), ...], ...}`,
    most first. next: the offset of the following page, None on the last. did_you_mean: what was looked for in place of
    misspelt words. is_ready: False while the index is being built for the first time.
    """

    hits: Sequence[Hit] = ()
    total: int | None = 0
    facets: dict[str, list[tuple[Any, int]]] = field(default_factory=dict)
    next: int | None = None
    did_you_mean: str | None = None
    is_ready: bool = True


class PermittedQuerySet(SearchQuerySet):
    """Haystack's queryset, which finds nothing until it is told for whom."""

    def asking(self, asked: Asked) -> "PermittedQuerySet":
        clone = self._clone()
        clone.query.asked = asked
        return clone

    def for_person(self, person: Any) -> "PermittedQuerySet":
        """What the index believes `person` may find. SECURITY: what is shown is checked again: see `search`."""
        return self.asking(replace(self.query.asked, principals=principals_of(person)))

    def with_facets(self, names: Sequence[str]) -> "PermittedQuerySet":
        """Counted by each of these fields: `facet` for all of them in one copy of the query."""
        clone = self._clone()
        for name in names:
            clone.query.add_field_facet(name)
        return clone

    def near(self, principals: Collection[str]) -> "PermittedQuerySet":
        """What these principals read comes first."""
        return self.asking(replace(self.query.asked, near=frozenset(principals)))


def search(
    person: Any,
    text: str = "",
    filters: Filters | None = None,
    *,
    order: str = "relevance",
    offset: int = 0,
    limit: int = LIMIT,
    with_facets: bool = True,
    using: str = "default",
) -> Results:
    """What `person` may see of what `text` asks for. Without text, everything the filters let through, newest first.

    Words must all be there, in any form and either language; "phrases", -excluded, prefix*. ValueError for an order
    there is not. When nothing is found, words are taken for misspelt; when nothing is found then either, sorts that
    know more than the index (beginnings of names, telephones) are asked.
    """
    if order not in ORDERS:
        raise ValueError(f"no order named {order!r}")
    principals = principals_of(person)
    if not principals:
        return Results()
    searching = _Searching(person, filters or Filters(), order, min(max(0, offset), MOST_HITS), limit, using)
    if not searching.is_ready():
        return Results(is_ready=False)
    text = text.replace("\0", " ")[:LONGEST]
    results = searching.page(text, with_facets=with_facets)
    if results.hits or offset or not text:
        return results
    better = searching.spelt(text)
    if better is None:
        return results if filters else replace(results, **searching.elsewhere(text))
    return replace(searching.page(better, with_facets=with_facets), did_you_mean=better)


@dataclass(frozen=True)
class _Searching:
    person: Any
    filters: Filters
    order: str
    offset: int
    limit: int
    using: str

    def is_ready(self) -> bool:
        return PermittedQuerySet(using=self.using).query.backend.is_there()

    def _found(self, text: str, asked: Asked) -> PermittedQuerySet:
        found = PermittedQuerySet(using=self.using).asking(asked)
        if text:
            found = found.filter(content=AutoQuery(text))
        conditions = self.filters.conditions()
        if conditions:
            found = found.filter(**conditions)
        keys = ORDERS[self.order] if text or self.order != "relevance" else ORDERS["newest"]
        return found.order_by(*keys) if keys else found

    def _asked(self) -> tuple[Asked, bool]:
        pending, principals = pending_for(self.person), principals_of(self.person)
        near = frozenset(one for one in principals if one.startswith("unit:"))
        return Asked(principals, near, pending.ids, pending.spaces), pending.is_countable

    def page(self, text: str, *, with_facets: bool) -> Results:
        asked, is_countable = self._asked()
        found = self._found(text, asked).highlight()
        if with_facets:
            found = found.with_facets(FACETS)
        marker = Marker(typed(text))
        hits: list[Hit] = []
        start, refused, total, facets = self.offset, 0, 0, {}
        for number in range(ROUNDS):
            end = start + self.limit + SPARE
            batch = found[start:end] if number == 0 else self._found(text, asked).highlight()[start:end]
            if number == 0:
                total = len(found)
                facets = (found.facet_counts() or {}).get("fields", {}) if with_facets else {}
            allowed = visible(self.person, [_key(one) for one in batch])
            for one in batch:
                if len(hits) == self.limit:
                    break
                start += 1
                seen = allowed.get(_key(one))
                if seen is None:
                    refused += 1
                else:
                    hits.append(_hit(one, seen, marker))
            if len(hits) == self.limit or start >= total:
                break
        more = start if start < min(total, MOST_HITS) and batch else None
        if not is_countable:
            return Results(hits, None, {}, more)
        return Results(hits, max(total - refused, len(hits)), facets, more)

    def elsewhere(self, text: str) -> dict[str, Any]:
        """What sorts find by themselves, as `hits` and `total`. SECURITY: they show what the person may see."""
        marker = Marker(typed(text))
        asking = (sort.suggest for sort in sorts() if sort.suggest is not None)
        found = [one for suggest_ in asking for one in suggest_(self.person, text, self.limit)]
        hits = [Hit(one, marker.marked(str(one)), SafeString(""), 0.0) for one in found]
        return {"hits": hits, "total": len(hits)}

    def spelt(self, text: str) -> str | None:
        """`text` as what `person` may see writes it; None when there is nothing better.

        SECURITY: made of finds that were checked, so that no word of anything else is ever suggested.
        """
        asked, _is_countable = self._asked()
        batch = self._found(text, replace(asked, is_fuzzy=True))[: LIMIT + SPARE]
        allowed = visible(self.person, [_key(one) for one in batch])
        texts = [f"{one.title}\n{one.title_translated}\n{one.text}" for one in batch if _key(one) in allowed]
        return corrected(text, texts)


def _key(result: Any) -> tuple[str, int]:
    return f"{result.app_label}.{result.model_name}", int(result.pk)


def _hit(result: Any, seen: Any, marker: Marker) -> Hit:
    extract = result.highlighted["text"][0]
    return Hit(seen, marker.marked(str(seen)), extract, result.score or 0.0)


def suggest(
    person: Any, text: str, limit: int = 8, *, labels: Collection[str] | None = None, using: str = "default"
) -> list[Any]:
    """What `person` may see whose title has words that begin so: the objects themselves, best first.

    The last word may be unfinished; those before it are whole. labels: of these sorts; without, of content.
    """
    asked_words = words(text[:LONGEST])
    if not asked_words or not principals_of(person):
        return []
    pending = pending_for(person)
    found = PermittedQuerySet(using=using).asking(
        Asked(principals_of(person), frozenset(), pending.ids, pending.spaces)
    )
    wanted = labels_of_content().values() if labels is None else labels
    beginning = " ".join(asked_words)
    either = SQ(title__startswith=beginning) | SQ(title_translated__startswith=beginning)
    batch = found.filter(either, django_ct__in=sorted(wanted))[: limit + SPARE]
    allowed = visible(person, [_key(one) for one in batch])
    return [allowed[_key(one)] for one in batch if _key(one) in allowed][:limit]
