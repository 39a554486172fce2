"""The search in the REST API."""

from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.html import strip_tags
from ninja import Field, Query, Router, Schema

from foundation.content.api import Paging, item_of
from foundation.content.models import Content
from foundation.spaces.querysets import readable_space_ids

from .facets import Asked
from .search import LONGEST, MOST_HITS, Hit, Results, search
from .sorts import sort_of

router = Router(tags=["search"])


class FoundOut(Schema):
    """One find: a content of any kind, a person, a unit, a community. `extract`: the text around what was looked for,
    empty where there is none. What else there is depends on the kind."""

    id: UUID
    kind: str
    url: str
    extract: str
    title: str = Field("", description="A person has a `name`; this is then their title")
    name: str = Field("", description="Of a person alone")
    language: str = ""
    space: UUID | None = None
    author: UUID | None = None
    author_name: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    unit: str | None = Field(None, description="Of a person alone, like what follows")
    email: str = ""
    phone: str = ""
    photo: str | None = None


class SearchOut(Schema):
    """One page of finds. `total` is null while it cannot be said. `did_you_mean`: what was looked for in place of
    misspelt words."""

    items: list[FoundOut]
    next: str | None
    total: int | None
    did_you_mean: str | None = None


class SearchFilters(Schema):
    """What finds are narrowed by, each left out when it does not."""

    kind: str = Field("", max_length=40, description="topic, application, person, unit, community…")
    space: UUID | None = None
    unit: UUID | None = Field(None, description="The unit of the author, or of the person")
    author: UUID | None = None
    language: str = Field("", max_length=2, description="fr or en")
    type: str = Field("", max_length=10, description="A type of file: pdf, docx…")
    since: datetime | None = Field(None, description="Changed since")
    until: datetime | None = Field(None, description="Changed before")
    order: str = Field("relevance", pattern="^(relevance|newest|oldest|title)$")


@router.get("/search", response=SearchOut, exclude_unset=True, summary="Search everything the caller may see")
def find(
    request: HttpRequest, paging: Query[Paging], narrowing: Query[SearchFilters], q: str = Query("", max_length=LONGEST)
) -> dict[str, Any]:
    """Words in any form and either language, accents and case aside; "phrases", -excluded, prefix*. Without `q`, what
    the filters let through, newest first."""
    reader: Any = request.user
    cursor = paging.cursor or "0"
    if not cursor.isdecimal() or len(cursor) > 6 or int(cursor) > MOST_HITS:
        raise BadRequest("cursor")
    values = narrowing.model_dump(include={"kind", "space", "unit", "author", "language", "type"})
    asked = Asked.read(values, reader)
    if asked.unknown:
        return _out(Results(), reader)
    filters = asked.filters.between(narrowing.since, narrowing.until)
    found = search(reader, q, filters, order=narrowing.order, offset=int(cursor), limit=paging.limit, with_facets=False)
    return _out(found, reader)


def _out(found: Results, reader: Any) -> dict[str, Any]:
    readable = set(readable_space_ids(reader))
    following = None if found.next is None else str(found.next)
    # With all that an item says, which a card does not.
    pks = [hit.object.pk for hit in found.hits if sort_of(hit.object) is None]
    contents = Content.objects.visible_to(reader).filter(pk__in=pks).select_related("space", "author").in_bulk()
    return {
        "items": [_item(hit, contents, readable) for hit in found.hits],
        "next": following,
        "total": found.total,
        "did_you_mean": found.did_you_mean,
    }


def _item(hit: Hit, contents: Mapping[int, Content], readable: set[int]) -> dict[str, Any]:
    sort = sort_of(hit.object)
    extract = {"extract": unescape(strip_tags(hit.extract))}
    if sort is not None:
        return {"kind": sort.kind, **sort.of_api(hit.object), **extract}
    content = contents.get(hit.object.pk, hit.object)
    made = item_of(content)
    if content.space_id not in readable:
        # SECURITY: of a space one may not know, not even the key is told, though something in it was shared.
        made.pop("space")
    return {**made, "author": content.author.uuid, "author_name": content.author.name, **extract}
