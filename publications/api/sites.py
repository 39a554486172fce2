"""Sites in the REST API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from foundation.content.api import Item, Listing, Paging, item_of, listing
from foundation.content.cursors import decode, page_of

from ..models import PageContent, Site

router = Router(tags=["sites"])


class SiteOut(Item):
    """A site of a borough or a service. Its id is its space's."""

    unit: UUID
    is_city: bool


class PageOut(Item):
    """A page of a site. `path` is its place in the site, which may change; `url` never does."""

    language: str
    space: UUID
    path: str
    owner: UUID
    state: str
    review_due: date | None
    created: datetime
    updated: datetime


def _site(site: Site) -> dict[str, Any]:
    return {
        "id": site.space.uuid,
        "kind": "site",
        "title": site.space.name,
        "url": site.get_absolute_url() or f"/sites/{site.space.slug}/",
        "unit": site.unit.uuid,
        "is_city": site.is_city,
    }


def _page(content: PageContent) -> dict[str, Any]:
    more = {"path": content.page.url_path, "owner": content.owner.uuid, "state": content.state}
    return {**item_of(content), **more, "review_due": content.review_due}


@router.get("/sites", response=Listing[SiteOut])
def sites(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """The sites I may read, the newest first."""
    rows = Site.objects.visible_to(request.user).with_space().before(decode(paging.cursor)).newest_first()
    found = page_of(_Dated(rows), paging.limit, by="created")
    return {"items": [_site(one.site) for one in found.items], "next": found.next or None, "total": None}


class _Dated:
    """Sites with the date of their space, by which they are listed."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __getitem__(self, some: slice) -> list[Any]:
        return [_DatedSite(one) for one in self._rows[some]]


class _DatedSite:
    def __init__(self, site: Site) -> None:
        self.site, self.pk, self.created = site, site.pk, site.space.created


@router.get("/sites/{uuid}/pages", response=Listing[PageOut])
def pages(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The published pages of a site, the last changed first."""
    site = get_object_or_404(Site.objects.visible_to(request.user).with_space(), space__uuid=uuid)
    rows = PageContent.objects.in_space(site.space).visible_to(request.user).published()
    return listing(rows.select_related("space", "page", "owner"), paging, _page)
