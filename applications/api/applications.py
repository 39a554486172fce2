"""Applications in the REST API."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from foundation.audiences.policies import Denied, ask
from foundation.content.api import Item, Listing, Paging, item_of, listing

from ..doors import doors_of
from ..models import Application, Entry

router = Router(tags=["applications"])


class DoorOut(Schema):
    """One way to open an application. `kind`: web, notes, desktop, phone; `url`: where it leads from the portal."""

    kind: str
    address: str
    url: str


class ApplicationOut(Item):
    """One application. `address`: of the kind `opens_with` (web, notes, desktop, phone), empty with `doors` for who may
    not open it, which `why_not` explains. `access`: open, granted, waiting or none. `stage`: announced, pilot,
    in_service, retiring, retired."""

    description: str
    address: str
    opens_with: str
    category: str
    icon: str
    stage: str
    status: str
    doors: list[DoorOut]
    can_open: bool
    why_not: str
    access: str
    in_maintenance: bool


def _access(one: Any) -> str:
    if one.entry == Entry.OPEN:
        return "open"
    return "granted" if one.is_granted else "waiting" if one.waiting_state else "none"


def shape(one: Any, person: Any) -> dict[str, Any]:
    """An application for `person`; of a row of `rows_for` that very person."""
    opening = ask(person, "applications.open", one)
    return {
        **item_of(one),
        "description": one.description,
        "address": one.door if opening else "",
        "opens_with": one.opens_with,
        "category": one.category,
        "icon": one.icon,
        "stage": one.stage,
        "status": one.status,
        "doors": [{"kind": each.kind, "address": each.text, "url": each.url} for each in doors_of(one)]
        if opening
        else [],
        "can_open": bool(opening),
        "why_not": str(opening.reason) if isinstance(opening, Denied) else "",
        "access": _access(one),
        "in_maintenance": one.is_in_maintenance(),
    }


@router.get("/applications", response=Listing[ApplicationOut])
def applications(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The applications I see, and which of them I may open."""
    person = request.user
    rows = Application.objects.visible_to(person).published().select_related("space")
    rows = rows.with_grant_of(person).with_request_of(person)
    return listing(rows, paging, lambda one: shape(one, person))


@router.get("/applications/{uuid:uuid}", response=ApplicationOut)
def application(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One application."""
    person = request.user
    rows = Application.objects.visible_to(person).select_related("space").with_grant_of(person).with_request_of(person)
    return shape(get_object_or_404(rows, uuid=uuid), person)
