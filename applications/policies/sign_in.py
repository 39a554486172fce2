"""Who may sign in to an application by the portal, and who says what it is told of people."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, ask, rule
from foundation.content.models import State
from foundation.spaces.models import Role
from foundation.spaces.policies import members_of, role_in

from ..models import Application, SignInClient

# SECURITY: the same answer whether there is no such client, it is switched off, or the application is not for them.
NOT_KNOWN = Denied(_("No application of yours has this address. Check it with whoever gave it to you."))


def _editors(application: Application) -> Q:
    return members_of(application.space)


@rule("applications.keep_sign_in", candidates=_editors)
def can_keep_sign_in(person: Any, application: Application) -> Answer:
    """The editors of the register.

    SECURITY: not its owner alone: what a system is told of people, and where their codes are sent, is decided by who
    answers for the register, not by who wants to know.
    """
    if application.state == State.TRASHED:
        return Denied(_("It is in the trash."))
    if role_in(person, application.space) >= Role.EDITOR:
        return Allowed()
    return Denied(_("Only the editors of the register decide on single sign-on."))


@rule("applications.sign_in")
def can_sign_in(person: Any, client: SignInClient | None) -> Answer:
    """Whoever sees the application behind the client and may open it. Asked at authorisation, at each token, and when
    an application asks who somebody is.

    SECURITY: `person` must be loaded afresh: what they may see is remembered on them.
    """
    if client is None or not client.is_enabled or not person.is_active:
        return NOT_KNOWN
    application = Application.objects.visible_to(person).filter(pk=client.entitlement_id).first()
    return ask(person, "applications.open", application) if application is not None else NOT_KNOWN
