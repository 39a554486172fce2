"""Access on request: asking, answering, letting in, withdrawing. Every answer stays in the register."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import Denied, Refused, people_who_can, require
from foundation.audiences.relations import delegates_of, managers_of

from ..activities import (
    ACCESS_AGREED,
    ACCESS_ASKED,
    ACCESS_CHANGED,
    ACCESS_GRANTED,
    ACCESS_REFUSED,
    ACCESS_WITHDRAWN,
    REQUEST_TAKEN_BACK,
)
from ..models import AccessGrant, AccessRequest, Application
from ..policies.applications import sees

# SECURITY: how many requests of one person may wait at once: nobody fills the day of those who answer.
MOST_WAITING = 20
REASON_MOST = 1000


@transaction.atomic
def request_access(application: Application, *, actor: Any, reason: str, until: date | None = None) -> AccessRequest:
    """Ask to open `application`, with `until` the last day it is needed (null: without end). Whoever has to answer is
    told. What one asked already and nobody answered is answered as it is: a second click asks nothing twice.

    Raises Refused, ValidationError by field (`reason`, `until`).
    """
    # One at a time for one person: the count below holds, and so does "asked already".
    get_user_model()._default_manager.select_for_update().get(pk=actor.pk)
    before = AccessRequest.objects.waiting().filter(application=application, person=actor.pk).first()
    if before is not None:
        return before
    require(actor, "applications.request_access", application)
    if AccessRequest.objects.waiting().filter(person=actor.pk).count() >= MOST_WAITING:
        raise Refused(Denied(_("Many of your requests wait for an answer: take one back before asking again.")))
    said = _checked_reason(reason)
    _check_last_day(until, "until")
    made = AccessRequest(application=application, person=actor, reason=said, until=until)
    made.state = AccessRequest.State.MANAGER if manager_asked(made) else AccessRequest.State.APPROVER
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        # Asked in the same instant by another request.
        return AccessRequest.objects.waiting().get(application=application, person=actor.pk)
    record(ACCESS_ASKED, application, actor=actor, data={"request": str(made.uuid), "told": answerers_of(made)})
    return made


@transaction.atomic
def agree_with_request(asked: AccessRequest, *, actor: Any) -> AccessRequest:
    """The manager agrees: it waits for whoever answers for the application. Agreed already: nothing happens.

    Raises Refused.
    """
    row = _locked(asked)
    if row.state == AccessRequest.State.APPROVER and row.agreed_by_id == actor.pk:
        return row
    require(actor, "applications.answer_access", row)
    if row.state != AccessRequest.State.MANAGER:
        raise Refused(Denied(_("This request waits for whoever answers for the application.")))
    row.state, row.agreed, row.agreed_by = AccessRequest.State.APPROVER, timezone.now(), actor
    row.save(update_fields=["state", "agreed", "agreed_by"])
    record(ACCESS_AGREED, row.application, actor=actor, data={"request": str(row.uuid), "told": answerers_of(row)})
    return row


@transaction.atomic
def grant_access(asked: AccessRequest, *, actor: Any, last_day: date | None = None) -> AccessRequest:
    """Let in whoever asked, until the end of `last_day` (null: without end). They are told. Given by `actor` already:
    nothing happens.

    Raises Refused, ValidationError (`last_day`).
    """
    row = _locked(asked)
    if row.state == AccessRequest.State.GRANTED and row.answered_by_id == actor.pk:
        return row
    require(actor, "applications.answer_access", row)
    if row.state != AccessRequest.State.APPROVER:
        raise Refused(Denied(_("This request waits for the manager of whoever asks.")))
    # SECURITY: who left, or is no longer of the audience, is not let in by an old request.
    if not row.person.is_active or not sees(row.person, row.application):
        raise Refused(Denied(_("This person no longer sees the application.")))
    _check_last_day(last_day, "last_day")
    _let_in(row.application, row.person, last_day, actor)
    _close(row, AccessRequest.State.GRANTED, actor)
    record(ACCESS_GRANTED, row.application, actor=actor, data=_said(row.person, row, last_day))
    return row


@transaction.atomic
def refuse_access(asked: AccessRequest, *, actor: Any, reason: str) -> AccessRequest:
    """Refuse, with the reason that whoever asked will read. They are told. Refused by `actor` already: nothing happens.

    Raises Refused, ValidationError (`reason`).
    """
    row = _locked(asked)
    if row.state == AccessRequest.State.REFUSED and row.answered_by_id == actor.pk:
        return row
    require(actor, "applications.answer_access", row)
    row.answer = _checked_reason(reason)
    _close(row, AccessRequest.State.REFUSED, actor)
    record(ACCESS_REFUSED, row.application, actor=actor, data=_said(row.person, row))
    return row


@transaction.atomic
def withdraw_request(asked: AccessRequest, *, actor: Any) -> AccessRequest:
    """Take one's own request back. Taken back already: nothing happens. Raises Refused."""
    row = _locked(asked)
    if row.state == AccessRequest.State.WITHDRAWN and row.person_id == actor.pk:
        return row
    require(actor, "applications.withdraw_request", row)
    _close(row, AccessRequest.State.WITHDRAWN, actor)
    record(REQUEST_TAKEN_BACK, row.application, actor=actor, data={"request": str(row.uuid)})
    return row


@transaction.atomic
def give_access(application: Application, person: Any, *, actor: Any, last_day: date | None = None) -> AccessGrant:
    """Let somebody in who did not ask, until the end of `last_day` (null: without end), or change until when. They are
    told. Raises Refused, ValidationError (`person`, `last_day`)."""
    require(actor, "applications.manage_access", application)
    # SECURITY: as for requests, nobody lets themselves in but whoever keeps the application.
    if person.pk == actor.pk:
        require(actor, "applications.keep", application)
    if not person.is_active or not sees(person, application):
        raise ValidationError(
            {"person": _("This person does not see the application: its audience must include them.")}
        )
    _check_last_day(last_day, "last_day")
    held = AccessGrant.objects.active().filter(application=application, person=person).first()
    if held is not None and held.last_day == last_day:
        return held
    given = _let_in(application, person, last_day, actor)
    for waiting in AccessRequest.objects.waiting().filter(application=application, person=person):
        _close(waiting, AccessRequest.State.GRANTED, actor)
    verb = ACCESS_GRANTED if held is None else ACCESS_CHANGED
    record(verb, application, actor=actor, data=_said(person, None, last_day))
    return given


@transaction.atomic
def withdraw_access(grant: AccessGrant, *, actor: Any) -> None:
    """They no longer open it; the grant stays in the register. They are told. Withdrawn already: nothing happens.

    Raises Refused.
    """
    require(actor, "applications.manage_access", grant.application)
    row = AccessGrant.objects.select_for_update().get(pk=grant.pk)
    if row.withdrawn is not None:
        return
    row.withdrawn = timezone.now()
    row.save(update_fields=["withdrawn"])
    record(ACCESS_WITHDRAWN, grant.application, actor=actor, data=_said(grant.person, None))


def manager_asked(asked: AccessRequest) -> int | None:
    """The manager who is asked first, by id: one at work who sees the application and does not answer for it anyway."""
    application = asked.application
    manager = managers_of([asked.person_id]).get(asked.person_id) if application.manager_first else None
    if manager is None or manager in (asked.person_id, _approver_of(asked)):
        return None
    # SECURITY: who does not see the application does not hear of it through somebody's request.
    return manager if _sees(manager, application) else None


def answerers_of(asked: AccessRequest) -> list[int]:
    """Whom a request waits for, by id, and who stands in for them today; those who see the application. For telling
    them: who may answer is `waiting_for`."""
    if asked.state == AccessRequest.State.MANAGER:
        first = manager_asked(asked)
    else:
        first = _approver_of(asked)
        if first == asked.application.owner_id and not asked.application.owner.is_active:
            return [one.pk for one in people_who_can("applications.keep", asked.application)]
    stand_in = delegates_of(timezone.localdate()).get(first) if first else None
    return [one for one in (first, stand_in) if one and (one != asked.person_id or one == first)]


def _approver_of(asked: AccessRequest) -> int:
    approver = asked.application.approver
    if approver is not None and approver.is_active and approver.pk != asked.person_id:
        return approver.pk
    return asked.application.owner_id


def _sees(pk: int, application: Application) -> bool:
    person = get_user_model()._default_manager.get(pk=pk)
    return sees(person, application)


def _locked(asked: AccessRequest) -> AccessRequest:
    rows = AccessRequest.objects.select_for_update(of=("self",))
    return rows.select_related("application__space", "application__approver", "application__owner", "person").get(
        pk=asked.pk
    )


def _close(row: AccessRequest, state: str, actor: Any) -> None:
    row.state, row.answered, row.answered_by = state, timezone.now(), actor
    row.save(update_fields=["state", "answered", "answered_by", "answer"])


def _let_in(application: Application, person: Any, last_day: date | None, actor: Any) -> AccessGrant:
    """The grant, in the place of the one they had: what was given before stays in the register, as it was."""
    held = AccessGrant.objects.select_for_update().filter(application=application, person=person, withdrawn=None)
    now = timezone.now()
    for one in held:
        one.withdrawn = now
        one.save(update_fields=["withdrawn"])
    return AccessGrant.objects.create(
        application=application, person=person, by=actor, granted=now, expires=_end_of(last_day)
    )


def _end_of(last_day: date | None) -> datetime | None:
    """The first moment after `last_day`, in the city's time."""
    if last_day is None:
        return None
    return timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def _check_last_day(last_day: date | None, field: str) -> None:
    if last_day is None:
        return
    today = timezone.localdate()
    if last_day < today:
        raise ValidationError({field: _("This day is past: choose a later one, or leave it empty.")})
    if last_day > today + timedelta(days=3653):
        raise ValidationError({field: _("Choose a day within ten years, or leave it empty.")})


def _checked_reason(text: str) -> str:
    said = text.replace("\0", "").strip()
    if not said:
        raise ValidationError({"reason": _("Say why, in a few words.")})
    if len(said) > REASON_MOST:
        raise ValidationError({"reason": _("Say it in fewer words.")})
    return said


def _said(person: Any, asked: AccessRequest | None, last_day: date | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"person": person.pk}
    if asked is not None:
        said["request"] = str(asked.uuid)
    if last_day is not None:
        said["last_day"] = last_day.isoformat()
    return said
