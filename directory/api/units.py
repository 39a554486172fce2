"""Units in the API."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from foundation.content.api import Item, Listing, Paging

from ..leadership import NOBODY, leads_of
from ..models import Person, Unit
from ..querysets import folded
from .named import named_page
from .people import Link, link

router = Router(tags=["units"])


class UnitOut(Item):
    """A unit. `title` is its name in the reader's language; `level`: city, borough, service, division or cabinet."""

    level: str
    code: str
    parent: UUID | None


class UnitDetails(UnitOut):
    """A unit, who leads it and how many people it has: in itself, and with all the units below."""

    mission: str
    email: str
    phone: str
    head: Link | None
    acting_head: Link | None
    is_head_vacant: bool
    people: int
    people_below: int


class UnitSearch(Schema):
    """What units are narrowed by."""

    parent: UUID | None = None
    kind: Literal["", "city", "borough", "service", "division", "cabinet"] = ""
    q: str = ""


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "id": unit.uuid,
        "kind": "unit",
        "title": unit.name,
        "url": unit.get_absolute_url(),
        "level": unit.kind,
        "code": unit.code,
        "parent": unit.parent.uuid if unit.parent else None,
    }


@router.get("/units", response=Listing[UnitOut], summary="Units")
def units(request: HttpRequest, paging: Query[Paging], search: Query[UnitSearch]) -> dict[str, Any]:
    """The units of the city in name order: those of a level, right below a parent, or named so in either language."""
    found = Unit.objects.visible_to(request.user).active().select_related("parent")
    if search.parent:
        found = found.filter(parent__uuid=search.parent)
    if search.kind:
        found = found.filter(kind=search.kind)
    words = folded(search.q[:100]).split()
    named = [one for one in found if all(word in folded(f"{one.name_fr} {one.name_en} {one.code}") for word in words)]
    return named_page(named, paging, _unit)


@router.get("/units/{uuid:uuid}", response=UnitDetails, summary="One unit")
def unit(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One unit, closed ones included: the past is addressed to them."""
    shown = get_object_or_404(Unit.objects.visible_to(request.user).select_related("parent"), uuid=uuid)
    lead = leads_of(request.user, [shown.pk]).get(shown.pk, NOBODY)
    people = Person.objects.visible_to(request.user)
    below = Unit.objects.visible_to(request.user).under(shown)
    return {
        **_unit(shown),
        "mission": shown.mission,
        "email": shown.email,
        "phone": shown.phone,
        "head": link(lead.head.person) if lead.head and lead.head.person else None,
        "acting_head": link(lead.acting.person) if lead.acting and lead.acting.person else None,
        "is_head_vacant": lead.is_vacant,
        "people": people.filter(unit=shown).count(),
        "people_below": people.filter(unit__in=below).count(),
    }
