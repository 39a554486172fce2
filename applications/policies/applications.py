"""Who may keep an application, and who may open it."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import State
from foundation.spaces.models import Role
from foundation.spaces.policies import members_of, role_in

from ..models import AccessGrant, Application, Entry, Stage


def _keepers(application: Application) -> Q:
    return members_of(application.space) | Q(pk=application.owner_id)


@rule("applications.keep", candidates=_keepers)
def can_keep(person: Any, application: Application) -> Answer:
    """Its owner, and the editors of the register it is in, change what is said of it and answer for it."""
    if application.state == State.TRASHED:
        return Denied(_("It is in the trash."))
    if person.pk == application.owner_id or role_in(person, application.space) >= Role.EDITOR:
        return Allowed()
    return Denied(_("Only its owner and the editors of the register may do this."))


@rule("applications.open")
def can_open(person: Any, application: Application) -> Answer:
    """Whoever sees it (asked before, by `visible_to`) opens it, and where access is on request, once it was given.

    SECURITY: single sign-on asks this rule too: what one may not open, one may not sign in to.
    """
    if application.stage == Stage.ANNOUNCED:
        return Denied(_("It is not in service yet."))
    if application.stage == Stage.RETIRED:
        return Denied(_("It has been retired."))
    if application.state != State.PUBLISHED:
        return Denied(_("It is not in service."))
    if application.entry == Entry.OPEN or _is_granted(person, application):
        return Allowed()
    return Denied(_("Access to it is on request."))


def _is_granted(person: Any, application: Application) -> bool:
    known = getattr(application, "is_granted", None)
    if known is not None:
        return bool(known)
    return AccessGrant.objects.active().filter(application=application, person_id=person.pk).exists()
