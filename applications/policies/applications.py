"""Who may keep an application, and who may open it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import Content, State
from foundation.content.policies import readers_of
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import members_of, role_in
from foundation.spaces.querysets import edited_space_ids

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


@rule("applications.keep_register")
def can_keep_register(person: Any, _nothing: None) -> Answer:
    """Whoever keeps an application, or edits a space where applications may be."""
    if spaces_for(person).exists() or Application.objects.visible_to(person).kept_by(person).exists():
        return Allowed()
    return Denied(_("Only the owners of applications and the editors of the register may read this."))


def spaces_for(person: Any) -> QuerySet[Space]:
    """The registers where `person` may add applications: the spaces of units they edit, and those that hold
    applications already."""
    holds = Content.objects.of_kind(Application.KIND).filter(space=OuterRef("pk"))
    edited = Space.objects.readable_by(person).filter(pk__in=edited_space_ids(person), archived=None)
    return edited.filter(Q(kind=Space.Kind.UNIT) | Exists(holds))


@rule("applications.open", candidates=readers_of)
def can_open(person: Any, application: Application) -> Answer:
    """Whoever sees it opens it, and where access is on request, once it was given.

    SECURITY: single sign-on asks this rule too: what one may not open, one may not sign in to. It holds by itself,
    whoever loaded the row: who has left, or is no longer of its audience, is refused whatever they were given.
    """
    if not person.is_active:
        return Denied(_("This account is no longer active."))
    if not sees(person, application):
        return Denied(_("You do not see this application."))
    if application.stage == Stage.ANNOUNCED:
        return Denied(_("It is not in service yet."))
    if application.stage == Stage.RETIRED:
        return Denied(_("It has been retired."))
    if application.state != State.PUBLISHED:
        return Denied(_("It is not in service."))
    if application.entry == Entry.OPEN or is_granted(person, application):
        return Allowed()
    return Denied(_("Access to it is on request."))


def sees(person: Any, application: Application) -> bool:
    """Whether `person` sees it: known of a row that `visible_to` let through for this very person, asked otherwise."""
    if getattr(application, "seen_by", None) == person.pk:
        return True
    return Application.objects.filter(pk=application.pk).visible_to(person).exists()


def is_granted(person: Any, application: Application) -> bool:
    """Whether `person` was given access by name and still has it: known of a row of `with_grant_of` for this very
    person, asked otherwise."""
    if getattr(application, "grant_of", None) == person.pk:
        return bool(application.is_granted)  # type: ignore[attr-defined]
    return AccessGrant.objects.active().filter(application=application, person_id=person.pk).exists()
