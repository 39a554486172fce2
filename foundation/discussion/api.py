"""Comments on any content in the REST API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from foundation.content.api import Listing, Paging
from foundation.content.cursors import decode, encode
from foundation.content.models import Content

from . import actions
from .models import Comment

router = Router(tags=["discussion"])


class CommentOut(Schema):
    """A comment. A removed one keeps its place, without its text."""

    id: UUID
    kind: str = "comment"
    title: str
    url: str
    parent: UUID | None
    author: UUID
    author_name: str
    body: str
    created: datetime
    edited: datetime | None
    is_removed: bool


class CommentIn(Schema):
    """What one writes, in Markdown."""

    body: str
    parent: UUID | None = None
    sending_key: str | None = None


def _shape(one: Comment) -> dict[str, Any]:
    return {
        "id": one.uuid,
        "title": one.author.name,
        "url": one.get_absolute_url(),
        "parent": one.parent.uuid if one.parent else None,
        "author": one.author.uuid,
        "author_name": one.author.name,
        "body": "" if one.removed else one.body,
        "created": one.created,
        "edited": one.edited,
        "is_removed": bool(one.removed),
    }


@router.get("/content/{uuid}/comments", response=Listing[CommentOut])
def comments(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The thread, oldest first."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    rows = Comment.objects.on(content).visible_to(request.user).with_author().select_related("parent")
    found = list(rows.after(decode(paging.cursor)).in_thread_order()[: paging.limit + 1])
    items = found[: paging.limit]
    for one in items:
        one.content = content
    more = len(found) > paging.limit
    following = encode(items[-1].created, items[-1].pk) if more else None
    return {"items": [_shape(one) for one in items], "next": following, "total": None}


@router.post("/content/{uuid}/comments", response={201: CommentOut})
def add_comment(request: HttpRequest, uuid: UUID, data: CommentIn) -> Any:
    """Reply. With a `sending_key`, sending again adds nothing."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    parent = None
    if data.parent:
        parent = get_object_or_404(Comment.objects.on(content).visible_to(request.user), uuid=data.parent)
    key = (data.sending_key or "")[:64]
    made = actions.add_comment(content, data.body, actor=request.user, parent=parent, sending_key=key)
    made.content = content
    return Status(201, _shape(made))
