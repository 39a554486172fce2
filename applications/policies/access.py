"""Who may ask for access to an application, and who answers."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import State
from foundation.content.policies import readers_of

from ..models import AccessGrant, AccessRequest, Application, Entry, Stage
from .applications import can_keep, is_granted, sees


@rule("applications.request_access", candidates=readers_of)
def can_request_access(person: Any, application: Application) -> Answer:
    """Whoever sees an application on request and has no access yet, or one that ends soon; also before it goes into
    service."""
    if not person.is_active or not sees(person, application):
        return Denied(_("You do not see this application."))
    if application.state != State.PUBLISHED or application.stage == Stage.RETIRED:
        return Denied(_("It is not in service."))
    if application.entry != Entry.REQUEST:
        return Denied(_("It is open to everyone who sees it: there is nothing to ask for."))
    if is_granted(person, application) and not _ends_soon(person, application):
        return Denied(_("You have access already."))
    return Allowed()


def _ends_soon(person: Any, application: Application) -> bool:
    return AccessGrant.objects.of(person).ending_soon().filter(application=application).exists()


def _concerned(request: AccessRequest) -> Q:
    return Q(is_active=True)


@rule("applications.answer_access", candidates=_concerned)
def can_answer(person: Any, request: AccessRequest) -> Answer:
    """Whoever it waits for today: the manager, then the approver or the owner, or their stand-in.

    SECURITY: the condition of `waiting_for`, where it is written once; nobody answers their own request but the owner.
    """
    if not request.is_waiting:
        return Denied(_("This request was answered already."))
    if AccessRequest.objects.filter(pk=request.pk).waiting_for(person).exists():
        return Allowed()
    if person.pk == request.person_id:
        return Denied(_("Somebody else answers what one asks for oneself."))
    return Denied(_("This request waits for somebody else."))


@rule("applications.withdraw_request", candidates=lambda request: Q(pk=request.person_id))
def can_withdraw_request(person: Any, request: AccessRequest) -> Answer:
    """Whoever asked, as long as nobody answered."""
    if person.pk != request.person_id:
        return Denied(_("Only the person who asked may take the request back."))
    if not request.is_waiting:
        return Denied(_("This request was answered already."))
    return Allowed()


@rule("applications.manage_access")
def can_manage_access(person: Any, application: Application) -> Answer:
    """Its keepers, and whoever approves: they see who was let in, and withdraw it."""
    if person.is_active and person.pk == application.approver_id and sees(person, application):
        return Allowed()
    return can_keep(person, application)
