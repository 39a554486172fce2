"""Acknowledgements in the REST API: mine, declaring one, and the register for those who may read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from foundation.audiences.policies import require
from foundation.content.api import Item, Listing, Paging
from foundation.content.cursors import decode, encode
from foundation.content.models import Content

from . import actions
from .models import Request, Target
from .registers import rows_of

router = Router(tags=["acknowledgements"])


class PendingOut(Item):
    """Something I must acknowledge. `version` and one of `languages` are sent back to declare it."""

    mode: str
    due: datetime | None
    is_overdue: bool
    version: int
    languages: list[str]


class AcknowledgementIn(Schema):
    """The declaration: of which version, in which language."""

    language: str
    version: int


class AcknowledgementOut(Item):
    """A proof."""

    language: str
    version: int
    mode: str
    content_hash: str
    at: datetime


class RegisterRow(Schema):
    """One person of a register."""

    id: UUID
    kind: str = "person"
    name: str
    url: str
    unit: str
    state: str
    due: datetime | None
    version: int | None
    language: str | None
    content_hash: str | None
    at: datetime | None


def _pending(one: Target) -> dict[str, Any]:
    content, current = one.request.content, one.request.current
    return {
        "id": content.uuid,
        "kind": content.kind,
        "title": content.display_title,
        "url": content.get_absolute_url(),
        "mode": one.request.mode,
        "due": one.due,
        "is_overdue": one.is_overdue,
        "version": current.number,  # type: ignore[union-attr]
        "languages": sorted(current.hashes),  # type: ignore[union-attr]
    }


@router.get("/acknowledgements", response=Listing[PendingOut])
def acknowledgements(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What I must still acknowledge, the newest first."""
    found = Target.objects.of(request.user).pending().open_only().with_content()
    rows = list(found.before(decode(paging.cursor)).newest_first()[: paging.limit + 1])
    items = rows[: paging.limit]
    following = encode(items[-1].since, items[-1].pk) if len(rows) > paging.limit else None
    return {"items": [_pending(one) for one in items], "next": following, "total": None}


@router.post("/acknowledgements/{uuid}", response=AcknowledgementOut)
def acknowledge(request: HttpRequest, uuid: UUID, data: AcknowledgementIn) -> dict[str, Any]:
    """Declare it. Twice changes nothing; 422 when the text changed meanwhile."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    proof = actions.acknowledge(content, actor=request.user, language=data.language, version=data.version)
    return {
        "id": proof.uuid,
        "kind": "acknowledgement",
        "title": content.display_title,
        "url": content.get_absolute_url(),
        "language": proof.language,
        "version": proof.version.number,
        "mode": proof.mode,
        "content_hash": proof.content_hash,
        "at": proof.at,
    }


@router.get("/acknowledgements/{uuid}/register", response=Listing[RegisterRow])
def register(
    request: HttpRequest, uuid: UUID, paging: Query[Paging], state: str = "", unit: str = ""
) -> dict[str, Any]:
    """Who acknowledged what, when, by name: for the author and the editors. `state`: done, pending, overdue or left;
    `unit`: the id of a borough or service."""
    content = get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    # SECURITY: who read what is personal information.
    require(request.user, "acknowledgements.read_register", content)
    found = Request.objects.visible_to(request.user).on(content).latest_first().first()
    if found is None:
        raise Http404
    rows = rows_of(found, state=state, unit=unit[:40], cursor=paging.cursor or "", limit=paging.limit)
    return {"items": [_row(one) for one in rows.items], "next": rows.next or None, "total": None}


def _row(one: Any) -> dict[str, Any]:
    proof = one.last
    return {
        "id": one.person.uuid,
        "name": one.person.name,
        "url": one.person.get_absolute_url(),
        "unit": one.unit_name,
        "state": one.state,
        "due": one.due,
        "version": proof.version.number if proof else None,
        "language": proof.language if proof else None,
        "content_hash": proof.content_hash if proof else None,
        "at": proof.at if proof else None,
    }
