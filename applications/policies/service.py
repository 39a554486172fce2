"""Who keeps the systems that register applications, and who decides on what they propose."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import members_of, role_in

from ..models.service import Proposal
from .applications import spaces_for


@rule("applications.keep_registrars", candidates=members_of)
def can_keep_registrars(person: Any, space: Space) -> Answer:
    """Editors of the register: a system writes in it, and makes the portal ask another machine."""
    if role_in(person, space) < Role.EDITOR:
        return Denied(_("Only the editors of the register may do this."))
    return Allowed()


@rule("applications.see_registrars")
def can_see_registrars(person: Any, _nothing: Any) -> Answer:
    """Editors of some register, and administrators."""
    if person.is_staff or spaces_for(person).exists():
        return Allowed()
    return Denied(_("This is shown to the editors of registers of applications."))


def _deciders(proposal: Proposal) -> Any:
    return members_of(proposal.registrar.space)


@rule("applications.decide", candidates=_deciders)
def can_decide(person: Any, proposal: Proposal) -> Answer:
    """Editors of the register, as people: what a system proposes is not decided by a system.

    SECURITY: whoever owns the application but does not edit the register keeps what is said of it, and does not let a
    system in.
    """
    if not proposal.is_waiting:
        return Denied(_("This has been decided already."))
    if role_in(person, proposal.registrar.space) < Role.EDITOR:
        return Denied(_("Only the editors of the register may do this."))
    return Allowed()
