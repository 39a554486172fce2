"""Which door leads from a hit to what it is of: for each sort of object in the index, the ones a person may see."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from foundation.content.models import Content

# Person, keys -> the objects of those keys that the person may see, by key.
Door = Callable[[Any, Collection[int]], Mapping[int, Any]]

_doors: dict[str, Door] = {}


def register_door(label: str, door: Door) -> None:
    """For what is indexed and is no content: `register_door("directory.person", ...)`. Twice is a programming error:
    ValueError."""
    if label in _doors:
        raise ValueError(f"door of {label} registered twice")
    _doors[label] = door


def visible(person: Any, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Of (label, key) pairs, those `person` may see now. SECURITY: whatever the index says. One query for all content,
    one for each other sort."""
    found: dict[tuple[str, int], Any] = {}
    others = {label for label, _pk in wanted if label in _doors}
    contents = {pk: label for label, pk in wanted if label not in others}
    if contents:
        # Drafts are no finds, not even of their author: the index has none.
        shown = Content.objects.filter(pk__in=contents, state__in=("published", "archived"))
        found = {(contents[one.pk], one.pk): one for one in shown.visible_to(person).with_card()}
    for label in others:
        keys = [pk for other, pk in wanted if other == label]
        found |= {(label, pk): one for pk, one in _doors[label](person, keys).items()}
    return found
