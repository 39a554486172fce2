"""Notifications and feed in the REST API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from foundation.content.api import Item, Listing, Paging, item_of, listing
from foundation.content.cursors import decode, page_of
from foundation.content.models import Content

from . import actions
from .models import Notification

router = Router(tags=["activity"])


class NotificationOut(Item):
    """Something I was told."""

    icon: str
    reason: str
    created: datetime
    is_read: bool


class FeedItem(Item):
    """Something new in my spaces."""

    language: str
    space: UUID
    created: datetime
    updated: datetime


def _shape(one: Any) -> dict[str, Any]:
    return {
        "id": one.uuid,
        "kind": "notification",
        "title": one.activity.sentence,
        "url": one.url,
        "icon": one.activity.kind.icon,
        "reason": one.reason,
        "created": one.created,
        "is_read": one.is_read,
    }


@router.get("/notifications", response=Listing[NotificationOut])
def notifications(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What I was told, newest first."""
    found = Notification.objects.visible_to(request.user).with_is_read(request.user).with_subject()
    return listing(found, paging, _shape, by="created")


@router.post("/notifications/{uuid}/read", response={204: None})
def read(request: HttpRequest, uuid: UUID) -> Any:
    """Mark one as read."""
    found = get_object_or_404(Notification.objects.visible_to(request.user), uuid=uuid)
    actions.mark_read(found, actor=request.user)
    return Status(204, None)


@router.get("/feed", response=Listing[FeedItem])
def feed(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What is new in my spaces."""
    before = decode(paging.cursor)
    rows = Content.objects.select_related("space").feed_of(request.user, paging.limit + 1, before=before)
    page = page_of(list(rows), paging.limit)
    return {"items": [item_of(one) for one in page.items], "next": page.next or None, "total": None}
