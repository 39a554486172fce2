"""The register of kinds of content: what an app tells the floor so that its kind gets everything else for free."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from .models import Content


@dataclass(frozen=True)
class ContentKind:
    """One kind of content.

    model: the class, whose `KIND` is the key. label: singular, in sentence case; plural: of many. card: the template
    that shows one object in a list, given as `content`, with no query left to make. url: its address, from the base row
    and its space alone, so that feeds, notifications and search need not load each kind. related: what the card and the
    address need, loaded with the objects. readers_comment: whether every reader may comment, or members only.
    changing: the kind's own rule for changing one, where it says more than that of any content: files obey it too.
    card_needs_kind: False when the card shows only what every content has: then lists need not load the kind.
    """

    model: type["Content"]
    label: str | Promise
    icon: str
    card: str
    url: Callable[["Content"], str]
    related: Sequence[str] = ("space", "author")
    readers_comment: bool = False
    card_needs_kind: bool = True
    plural: str | Promise = ""
    changing: str = ""

    @property
    def key(self) -> str:
        return self.model.KIND


_kinds: dict[str, ContentKind] = {}


def register_kind(kind: ContentKind) -> None:
    """Add a kind. A missing or taken key is a programming error: ValueError."""
    if not kind.key or kind.key in _kinds:
        raise ValueError(f"kind of content without a key of its own: {kind.model}")
    _kinds[kind.key] = kind


def kind_of(content: "Content") -> ContentKind:
    """The kind of `content`."""
    return _kinds[content.kind]


def kinds() -> list[ContentKind]:
    """Every registered kind."""
    return list(_kinds.values())


def resolve(contents: Iterable["Content"]) -> list["Content"]:
    """The same objects, in the same order, as their own class, ready for cards: one query per kind, not per object.

    Give it what `visible_to` let through: it loads by key and does not ask again.
    """
    wanted = list(contents)
    found: dict[int, Content] = {}
    for key in {one.kind for one in wanted}:
        kind = _kinds[key]
        rows = kind.model._default_manager.filter(pk__in=[one.pk for one in wanted if one.kind == key])
        found.update({row.pk: row for row in rows.select_related(*kind.related)})
    return [found[one.pk] for one in wanted if one.pk in found]


@dataclass(frozen=True)
class Card:
    """One object and the template that shows it in a list."""

    content: "Content"
    template: str


def cards_of(contents: Iterable["Content"]) -> list[Card]:
    """The cards of objects of any kind, in the same order: at most one query per kind.

    Give it what `visible_to` let through, with `space` and `author` selected.
    """
    wanted = list(contents)
    loaded = {one.pk: one for one in resolve(one for one in wanted if kind_of(one).card_needs_kind)}
    return [Card(loaded.get(one.pk, one), kind_of(one).card) for one in wanted]
