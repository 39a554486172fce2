"""Putting applications in the register, and changing what it says of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.audiences.models import Audience
from foundation.audiences.policies import require
from foundation.spaces.models import Space

from ..activities import APPLICATION_ADDED, APPLICATION_CHANGED, APPLICATION_IN_SERVICE
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
_UNCHECKED = ["space", "author"]


@transaction.atomic
def add_application(
    space: Space,
    *,
    actor: Any,
    title: str,
    title_translated: str,
    audience: Audience | None = None,
    **said: Any,
) -> Application:
    """Put an application in the register of `space`, for `audience` (null: everyone who reads the space).

    French is `title`. `said`: any of `SAID`; TypeError for another name. Raises Refused unless `actor` edits the space,
    and ValidationError, by field, for what cannot be.
    """
    require(actor, "spaces.edit", space)
    _check_names(said)
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
    # What is put in service as it is registered goes into service: its audience is told.
    verb = APPLICATION_IN_SERVICE if application.stage == Stage.IN_SERVICE else APPLICATION_ADDED
    record(verb, application, actor=actor, data={"to": application.stage})
    return application


@transaction.atomic
def change_application(application: Application, changes: Mapping[str, Any], *, actor: Any) -> Application:
    """Change what is said of an application: `changes` by name, of `SAID`. What is the same already is left out; when
    nothing differs, nothing is written nor recorded.

    Answers the row as it is afterwards. Raises Refused, ValidationError by field.
    """
    require(actor, "applications.keep", application)
    _check_names(changes)
    row = Application.objects.select_for_update(of=("self",)).select_related("space").get(pk=application.pk)
    before = {name: getattr(row, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    row.updated = timezone.now()
    row.full_clean(exclude=_UNCHECKED)
    row.save()
    # Names alone: the values may be anything, and the row says what they are now.
    record(APPLICATION_CHANGED, row, actor=actor, data={"changed": sorted(changed)})
    return row


def _check_names(said: Mapping[str, Any]) -> None:
    unknown = sorted(set(said) - SAID)
    if unknown:
        raise TypeError(f"an application has no {', '.join(unknown)} to set")
