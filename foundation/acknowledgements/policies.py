"""Who may ask for acknowledgements, read their register, and acknowledge."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import Content
from foundation.content.policies import author_or_members, readers_of
from foundation.content.querysets import SHOWN
from foundation.spaces.models import Role
from foundation.spaces.policies import role_in


def _answers_for(person: Any, content: Content) -> bool:
    """Its author and owner as long as they belong to the space, and the editors of the space."""
    role = role_in(person, content.space)
    return role >= Role.EDITOR or (role > 0 and person.pk in (content.author_id, content.owner_id))


@rule("acknowledgements.manage", candidates=author_or_members)
def can_manage(person: Any, content: Content) -> Answer:
    """The author, the owner, and the editors of the space."""
    if not _answers_for(person, content):
        return Denied(_("Only its author and the hosts of this space may ask for acknowledgements."))
    return Allowed()


@rule("acknowledgements.read_register", candidates=author_or_members)
def can_read_register(person: Any, content: Content) -> Answer:
    """SECURITY: who read what is personal information; the same people as may ask, and nobody else."""
    if not _answers_for(person, content):
        return Denied(_("Only its author and the hosts of this space may read the register of acknowledgements."))
    return Allowed()


@rule("acknowledgements.acknowledge", candidates=readers_of)
def can_acknowledge(person: Any, content: Content) -> Answer:
    """Every reader of what is published. SECURITY: what one may not see one cannot acknowledge."""
    if content.state not in SHOWN:
        return Denied(_("This is not published."))
    if not Content.objects.filter(pk=content.pk).visible_to(person).exists():
        return Denied(_("You cannot read this, so you cannot acknowledge it."))
    return Allowed()
