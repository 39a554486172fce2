"""The life of an application: announced, pilot, in service, maintenance, retiring, retired."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.activity.verbs import Verb
from foundation.audiences.policies import Denied, Refused, require
from foundation.content.models import State

from ..activities import (
    APPLICATION_ANNOUNCED,
    APPLICATION_IN_SERVICE,
    APPLICATION_IN_TRIAL,
    APPLICATION_RETIRED,
    APPLICATION_RETIRING,
    MAINTENANCE_ENDED,
    MAINTENANCE_PLANNED,
)
from ..models import Application, Stage

# What `change_application` leaves unchecked too: it is not the person's to say.
_UNCHECKED = ["space", "author"]


@transaction.atomic
def announce(application: Application, *, actor: Any, service_from: datetime | None) -> Application:
    """Say that it comes, on `service_from` (null: not known yet); it opens to nobody until then.

    Told to nobody: its page says it. Raises Refused, ValidationError for a moment that is past.
    """
    row = _locked(application, actor)
    if service_from is not None and service_from <= timezone.now():
        raise ValidationError({"service_from": _("This moment is past: choose a later one, or leave it empty.")})
    return _write(row, APPLICATION_ANNOUNCED, actor, stage=Stage.ANNOUNCED, service_from=service_from, retires_on=None)


@transaction.atomic
def start_pilot(application: Application, *, actor: Any) -> Application:
    """Open it to its audience on trial. Told to nobody. Raises Refused."""
    return _write(_locked(application, actor), APPLICATION_IN_TRIAL, actor, stage=Stage.PILOT, retires_on=None)


@transaction.atomic
def put_in_service(application: Application, *, actor: Any) -> Application:
    """Put it in service, or back in service; its audience is told, by one row. In service already: nothing happens.

    Raises Refused unless `actor` keeps it.
    """
    row = _locked(application, actor)
    now = timezone.now()
    began = row.service_from if row.service_from is not None and row.service_from <= now else now
    # What was a draft is read from now on: it would be told to people who do not see it.
    state = State.PUBLISHED if row.state == State.DRAFT else row.state
    published = row.published or now
    moved = {"stage": Stage.IN_SERVICE, "retires_on": None, "state": state, "published": published}
    if row.stage != Stage.IN_SERVICE or row.service_from is not None:
        moved["service_from"] = began
    return _write(row, APPLICATION_IN_SERVICE, actor, **moved)


@transaction.atomic
def plan_maintenance(
    application: Application,
    *,
    actor: Any,
    begins: datetime,
    ends: datetime,
    maintenance_fr: str = "",
    maintenance_en: str = "",
) -> Application:
    """Plan its maintenance from `begins` to `ends`, or change what is planned; its audience is told.

    Raises Refused, ValidationError by field (`maintenance_until` for an end that is past or before the beginning).
    """
    row = _locked(application, actor)
    if row.stage == Stage.RETIRED:
        raise Refused(Denied(_("It has been retired.")))
    if ends <= timezone.now():
        raise ValidationError({"maintenance_until": _("This moment is past: choose a later one.")})
    planned = {"maintenance_from": begins, "maintenance_until": ends}
    texts = {"maintenance_fr": maintenance_fr, "maintenance_en": maintenance_en}
    return _write(row, MAINTENANCE_PLANNED, actor, **planned, **texts)


@transaction.atomic
def end_maintenance(application: Application, *, actor: Any) -> Application:
    """Its maintenance is over, or will not take place; its audience is told. None planned: nothing happens.

    Raises Refused.
    """
    none = {"maintenance_from": None, "maintenance_until": None, "maintenance_fr": "", "maintenance_en": ""}
    return _write(_locked(application, actor), MAINTENANCE_ENDED, actor, **none)


@transaction.atomic
def plan_retirement(
    application: Application, *, actor: Any, retires_on: date, successor: Application | None = None
) -> Application:
    """Say that it goes on `retires_on`, and what takes its place; it opens until then, and its audience is told.

    Raises Refused, ValidationError by field (a day that is past, a successor that `actor` does not see).
    """
    row = _locked(application, actor)
    if row.stage == Stage.RETIRED:
        raise Refused(Denied(_("It has been retired.")))
    if retires_on < timezone.localdate():
        raise ValidationError({"retires_on": _("This day is past: choose a later one.")})
    _check_successor(row, successor, actor)
    return _write(row, APPLICATION_RETIRING, actor, stage=Stage.RETIRING, retires_on=retires_on, successor=successor)


@transaction.atomic
def retire(application: Application, *, actor: Any, successor: Application | None = None) -> Application:
    """It opens to nobody any more; its page stays and leads to `successor` (null: the one it had). Its audience is
    told. Raises Refused, ValidationError."""
    row = _locked(application, actor)
    _check_successor(row, successor, actor)
    moved: dict[str, Any] = {"stage": Stage.RETIRED}
    if successor is not None:
        moved["successor"] = successor
    if row.stage != Stage.RETIRED:
        moved["retires_on"] = timezone.localdate()
    return _write(row, APPLICATION_RETIRED, actor, **moved)


def _check_successor(application: Application, successor: Application | None, actor: Any) -> None:
    """SECURITY: one names only what one sees. ValidationError for what one does not see, and for a circle of
    successors: readers would be led round it."""
    if successor is None:
        return
    if not Application.objects.filter(pk=successor.pk).visible_to(actor).exists():
        raise ValidationError({"successor": _("You do not see this application.")})
    seen: set[int] = {application.pk}
    after: int | None = successor.pk
    while after is not None:
        if after in seen:
            raise ValidationError({"successor": _("An application does not succeed itself.")})
        seen.add(after)
        after = Application.objects.values_list("successor_id", flat=True).get(pk=after)


def _locked(application: Application, actor: Any) -> Application:
    require(actor, "applications.keep", application)
    return Application.objects.select_for_update(of=("self",)).select_related("space").get(pk=application.pk)


def _write(row: Application, verb: Verb, actor: Any, **moved: Any) -> Application:
    """Write what differs and say so; when nothing does, neither: a double click tells nobody twice."""
    before = {name: getattr(row, name) for name in moved}
    if before == moved:
        return row
    was = row.stage
    for name, value in moved.items():
        setattr(row, name, value)
    row.updated = timezone.now()
    row.full_clean(exclude=_UNCHECKED)
    row.save()
    record(verb, row, actor=actor, data={"from": was, "to": row.stage})
    return row
