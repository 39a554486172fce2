"""People in the API."""

from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from .models import Person

router = Router(tags=["people"])


class PersonOut(Schema):
    """A person as others see them. `title` and `unit` are in the reader's language; `url` is the page's address."""

    id: UUID
    kind: Literal["person"] = "person"
    name: str
    url: str
    title: str
    unit: str | None
    email: str
    phone: str

    @staticmethod
    def resolve_id(person: Person) -> UUID:
        return person.uuid

    @staticmethod
    def resolve_kind(person: Person) -> str:
        # `Person.kind` says employee or elected; here it is the kind of thing.
        return "person"

    @staticmethod
    def resolve_url(person: Person) -> str:
        return person.get_absolute_url()

    @staticmethod
    def resolve_unit(person: Person) -> str | None:
        return person.unit.name if person.unit else None


class PeopleOut(Schema):
    """One page of people; `next` is the cursor of the following one. `total` is not counted."""

    items: list[PersonOut]
    next: str | None
    total: int | None = None


@router.get("/me", response=PersonOut, summary="Who I am")
def me(request: HttpRequest) -> Person:
    """The person the session or the token stands for."""
    return request.user  # type: ignore[return-value]


@router.get("/people", response=PeopleOut, summary="People by name")
def people(
    request: HttpRequest, q: str = Query("", max_length=100), limit: int = Query(30, ge=1, le=100), cursor: str = ""
) -> dict[str, Any]:
    """People whose name contains every word of `q`, accents and case aside, in name order."""
    found = Person.objects.visible_to(request.user).matching(q).with_unit()
    try:
        items, following = found.name_page(limit, cursor)
    except ValueError as error:
        raise BadRequest("cursor") from error
    return {"items": items, "next": following, "total": None}


@router.get("/people/{uuid:uuid}", response=PersonOut, summary="One person")
def person(request: HttpRequest, uuid: UUID) -> Person:
    """404 for somebody who has left or whom one may not see."""
    return get_object_or_404(Person.objects.visible_to(request.user).with_unit(), uuid=uuid)
