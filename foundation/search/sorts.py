"""The sorts of things that are found: all content, and what apps register besides (people, units, communities).

Each has a door: of the keys the index gives, what a person may see now.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from foundation.content.kinds import kinds
from foundation.content.models import Content

from .indexes import FINDABLE

# Person, keys -> the objects of those keys that the person may see, by key.
Door = Callable[[Any, Collection[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Sort:
    """What is found and is no content.

    kind: as the index' `KIND` and the address of the results page say it. label: its model, "directory.person". plural:
    the name of many, in sentence case. row: the template of a find, given `hit`; it makes no query. note: what a
    suggestion says under the name. of_api: what the API adds to `id`, `kind`, `url`.
    """

    kind: str
    label: str
    singular: str | Promise
    plural: str | Promise
    icon: str
    door: Door
    row: str
    note: Callable[[Any], str]
    of_api: Callable[[Any], dict[str, Any]]
    # Its own way to suggest while one types, where it has a better one than the index: reader, words, how many.
    suggest: Callable[[Any, str, int], Sequence[Any]] | None = None


_sorts: dict[str, Sort] = {}


def register_sort(sort: Sort) -> None:
    """Add one. A kind or model registered twice is a programming error: ValueError."""
    taken = {kind.key for kind in kinds()} | {one.kind for one in _sorts.values()}
    if sort.label in _sorts or sort.kind in taken:
        raise ValueError(f"sort of finds registered twice: {sort.kind}")
    _sorts[sort.label] = sort


def sorts() -> list[Sort]:
    """Every registered sort."""
    return list(_sorts.values())


def sort_of(obj: Any) -> Sort | None:
    """The sort of an object; None of content."""
    return None if isinstance(obj, Content) else _sorts[obj._meta.label_lower]


def labels_of_content() -> dict[str, str]:
    """The index' name of each kind of content: `{"topic": "communities.topic"}`."""
    return {kind.key: kind.model._meta.label_lower for kind in kinds()}


def visible(person: Any, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Of (label, key) pairs, those `person` may see now. SECURITY: whatever the index says. One query for all content,
    those of its door for each other sort."""
    found: dict[tuple[str, int], Any] = {}
    contents = {pk: label for label, pk in wanted if label not in _sorts}
    if contents:
        # Drafts are no finds, not even of their author: the index has none.
        shown = Content.objects.filter(pk__in=contents, state__in=FINDABLE)
        found = {(contents[one.pk], one.pk): one for one in shown.visible_to(person).with_card()}
    for label in {label for label, _pk in wanted if label in _sorts}:
        keys = [pk for other, pk in wanted if other == label]
        found |= {(label, pk): one for pk, one in _sorts[label].door(person, keys).items()}
    return found


def ids_of(pairs: Iterable[tuple[str, int]]) -> frozenset[str]:
    """The index' ids of (label, key) pairs."""
    return frozenset(f"{label}.{pk}" for label, pk in pairs)
