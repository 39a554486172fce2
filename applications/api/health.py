"""Whether applications work, in the REST API."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Query, Router, Schema

from foundation.content.api import Item, Listing, Paging, item_of, listing

from ..models import Application, Outage

router = Router(tags=["applications"])


class OutageOut(Schema):
    """An outage that lasts: since when, and what its keepers say of it."""

    began: datetime
    is_declared: bool
    note: str


class StatusOut(Item):
    """How one application is: `status` is up, degraded, down or unknown (it is not checked)."""

    status: str
    since: datetime | None
    outage: OutageOut | None
    in_maintenance: bool


def _shape(one: Any) -> dict[str, Any]:
    outage = next(iter(one.open_outages), None)
    told = outage and {"began": outage.began, "is_declared": outage.is_declared, "note": outage.note}
    return {
        **item_of(one),
        "status": one.status,
        "since": one.status_since,
        "outage": told,
        "in_maintenance": one.is_in_maintenance(),
    }


@router.get("/applications/status", response=Listing[StatusOut])
def statuses(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """How the applications I see are, and the outages that last."""
    outages = Prefetch("outages", Outage.objects.current().visible_to(request.user), to_attr="open_outages")
    rows = Application.objects.visible_to(request.user).published().exclude(stage="retired")
    return listing(rows.select_related("space").prefetch_related(outages), paging, _shape)
