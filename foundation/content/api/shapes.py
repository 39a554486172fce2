"""The shapes every part of the REST API shares: lists, items, limits."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from ninja import Field, Schema

from ..cursors import Page, decode, page_of

T = TypeVar("T")


class Listing(Schema, Generic[T]):
    """A page of a list. `next` is the cursor of the following page; `total` is given only where it costs nothing."""

    items: list[T]
    next: str | None = None
    total: int | None = None


class Item(Schema):
    """What every item has."""

    id: UUID
    kind: str
    title: str
    url: str


class Paging(Schema):
    """How many, and from where."""

    limit: int = Field(20, ge=1, le=100, description="How many items, at most 100")
    cursor: str | None = Field(None, description="The `next` of the previous page")


def listing(
    rows: Any, paging: Paging, shape: Callable[[Any], dict[str, Any]], *, by: str = "updated"
) -> dict[str, Any]:
    """One page of `rows` (a queryset with `before`, in its own newest-first order), each shaped by `shape`."""
    page: Page[Any] = page_of(rows.before(decode(paging.cursor)).newest_first(), paging.limit, by=by)
    return {"items": [shape(one) for one in page.items], "next": page.next or None, "total": None}


def item_of(content: Any) -> dict[str, Any]:
    """The fields every content has. Reads its space: select it."""
    return {
        "id": content.uuid,
        "kind": content.kind,
        "title": content.display_title,
        "url": content.get_absolute_url(),
        "language": content.language,
        "space": content.space.uuid,
        "created": content.created,
        "updated": content.updated,
    }
