"""People in the API: finding them, and what the caller may read of one."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from foundation.content.api import Paging

from ..filters import Filters
from ..finding import find
from ..models import Person, Position
from ..privacy import shown_to

router = Router(tags=["people"])
PHOTO = 192


class Link(Schema):
    """Something else with a page: a person, a unit."""

    id: UUID
    name: str
    url: str


class PersonOut(Schema):
    """A person as lists show them. `title` and `unit` are in the reader's language; `url` is the page's address,
    `photo` that of a picture, null without one."""

    id: UUID
    kind: Literal["person"] = "person"
    name: str
    url: str
    title: str
    unit: str | None
    email: str
    phone: str
    photo: str | None


class PositionOut(Schema):
    """One place in a unit. `kind`: member, head or acting_head; `ends`: the last day, null while it lasts."""

    title: str
    kind: str
    unit: Link
    starts: date
    ends: date | None


class LanguageOut(Schema):
    """A language somebody speaks: its code (ISO 639), and a level from 1 (basic) to 4 (first language)."""

    language: str
    level: int


class AbsenceOut(Schema):
    """Away from a day to a day, both included; without end until further notice."""

    starts: date
    ends: date | None
    replacement: Link | None


class PersonDetails(PersonOut):
    """One person, as far as the caller may read: what somebody keeps from the caller is null, as what is not known."""

    given_name: str
    family_name: str
    role: str = Field(description="employee, elected or external")
    notes_name: str
    site: str
    room: str
    manager: Link | None
    positions: list[PositionOut]
    mobile: str | None
    languages: list[LanguageOut] | None
    skills: list[str] | None
    working_days: str | None = Field(description="ISO weekdays, 1234 for Monday to Thursday")
    absence: AbsenceOut | None


class PeopleOut(Schema):
    """One page of people; `next` is the cursor of the following one. `total` is not counted."""

    items: list[PersonOut]
    next: str | None
    total: int | None = None


class PeopleFilters(Schema):
    """What people are narrowed by, each left out when it does not."""

    borough: UUID | None = Field(None, description="Where they work or are elected")
    service: UUID | None = Field(None, description="A service, with all that is below it")
    unit: UUID | None = Field(None, description="A unit, with all that is below it")
    direct: bool = Field(False, description="Of `unit` itself alone")
    role: Literal["", "manager", "elected", "cabinet", "staff", "external"] = ""
    language: str = Field("", max_length=3, description="A language they speak: its code (ISO 639)")
    skill: str = Field("", max_length=80, description="The words of a skill, in either language")
    present: bool = Field(False, description="Not known to be away today")


def link(thing: Any) -> dict[str, Any]:
    """A person or a unit, as `Link`."""
    return {"id": thing.uuid, "name": thing.name, "url": thing.get_absolute_url()}


def person_out(person: Person) -> dict[str, Any]:
    """A person read with their unit, as `PersonOut`."""
    return {
        "id": person.uuid,
        "name": person.name,
        "url": person.get_absolute_url(),
        "title": person.title,
        "unit": person.unit.name if person.unit else None,
        "email": person.email,
        "phone": person.phone,
        "photo": person.photo_at(PHOTO) or None,
    }


@router.get("/me", response=PersonOut, summary="Who I am")
def me(request: HttpRequest) -> dict[str, Any]:
    """The person the session or the token stands for."""
    return person_out(request.user)  # type: ignore[arg-type]


@router.get("/people", response=PeopleOut, summary="Find people")
def people(
    request: HttpRequest, paging: Query[Paging], narrowing: Query[PeopleFilters], q: str = Query("", max_length=200)
) -> dict[str, Any]:
    """People by whatever one remembers of them: words of a name, title, unit or skill, digits of a telephone; accents,
    order and slips do not matter. Those found by name come first, in name order. Without `q`, everybody."""
    filters = Filters.read(narrowing.model_dump(), request.user)
    try:
        found = find(request.user, q.strip(), filters, limit=paging.limit, cursor=paging.cursor)
    except ValueError as error:
        raise BadRequest("cursor") from error
    return {"items": [person_out(one) for one in found.people], "next": found.next, "total": None}


@router.get("/people/{uuid:uuid}", response=PersonDetails, summary="One person")
def person(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """What the caller may read of one person. 404 for somebody who has left or whom one may not see."""
    reader: Any = request.user
    shown = get_object_or_404(Person.objects.visible_to(reader).with_unit(), uuid=uuid)
    readable = shown_to(reader, shown)
    positions = Position.objects.visible_to(reader).current().filter(person=shown).select_related("unit")
    # SECURITY: an external sees nobody else, not even above themselves.
    manager = Person.objects.visible_to(reader).filter(pk=shown.manager_id).first() if shown.manager_id else None
    languages = shown.languages.order_by("-level", "language").values("language", "level")
    skills = shown.skills.select_related("skill").order_by("pk")
    return {
        **person_out(shown),
        "given_name": shown.preferred_name or shown.given_name,
        "family_name": shown.family_name,
        "role": shown.kind,
        "notes_name": shown.notes_name,
        "site": shown.site,
        "room": shown.room,
        "manager": link(manager) if manager else None,
        "positions": [_position(one) for one in positions.order_by("starts", "pk")],
        "mobile": shown.mobile if "mobile" in readable else None,
        "languages": list(languages) if "languages" in readable else None,
        "skills": [one.skill.name for one in skills] if "skills" in readable else None,
        "working_days": shown.working_days if "working_days" in readable else None,
        "absence": _absence(shown, reader) if "absences" in readable else None,
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "title": position.title,
        "kind": position.kind,
        "unit": link(position.unit),
        "starts": position.starts,
        "ends": position.ends,
    }


def _absence(person: Person, reader: Any) -> dict[str, Any] | None:
    absence = person.absences.current().order_by("starts").first()
    if absence is None:
        return None
    stand_in = Person.objects.visible_to(reader).filter(pk=absence.replacement_id).first()
    return {"starts": absence.starts, "ends": absence.ends, "replacement": link(stand_in) if stand_in else None}
