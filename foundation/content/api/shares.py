"""Shares of any content in the REST API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from foundation.audiences.principals import named_by
from foundation.spaces.models import Role

from .. import actions
from ..cursors import decode, page_of
from ..kinds import kind_of
from ..models import NOTE_MOST, Content, Share
from ..sharing import Row, rows_of
from .shapes import Listing, Paging

router = Router(tags=["content"])

# Of one request.
MOST = 50
RoleName = Literal["reader", "contributor", "editor", "owner"]


class ShareOut(Schema):
    """A share that holds. `shared_with`: `everyone`, `elected`, or `person:`, `unit:`, `group:`, `space:` and a uuid;
    empty for whom one does not see."""

    id: UUID
    kind: str = "share"
    title: str
    url: str
    shared_with: str
    role: str
    by: UUID
    by_name: str
    created: datetime
    expires: datetime | None
    note: str


class ShareIn(Schema):
    """Whom to share with, as in `ShareOut`, all with the same role, end and note."""

    shared_with: list[str] = Field(min_length=1, max_length=MOST)
    role: RoleName = "reader"
    expires: datetime | None = None
    note: str = Field("", max_length=NOTE_MOST)


def _shape(row: Row) -> dict[str, Any]:
    one = row.share
    return {
        "id": one.uuid,
        "title": str(row.label),
        "url": row.known.url if row.known else "",
        "shared_with": row.known.key if row.known else "",
        "role": Role(one.role).name.lower(),
        "by": one.by.uuid,
        "by_name": one.by.name,
        "created": one.created,
        "expires": one.expires,
        "note": one.note if row.reads_note else "",
    }


def _content(request: HttpRequest, uuid: UUID) -> Content:
    return get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)


@router.get("/content/{uuid}/shares", response=Listing[ShareOut])
def shares(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """Whom a thing is shared with, newest first."""
    content = _content(request, uuid)
    found = Share.objects.on(content).visible_to(request.user).active().with_row()
    page = page_of(found.before(decode(paging.cursor)).newest_first(), paging.limit, by="created")
    items = [_shape(row) for row in rows_of(page.items, request.user)]
    return {"items": items, "next": page.next or None, "total": None}


@router.post("/content/{uuid}/shares", response={201: list[ShareOut]})
def share(request: HttpRequest, uuid: UUID, data: ShareIn) -> Any:
    """Share with some more. Sharing again with the same changes role, end and note."""
    content = _content(request, uuid)
    named = named_by(request.user, data.shared_with)
    unknown = [one for one in data.shared_with if one not in named]
    if unknown:
        raise ValidationError({"shared_with": _("Nothing is named “%(text)s”.") % {"text": unknown[0][:80]}})
    role = Role[data.role.upper()]
    if role not in [one.role for one in kind_of(content).share_roles]:
        raise ValidationError({"role": _("This cannot be shared in that role.")})
    expires = data.expires
    if expires and timezone.is_naive(expires):
        expires = timezone.make_aware(expires)
    if expires and expires <= timezone.now():
        raise ValidationError({"expires": _("The share would end before it begins: choose a later date.")})
    principals = [named[one].principal for one in data.shared_with]
    given = actions.share_with(content, principals, actor=request.user, role=role, expires=expires, note=data.note)
    found = Share.objects.on(content).visible_to(request.user).filter(pk__in=[one.pk for one in given]).with_row()
    return Status(201, [_shape(row) for row in rows_of(found.newest_first(), request.user)])


@router.post("/content/{uuid}/shares/{share}/withdraw", response={204: None})
def withdraw(request: HttpRequest, uuid: UUID, share: UUID) -> Any:
    """Take a share back. Twice changes nothing."""
    content = _content(request, uuid)
    found = get_object_or_404(Share.objects.on(content).visible_to(request.user).with_row(), uuid=share)
    actions.withdraw_share(found, actor=request.user)
    return Status(204, None)
