"""The register of kinds of content: what an app tells the floor so that its kind gets everything else for free."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.spaces.models import Role

if TYPE_CHECKING:
    from .models import Content


@dataclass(frozen=True)
class ShareRole:
    """What a share of some kind may allow.

    label: how one chooses it and reads it beside a name (« peut lire »). told: how those it is shared with are told
    (« vous pouvez en prendre connaissance »).
    """

    role: int
    label: str | Promise
    told: str | Promise


MAY_READ = ShareRole(Role.READER, _("May read"), _("you may read it"))


@dataclass(frozen=True)
class ContentKind:
    """One kind of content.

    model: the class, whose `KIND` is the key. label: singular, in sentence case; plural: of many. card: the template
    that shows one object in a list, given as `content`, with no query left to make. url: its address, from the base row
    and its space alone, so that feeds, notifications and search need not load each kind; the menu marks by it where the
    pages are that every kind has (its sharing, its register). related: what the card and the address need, loaded with
    the objects. readers_comment: whether every reader may comment, or members only.
    changing: the kind's own rule for changing one, where it says more than that of any content: files obey it too.
    attaching: the rule for adding and removing files, where it is not that for changing it.
    share_roles: what a share may allow, the least first; one alone is not asked about. What each means the kind's own
    rules say, by `policies.role_on`.
    discussion: where what is said about it is read, when that is not at its address.
    has_presence: whether people who have its page open at the same time are shown to each other.
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
    attaching: str = "content.change"
    share_roles: Sequence[ShareRole] = (MAY_READ,)
    discussion: Callable[["Content"], str] | None = None
    has_presence: bool = False

    @property
    def key(self) -> str:
        return self.model.KIND

    def share_role(self, role: int) -> ShareRole:
        """What a share in that role allows: the greatest this kind knows within it."""
        return next((one for one in reversed(self.share_roles) if one.role <= role), self.share_roles[0])


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
