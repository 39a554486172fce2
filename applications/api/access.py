"""Requests for access in the REST API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from foundation.content.api import Item, Listing, Paging, listing

from .. import actions
from ..models import AccessRequest, Application

router = Router(tags=["applications"])


class RequestIn(Schema):
    """Why, and until when; `until` is the last day, null without end."""

    reason: str
    until: date | None = None


class RequestOut(Item):
    """One of my requests. `state`: manager, approver, granted, refused, withdrawn, lapsed; `answer`: why it was
    refused."""

    application: UUID
    state: str
    reason: str
    until: date | None
    created: datetime
    answered: datetime | None
    answer: str


def _shape(one: AccessRequest) -> dict[str, Any]:
    return {
        "id": one.uuid,
        "kind": "access_request",
        "title": one.application.display_title,
        "url": one.get_absolute_url(),
        "application": one.application.uuid,
        "state": one.state,
        "reason": one.reason,
        "until": one.until,
        "created": one.created,
        "answered": one.answered,
        "answer": one.answer,
    }


@router.get("/applications/requests", response=Listing[RequestOut])
def requests(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What I asked, newest first."""
    return listing(AccessRequest.objects.of(request.user).with_row(), paging, _shape, by="created")


@router.post("/applications/{uuid:uuid}/requests", response={201: RequestOut})
def ask_for_access(request: HttpRequest, uuid: UUID, data: RequestIn) -> Any:
    """Ask for access. What waits already is answered as it is."""
    found = get_object_or_404(Application.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    made = actions.request_access(found, actor=request.user, reason=data.reason, until=data.until)
    return Status(201, _shape(made))
