"""What the pages of sharing say: who sees a thing, and whom it is shared with, as far as its reader may know of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from foundation.audiences.policies import ask
from foundation.audiences.principals import ELECTED, EVERYONE, Known, known_to, principals_of
from foundation.audiences.reach import Reach, head_counts, how_many
from foundation.spaces.models import Space
from foundation.spaces.policies import role_in
from foundation.spaces.querysets import readable_space_ids

from .kinds import ContentKind, ShareRole, kind_of
from .models import Content, Share, State
from .querysets import SHOWN

# Names in one sentence.
NAMED = 5
# What everybody may be told that something is addressed to.
PUBLIC = (EVERYONE, ELECTED, "unit:")


@dataclass(frozen=True)
class Line:
    """One sentence on who sees a thing."""

    icon: str
    text: str


@dataclass(frozen=True)
class Row:
    """One share. known: whom it is made to; None for whom its reader may not know of. reads_note: whether the word
    with it is for its reader. people: how many it reaches; None where that says nothing, or was not counted."""

    share: Share
    kind: ContentKind
    known: Known | None
    reads_note: bool = True
    people: int | None = None

    @property
    def holds(self) -> bool:
        return self.share.ended is None

    @property
    def waits(self) -> bool:
        """Whether those it is made to are still to be told."""
        return self.holds and self.share.told is None and self.share.content.state not in SHOWN

    @property
    def label(self) -> str:
        """Whom it is made to."""
        if self.known:
            return self.known.label
        if self.share.principal.startswith("person:"):
            return _("Somebody who has left, or whom you do not see")
        return _("Something you do not see")

    @property
    def icon(self) -> str:
        return self.known.icon if self.known else "lock"

    @property
    def role(self) -> str | Promise:
        """What it allows."""
        return self.kind.share_role(self.share.role).label


def rows_of(shares: Iterable[Share], reader: Any) -> list[Row]:
    """The shares as `reader` may read them: as many queries for one as for a hundred.

    A word with a share is for those it was written to, and for those who may share the thing.
    """
    found = list(shares)
    known, mine = known_to(reader, {one.principal for one in found}), principals_of(reader)
    return [
        Row(
            one,
            kind_of(one.content),
            known.get(one.principal),
            one.principal in mine or bool(ask(reader, "content.share", one.content)),
        )
        for one in found
    ]


def counted(rows: Sequence[Row]) -> list[Row]:
    """The rows with how many people each share reaches that holds: as many queries for one as for a hundred."""
    several = {row.share.principal for row in rows if row.holds and row.known and row.known.person is None}
    counts = head_counts(several)
    return [replace(row, people=counts.get(row.share.principal)) if row.holds and row.known else row for row in rows]


@dataclass(frozen=True)
class Reached:
    """How many people shares reach in all. unseen: how many shares are not counted."""

    reach: Reach
    unseen: int


def reached_by(rows: Sequence[Row], reader: Any) -> Reached | None:
    """Whom the shares that hold reach, somebody in several of them once; None where there is nothing to count.

    SECURITY: whom `reader` may not know of is not counted, or the sum would tell how many they are.
    """
    held = [row for row in rows if row.holds]
    known = {row.share.principal for row in held if row.known}
    return Reached(how_many(reader, known), sum(row.known is None for row in held)) if known else None


def roles_to_give(content: Content, person: Any) -> Sequence[ShareRole]:
    """What `person` may allow by a share of `content`: no more than they have."""
    mine = role_in(person, content.space)
    return [one for one in kind_of(content).share_roles if one.role <= mine]


def who_sees(content: Content, reader: Any, *, is_shared: bool = False) -> list[Line]:
    """Who sees `content` without any share, in words. Two queries of its space and audience, and those of their names.
    `is_shared`: others are named below.

    SECURITY: a space that `reader` does not read, and groups and people they do not see, are not named. Of groups and
    people in an audience, those who may not share it are told only of those they are: whom a notice is addressed to is
    not theirs to read.
    """
    space = content.space
    if content.state == State.DRAFT:
        if space.kind == Space.Kind.PERSONAL:
            return [Line("pencil", _("This is a draft: only you see it."))]
        return [Line("pencil", _("This is a draft: its author and the hosts of its space see it."))]
    if space.kind == Space.Kind.PERSONAL:
        if role_in(reader, space):
            return [Line("user", pgettext("who sees it", "You") if is_shared else _("You, and nobody else"))]
        return [Line("user", _("%(name)s, in whose personal space it is") % {"name": content.author.name})]
    if space.pk not in readable_space_ids(reader):
        return [Line("lock", _("Those who read the space it is in"))]
    lines = [Line("users", _members(space))]
    if space.access == Space.Access.OPEN and space.audience:
        names = _names(space.audience.principals, reader)
        lines.append(Line("world", _("%(names)s, since this space is open to them") % {"names": names}))
    if content.audience:
        names = _names(content.audience.principals, reader, all_of_them=bool(ask(reader, "content.share", content)))
        text = _("Among them, only whoever wrote it and: %(names)s") % {"names": names}
        lines.append(Line("filter", text))
    return lines


def _members(space: Space) -> str:
    if space.kind == Space.Kind.COMMUNITY:
        return _("The members of the community %(space)s") % {"space": space.name}
    return _("The members of %(space)s") % {"space": space.name}


def _names(principals: Iterable[str], reader: Any, *, all_of_them: bool = False) -> str:
    """Those that `reader` may know of, by name; how many the others are."""
    wanted = set(principals)
    mine = principals_of(reader)
    named = {one for one in wanted if all_of_them or one in mine or one.startswith(PUBLIC)}
    return listed(sorted(one.label for one in known_to(reader, named).values()), len(wanted))


def listed(labels: Sequence[str], count: int) -> str:
    """The first names of `count`: « Verdun, Le Sud-Ouest et 2 autres »."""
    shown = labels[:NAMED]
    rest = count - len(shown)
    if not rest:
        return ", ".join(shown)
    others = ngettext("%(count)d other", "%(count)d others", rest) % {"count": rest}
    return _("%(names)s and %(others)s") % {"names": ", ".join(shown), "others": others} if shown else others
