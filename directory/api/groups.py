"""Groups in the API."""

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from foundation.audiences.policies import require
from foundation.content.api import Item, Listing, Paging

from ..models import Group
from .named import named_page
from .people import PeopleOut, person_out

router = Router(tags=["groups"])


class GroupOut(Item):
    """A group. `title`: its name in the reader's language. `source`: ldap, hand or rule. `people`: how many belong."""

    purpose: str
    source: str
    is_public: bool
    people: int


def _group(group: Group, people: int) -> dict[str, Any]:
    return {
        "id": group.uuid,
        "kind": "group",
        "title": group.name,
        "url": group.get_absolute_url(),
        "purpose": group.purpose,
        "source": group.source,
        "is_public": group.is_public,
        "people": people,
    }


@router.get("/groups", response=Listing[GroupOut], summary="Groups")
def groups(request: HttpRequest, paging: Query[Paging], q: str = "") -> dict[str, Any]:
    """The groups I may know of, in name order."""
    found = Group.objects.visible_to(request.user).active()
    people = found.member_counts()
    return named_page(found.matching(q[:100]), paging, lambda one: _group(one, people.get(one.pk, 0)))


@router.get("/groups/{uuid:uuid}", response=GroupOut, summary="One group")
def group(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One group."""
    visible = Group.objects.visible_to(request.user).active()
    found = get_object_or_404(visible, uuid=uuid)
    return _group(found, visible.filter(pk=found.pk).member_counts().get(found.pk, 0))


@router.get("/groups/{uuid:uuid}/members", response=PeopleOut, summary="Who belongs to a group")
def members(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The people of a group in name order. 403 for those who may only know how many they are."""
    found = get_object_or_404(Group.objects.visible_to(request.user).active(), uuid=uuid)
    require(request.user, "directory.see_group_members", found)
    people: Any = found.members.all().visible_to(request.user).with_unit()  # type: ignore[attr-defined]
    try:
        items, following = people.name_page(paging.limit, paging.cursor)
    except ValueError as error:
        raise BadRequest("cursor") from error
    return {"items": [person_out(one) for one in items], "next": following, "total": None}
