"""Who may do what in a space."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.audiences.principals import holders_of, principal

from .models import Role, Space
from .querysets import readable_space_ids, roles_of


def role_in(person: Any, space: Space) -> int:
    """The person's role in `space`, 0 for none."""
    return roles_of(person).get(space.pk, 0)


def members_of(space: Space) -> Q:
    """The condition on people of belonging to `space`, by name or by a principal."""
    return holders_of({principal("space", space.pk)})


@rule("spaces.join")
def can_join(person: Any, space: Space) -> Answer:
    """Open communities are joined at will; the others by invitation."""
    if role_in(person, space):
        return Denied(_("You are already a member."))
    if space.archived:
        return Denied(_("This community is archived."))
    if space.access != Space.Access.OPEN or space.pk not in readable_space_ids(person):
        return Denied(_("One joins this community by invitation: ask one of its hosts."))
    return Allowed()


@rule("spaces.leave", candidates=members_of)
def can_leave(person: Any, space: Space) -> Answer:
    """A member by name may leave, except the last owner."""
    membership = space.memberships.filter(person_id=person.pk).first()
    if membership is None:
        return Denied(_("You are not a member by name."))
    others = space.memberships.of_people().filter(role=Role.OWNER).exclude(person_id=person.pk)
    if membership.role == Role.OWNER and not others.exists():
        return Denied(_("You are the last host: name another one before leaving."))
    return Allowed()


@rule("spaces.contribute", candidates=members_of)
def can_contribute(person: Any, space: Space) -> Answer:
    """Contributors and more write in a space that is not archived."""
    if space.archived:
        return Denied(_("This community is archived: it can be read, not written in."))
    if role_in(person, space) < Role.CONTRIBUTOR:
        return Denied(_("Join this community to take part."))
    return Allowed()


@rule("spaces.edit", candidates=members_of)
def can_edit(person: Any, space: Space) -> Answer:
    """Editors and owners look after what others wrote."""
    if role_in(person, space) < Role.EDITOR:
        return Denied(_("Only the hosts of this space may do this."))
    return Allowed()


@rule("spaces.manage", candidates=members_of)
def can_manage(person: Any, space: Space) -> Answer:
    """Owners decide on members, access and settings."""
    if role_in(person, space) < Role.OWNER:
        return Denied(_("Only the owners of this space may do this."))
    return Allowed()
