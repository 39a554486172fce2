"""Writing what was proposed, through the register's own actions: with the rights of whoever acts, told as they tell."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.spaces.models import Space

from ..models import Application, Registration, Stage
from ..resolving import fields_of
from .applications import add_application, addressed_to, change_application
from .stages import (
    announce,
    end_maintenance,
    plan_maintenance,
    plan_retirement,
    put_in_service,
    retire,
    start_pilot,
)

_MAINTENANCE = ("maintenance_from", "maintenance_until", "maintenance_fr", "maintenance_en")


def write_new(registration: Registration, space: Space, values: Mapping[str, Any], *, actor: Any) -> Application:
    """Add the application of a registration to the register, with plain `values`. Raises Refused, ValidationError.

    Inside the transaction of the action that calls it.
    """
    fields = {name: value for name, value in _fields(values, space).items() if value is not None}
    application = add_application(space, actor=actor, key=registration.key, **fields)
    registration.application = application
    registration.health_address = values.get("health_address", "")
    return application


def write_changes(registration: Registration, values: Mapping[str, Any], *, actor: Any) -> Application:
    """Change the application of a registration to plain `values`. Raises Refused, ValidationError.

    A new stage and a new maintenance are told to its audience, as when a person says them.
    """
    assert registration.application is not None
    row = registration.application
    fields = _fields(values, row.space)
    if "health_address" in values:
        registration.health_address = values["health_address"]
    stage = fields.pop("stage", row.stage)
    window = {name: fields.pop(name) for name in _MAINTENANCE if name in fields}
    if stage == row.stage:
        row = change_application(row, fields, actor=actor)
    else:
        row = _move(row, stage, fields, actor)
    return _maintain(row, window, actor) if window else row


def _fields(values: Mapping[str, Any], space: Space) -> dict[str, Any]:
    fields = fields_of(values)
    if "audience" in fields:
        try:
            fields["audience"] = addressed_to(fields["audience"] or (), space)
        except LookupError:
            raise ValidationError({"audience": _("This audience does not exist any more.")}) from None
    return fields


def _move(row: Application, stage: str, fields: dict[str, Any], actor: Any) -> Application:
    """Through the action of the stage, once everything else is written."""
    successor = fields.pop("successor", row.successor)
    if stage == Stage.RETIRED:
        return retire(_changed(row, fields, actor), actor=actor, successor=successor)
    if stage == Stage.RETIRING:
        day = fields.pop("retires_on", row.retires_on)
        if day is None:
            raise ValidationError({"retires_on": _("Choose the day.")})
        return plan_retirement(_changed(row, fields, actor), actor=actor, retires_on=day, successor=successor)
    fields["successor"] = successor
    if stage == Stage.PILOT:
        return start_pilot(_changed(row, fields, actor), actor=actor)
    moment = fields.pop("service_from", row.service_from)
    if stage == Stage.IN_SERVICE:
        return put_in_service(_changed(row, fields, actor), actor=actor)
    if moment is not None and moment <= timezone.now():
        # Its moment passed while it waited: the clock puts it in service within a second.
        return _changed(row, {**fields, "stage": Stage.ANNOUNCED, "service_from": moment}, actor)
    return announce(_changed(row, fields, actor), actor=actor, service_from=moment)


def _changed(row: Application, fields: Mapping[str, Any], actor: Any) -> Application:
    return change_application(row, fields, actor=actor) if fields else row


def _maintain(row: Application, window: dict[str, Any], actor: Any) -> Application:
    whole = {name: window.get(name, getattr(row, name)) for name in _MAINTENANCE}
    begins, ends = whole["maintenance_from"], whole["maintenance_until"]
    if begins is None:
        return end_maintenance(row, actor=actor)
    if ends is None or ends <= timezone.now():
        return change_application(row, whole, actor=actor)
    texts = {name: whole[name] for name in ("maintenance_fr", "maintenance_en")}
    return plan_maintenance(row, actor=actor, begins=begins, ends=ends, **texts)
