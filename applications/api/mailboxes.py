"""One's own mail and agenda in the REST API, as the cards show them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema

from ..looking import AGENDA, MAIL, Look, look_at

router = Router(tags=["me"])


class SubjectOut(Schema):
    """One unread message."""

    subject: str
    sender: str
    received: datetime | None


class EventOut(Schema):
    """One event of today or tomorrow. Of what lasts whole days, `begins` and `ends` are midnights of the city."""

    title: str
    begins: datetime
    ends: datetime
    place: str
    is_all_day: bool


class LookOut(Schema):
    """`state`: fresh (seconds old), stale (older, see `read_at`), unavailable, or off (the city reads none).

    `is_reading`: a newer value is on its way; ask again in a second. `problem`: what stands in the way, in the
    language of the person. `open_url`: where one opens one's mail in Notes, or empty.
    """

    state: str
    is_reading: bool
    read_at: datetime | None
    problem: str
    open_url: str


class MailOut(LookOut):
    """Unread messages: how many (null: unknown), and the newest of them."""

    unread: int | None
    newest: list[SubjectOut]


class AgendaOut(LookOut):
    """Events of today and tomorrow, by hour (null: unknown)."""

    events: list[EventOut] | None


def _shape(look: Look) -> dict[str, Any]:
    door = f"{settings.SITE_URL}{reverse('applications:open', args=[look.notes])}" if look.notes else ""
    return {
        "state": look.state,
        "is_reading": look.is_reading,
        "read_at": look.read_at,
        "problem": str(look.problem),
        "open_url": door,
    }


@router.get("/me/mail", response=MailOut)
def mail(request: HttpRequest) -> dict[str, Any]:
    """My unread mail, as last seen; asking has it read again when it is older than 90 seconds."""
    look = look_at(request.user, MAIL)
    value: Any = look.value
    return {**_shape(look), "unread": value.unread if value else None, "newest": value.newest if value else []}


@router.get("/me/agenda", response=AgendaOut)
def agenda(request: HttpRequest) -> dict[str, Any]:
    """My events of today and tomorrow, as last seen."""
    look = look_at(request.user, AGENDA)
    value: Any = look.value
    return {**_shape(look), "events": value.events if value else None}
