"""Applications in the REST API."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from foundation.content.api import Item, Listing, Paging, item_of, listing

from ..models import Application

router = Router(tags=["applications"])


class ApplicationOut(Item):
    """One application and its door: `address` of the kind `opens_with` (web, notes, desktop, phone)."""

    description: str
    address: str
    opens_with: str
    category: str
    icon: str
    stage: str
    status: str


def _shape(one: Application) -> dict[str, Any]:
    return {
        **item_of(one),
        "description": one.description,
        "address": one.door,
        "opens_with": one.opens_with,
        "category": one.category,
        "icon": one.icon,
        "stage": one.stage,
        "status": one.status,
    }


@router.get("/applications", response=Listing[ApplicationOut])
def applications(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The applications open to me."""
    return listing(Application.objects.visible_to(request.user).published().select_related("space"), paging, _shape)
