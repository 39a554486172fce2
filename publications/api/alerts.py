"""Alerts in the REST API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from directory.forms.audiences import MOST, Draft
from foundation.content.api import Item, Listing, Paging, item_of, listing

from ..actions import alerts as actions
from ..models import Alert, Severity, Site

router = Router(tags=["alerts"])

_Severity = Literal["info", "warning", "critical"]


class AlertOut(Item):
    """An alert, in both languages; `title`, `body` and `link_label` are in the reader's."""

    severity: _Severity
    state: Literal["to_come", "current", "over"]
    body: str
    title_fr: str
    title_en: str
    body_fr: str
    body_en: str
    link: str
    link_label: str
    space: UUID
    starts: datetime
    ends: datetime
    ended: datetime | None


class AlertIn(Schema):
    """A new alert."""

    space: UUID = Field(description="The site that raises it")
    severity: _Severity = "info"
    title_fr: str
    title_en: str
    body_fr: str
    body_en: str
    link: str = ""
    link_label_fr: str = ""
    link_label_en: str = ""
    audience: list[str] = Field(
        description="`everyone`, `elected`, `unit:uuid`, `group:uuid`, `person:uuid`", max_length=MOST
    )
    starts: datetime | None = Field(None, description="Now, unless said")
    ends: datetime
    sending_key: str | None = Field(None, description="Sending the same key again raises nothing")


def _alert(one: Alert) -> dict[str, Any]:
    return {
        **item_of(one),
        "severity": one.level.key,
        "state": "current" if one.is_current else "to_come" if one.is_to_come else "over",
        "body": one.text,
        "title_fr": one.title,
        "title_en": one.title_translated,
        "body_fr": one.body,
        "body_en": one.body_translated,
        "link": one.link,
        "link_label": one.link_text,
        "starts": one.starts,
        "ends": one.ends,
        "ended": one.ended,
    }


@router.get("/alerts", response=Listing[AlertOut])
def alerts(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The alerts that last now and are meant for me."""
    return listing(Alert.objects.visible_to(request.user).current().with_row(), paging, _alert)


@router.get("/alerts/{uuid}", response=AlertOut)
def alert(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One alert."""
    return _alert(get_object_or_404(Alert.objects.visible_to(request.user).with_row(), uuid=uuid))


@router.post("/alerts", response={201: AlertOut})
def raise_alert(request: HttpRequest, data: AlertIn) -> Any:
    """Raise an alert from a site one edits."""
    site = get_object_or_404(
        Site.objects.visible_to(request.user).select_related("space__audience"), space__uuid=data.space
    )
    # SECURITY: as in the form: only whom the author sees.
    draft = Draft(request.user, data.audience)
    if len(draft.principals) != len(set(data.audience)):
        raise ValidationError({"audience": _("Part of this audience is unknown.")})
    values = data.dict()
    made = actions.raise_alert(
        site,
        actions.Wording(**{name: values[name] for name in actions.Wording.__dataclass_fields__}),
        actor=request.user,
        severity=Severity[data.severity.upper()].value,
        starts=data.starts,
        ends=data.ends,
        audience=draft.principals,
        sending_key=(data.sending_key or "")[:64],
    )
    return Status(201, _alert(made))


@router.post("/alerts/{uuid}/end", response=AlertOut)
def end_alert(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """End an alert now."""
    found = get_object_or_404(Alert.objects.visible_to(request.user).for_page(), uuid=uuid)
    actions.end_alert(found, actor=request.user)
    return _alert(found)
