"""Who may change, share, trash and restore content."""

from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, ask, rule
from foundation.audiences.principals import EVERYONE, holders_of, principal, principals_of
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import members_of, role_in

from .kinds import kind_of, resolve
from .models import Content, State
from .querysets import SHOWN


def author_or_members(content: Content) -> Q:
    """The condition on people of having written `content` or belonging to its space."""
    return Q(pk__in=[content.author_id, content.owner_id]) | members_of(content.space)


def readers_of(content: Content) -> Q:
    """The condition on people of seeing `content`: the rule of `visible_to`, read from the other end.

    Of a draft: its author and the editors of its space. Of the trash: nobody, nobody is told of it.
    """
    if content.state not in (*SHOWN, State.DRAFT):
        return Q(pk__in=[])
    space = content.space
    condition = members_of(space)
    if space.access == Space.Access.OPEN and space.audience:
        condition |= holders_of(space.audience.principals)
    if content.audience:
        condition &= holders_of(content.audience.principals) | Q(pk=content.author_id)
    if content.state == State.DRAFT:
        return condition & (Q(pk=content.author_id) | holders_of({principal("editors", space.pk)}))
    held = set(content.shares.active().values_list("principal", flat=True))
    return condition | holders_of(held) if held else condition


def addressees_of(content: Content) -> Q:
    """The condition on people of being whom `content` is for: its readers, without those who read it only because they
    answer for it (its author, and its editors when its audience names them as such)."""
    readers = readers_of(content)
    if not content.audience:
        return readers
    named = {one for one in content.audience.principals if not one.startswith("editors:")}
    return readers & holders_of(named | set(content.shares.active().values_list("principal", flat=True)))


def is_addressed(person: Any, content: Content) -> bool:
    """Whether `content`, which `person` sees, is for them: see `addressees_of`. In memory; shares are not asked."""
    if not content.audience:
        return True
    return any(one in principals_of(person) for one in content.audience.principals if not one.startswith("editors:"))


def role_on(person: Any, content: Content) -> int:
    """The role of `person` on `content`: theirs in its space, or a greater one that it was shared with; 0 for none."""
    shared = content.shares.active().held_by(person).aggregate(role=Max("role"))["role"] or 0
    return max(role_in(person, content.space), shared)


def _is_author_or_editor(person: Any, content: Content) -> bool:
    is_author = person.pk in (content.author_id, content.owner_id) and role_in(person, content.space) > 0
    return is_author or role_in(person, content.space) >= Role.EDITOR


@rule("content.change", candidates=author_or_members)
def can_change(person: Any, content: Content) -> Answer:
    """The author, and the editors of the space.

    SECURITY: what its kind keeps closed (approved, being reviewed, over) is closed here too, for files and audiences.
    """
    answer, kind = can_restore(person, content), kind_of(content)
    if not answer or not kind.changing:
        return answer
    return ask(person, kind.changing, content if isinstance(content, kind.model) else resolve([content])[0])


@rule("content.trash", candidates=author_or_members)
def can_trash(person: Any, content: Content) -> Answer:
    """Whoever may change it may put it in the trash, from where it can be restored; the editors of the space also what
    its kind keeps closed to changes."""
    return (
        can_restore(person, content) if role_in(person, content.space) >= Role.EDITOR else can_change(person, content)
    )


@rule("content.restore", candidates=author_or_members)
def can_restore(person: Any, content: Content) -> Answer:
    """The author, and the editors of the space: what its kind says of changes does not count."""
    if content.space.archived:
        return Denied(_("This space is archived: it can be read, not written in."))
    if not _is_author_or_editor(person, content):
        return Denied(_("Only its author and the hosts of this space may change this."))
    return Allowed()


@rule("content.share", candidates=author_or_members)
def can_share(person: Any, content: Content) -> Answer:
    """The author, and the editors of the space: a share widens who sees the thing."""
    if not _is_author_or_editor(person, content):
        return Denied(_("Only its author and the hosts of this space may share this."))
    return Allowed()


@rule("content.withdraw_share", candidates=lambda content: author_or_members(content) | Q(is_staff=True))
def can_withdraw_share(person: Any, content: Content) -> Answer:
    """Whoever may share may take a share back; administrators those of somebody who has left, whose personal things
    nobody else may touch (documentation/decisions/0046-sharing.md)."""
    answer = can_share(person, content)
    if not answer and person.is_staff and content.space.kind == Space.Kind.PERSONAL:
        keepers = content.space.memberships.of_people().filter(role__gte=Role.EDITOR)
        return answer if keepers.exists() else Allowed()
    return answer


@rule("content.be_present", candidates=lambda _content: holders_of({EVERYONE}))
def can_be_present(person: Any, content: Content) -> Answer:
    """To see who else has its page open, and be seen: where its kind and the city show it.

    SECURITY: externals are told of no colleagues, so they neither see nor are seen.
    """
    if not settings.PAGE_PRESENCE or not kind_of(content).has_presence:
        return Denied(_("Who reads this is not shown."))
    if EVERYONE not in principals_of(person):
        return Denied(_("Only staff and elected officials see who else reads this."))
    return Allowed()


@rule("content.pass_on", candidates=lambda content: Q(pk=content.owner_id))
def can_pass_on(person: Any, content: Content) -> Answer:
    """Whoever answers for it now."""
    if person.pk != content.owner_id:
        return Denied(_("Only the person responsible for this may pass it on."))
    return Allowed()
