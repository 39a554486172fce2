"""Putting applications in the register, and changing what it says of them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.actions import audience_of
from foundation.audiences.models import Audience
from foundation.audiences.policies import require
from foundation.audiences.principals import principal
from foundation.spaces.models import Space

from ..activities import APPLICATION_ADDED, APPLICATION_CHANGED, APPLICATION_IN_SERVICE
from ..conflicts import Conflict, stamp_of
from ..models import Application, Stage

# What may be said of an application; the rest (status, state, space) has actions of its own.
SAID = frozenset(
    {
        *("title", "title_translated", "description_fr", "description_en", "icon", "category", "order", "key"),
        *("opens_with", "address", "notes_link", "desktop_address", "phone"),
        *("help_fr", "help_en", "help_address", "support_name", "support_email", "support_phone"),
        *("entry", "approver", "manager_first", "owner", "audience", "review_due"),
        *("stage", "service_from", "retires_on", "successor"),
        *("maintenance_from", "maintenance_until", "maintenance_fr", "maintenance_en"),
    }
)
# Its life, which the actions of `stages` change; what is left is what is written of it.
LIFE = frozenset(
    {
        *("stage", "service_from", "retires_on", "successor"),
        *("maintenance_from", "maintenance_until", "maintenance_fr", "maintenance_en"),
    }
)
WRITTEN = SAID - LIFE
_UNCHECKED = ["space", "author"]
# Longer texts are told to have changed, without what they said.
TOLD_MOST = 250


@transaction.atomic
def add_application(
    space: Space,
    *,
    actor: Any,
    title: str,
    title_translated: str,
    audience: Audience | None = None,
    uuid: UUID | None = None,
    **said: Any,
) -> Application:
    """Put an application in the register of `space`, for `audience` (null: everyone who reads the space).

    With a `uuid` that `actor` gave before, answers the application it made: a form sent twice adds one. French is
    `title`. `said`: any of `SAID`; TypeError for another name. Raises Refused unless `actor` edits the space,
    and ValidationError, by field, for what cannot be.
    """
    require(actor, "spaces.edit", space)
    _check_names(said)
    if uuid is not None:
        sent = Application.objects.filter(uuid=uuid, author=actor, space=space).first()
        if sent is not None:
            return sent
        said["uuid"] = uuid
    application = Application(
        space=space,
        audience=audience,
        title=title,
        title_translated=title_translated,
        language="fr",
        author=actor,
        published=timezone.now(),
        **{"owner": actor, **said},
    )
    application.full_clean(exclude=_UNCHECKED)
    application.save()
    _check_sees(application)
    # What is put in service as it is registered goes into service: its audience is told.
    verb = APPLICATION_IN_SERVICE if application.stage == Stage.IN_SERVICE else APPLICATION_ADDED
    record(verb, application, actor=actor, data={"to": application.stage})
    return application


@transaction.atomic
def change_application(
    application: Application, changes: Mapping[str, Any], *, actor: Any, based_on: str = ""
) -> Application:
    """Change what is said of an application: `changes` by name, of `SAID`. What is the same already is left out; when
    nothing differs, nothing is written nor recorded.

    based_on: the stamp of what one had before one's eyes (`conflicts.stamp_of` of `WRITTEN`); empty: whatever it was.
    Answers the row as it is afterwards. Raises Refused, ValidationError by field, Conflict.
    """
    require(actor, "applications.keep", application)
    _check_names(changes)
    row = Application.objects.select_for_update(of=("self",)).select_related("space").get(pk=application.pk)
    before = {name: getattr(row, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return row
    if based_on and based_on != stamp_of(row, WRITTEN):
        raise Conflict(row)
    for name, value in changed.items():
        setattr(row, name, value)
    row.updated = timezone.now()
    row.full_clean(exclude=_UNCHECKED)
    row.save()
    if changed.keys() & {"owner", "approver", "audience"}:
        _check_sees(row)
    # Short values as they were and are; the row says the others. Names of people are read where they are kept.
    told = {name: [_told(before[name]), _told(value)] for name, value in changed.items() if _is_told(name)}
    record(APPLICATION_CHANGED, row, actor=actor, data={"changed": sorted(changed), "values": told})
    return row


def addressed_to(principals: Collection[str], space: Space) -> Audience | None:
    """The audience of an application: whom it is for, and the editors of its register, who answer for it. None: whoever
    reads the register."""
    return audience_of({*principals, principal("editors", space.pk)}) if principals else None


def addressees(audience: Audience | None) -> frozenset[str]:
    """Whom an application is for, without the editors of its register."""
    return frozenset(one for one in audience.principals if not one.startswith("editors:")) if audience else frozenset()


def _is_told(name: str) -> bool:
    return name not in ("owner", "approver", "audience", "successor") and not name.startswith(("description_", "help_"))


def _told(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value)[:TOLD_MOST]


def _check_sees(application: Application) -> None:
    """SECURITY: nobody answers for, nor lets people into, what they do not see. ValidationError by field."""
    errors = {}
    for name in ("owner", "approver"):
        person = getattr(application, name)
        if person is None or not person.is_active:
            continue
        if not Application.objects.filter(pk=application.pk).visible_to(person).exists():
            errors[name] = _("This person does not see the application: its audience must include them.")
    if errors:
        raise ValidationError(errors)


def _check_names(said: Mapping[str, Any]) -> None:
    unknown = sorted(set(said) - SAID)
    if unknown:
        raise TypeError(f"an application has no {', '.join(unknown)} to set")
