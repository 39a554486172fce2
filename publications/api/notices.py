"""Publications in the REST API: read what is published, create drafts."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from foundation.content.api import Item, Listing, Paging, item_of, listing
from foundation.spaces.models import Space

from .. import actions
from ..models import Notice
from ..pairs import states_of

router = Router(tags=["publications"])

GENRES = Literal["notice", "press", "news", "circular", "public_notice", "tender", "job"]
# SECURITY: what the city's journal brings in goes around "four eyes": nobody writes such a thing by hand.
WRITTEN = Literal["notice", "press", "news", "circular"]


class NoticeOut(Item):
    """A notice in the language one reads."""

    genre: str
    number: str
    stage: str
    language: str
    shown_language: str
    space: UUID
    unit: UUID | None
    summary: str
    published: datetime | None
    expires: datetime | None
    updated: datetime


class NoticeWhole(NoticeOut):
    """With its texts, safe HTML, in the languages readers are given, and what each is worth."""

    texts: dict[str, dict[str, str]]
    languages: dict[str, str]
    event_starts: datetime | None
    event_ends: datetime | None
    event_place: str
    acknowledgement: str
    subjects: list[str]
    corrections: list[dict[str, Any]]


class NoticeIn(Schema):
    """A draft. `site`: the slug of the site it is written for. Bodies: HTML, which is cleaned, or plain text."""

    site: str
    genre: WRITTEN = "notice"
    language: Literal["fr", "en"] = "fr"
    title: str
    summary: str = ""
    body: str = ""
    title_translated: str = ""
    summary_translated: str = ""
    body_translated: str = ""
    translation_ready: bool = False
    subjects: list[str] = []
    go_live_at: datetime | None = None
    expire_at: datetime | None = None
    acknowledgement: Literal["", "read", "agree"] = ""
    acknowledge_within: int | None = None
    sending_key: str | None = None


class Narrowing(Schema):
    """What narrows the list."""

    genre: GENRES | None = None
    site: str | None = None
    year: int | None = None
    subject: str | None = None


def _shape(one: Notice) -> dict[str, Any]:
    shown = one.headline
    return {
        **item_of(one),
        "genre": one.genre,
        "number": one.reference,
        "stage": one.stage,
        "shown_language": shown["language"],
        "unit": one.unit.uuid if one.unit else None,
        "summary": shown["summary"],
        "published": one.published,
        "expires": one.expires,
    }


def _whole(one: Notice) -> dict[str, Any]:
    languages = one.readable_languages if one.is_public else ["fr", "en"]
    return {
        **_shape(one),
        "texts": {language: one.text_in(language) for language in languages},
        "languages": states_of(one),
        "event_starts": one.event_starts,
        "event_ends": one.event_ends,
        "event_place": one.event_place,
        "acknowledgement": one.acknowledgement,
        "subjects": [tag.slug for tag in one.tags.all()],
        "corrections": [
            {"at": each.at, "note_fr": each.note_fr, "note_en": each.note_en, "material": each.is_material}
            for each in one.corrections.all()
        ],
    }


@router.get("/notices", response=Listing[NoticeOut])
def notices(request: HttpRequest, narrowing: Query[Narrowing], paging: Query[Paging]) -> dict[str, Any]:
    """What is in force, the newest first."""
    rows = Notice.objects.visible_to(request.user).in_force().with_unit_key()
    if narrowing.genre:
        rows = rows.of_genre(narrowing.genre)
    if narrowing.site:
        rows = rows.filter(space__slug=narrowing.site)
    if narrowing.year:
        rows = rows.of_year(narrowing.year)
    if narrowing.subject:
        rows = rows.tagged(narrowing.subject)
    return listing(rows, paging, _shape)


@router.get("/notices/{uuid}", response=NoticeWhole)
def notice(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One notice; a draft for those who write it."""
    found = get_object_or_404(Notice.objects.visible_to(request.user).for_page(), uuid=uuid)
    return _whole(found if found.is_public else found.draft())


@router.post("/notices", response={201: NoticeWhole})
def new_notice(request: HttpRequest, data: NoticeIn) -> Any:
    """Create a draft. It is published as any other: its site's steps and gate decide."""
    space = get_object_or_404(Space.objects.readable_by(request.user).select_related("site"), slug=data.site)
    values = data.dict(exclude={"site", "sending_key", "subjects"})
    made = actions.start_draft(
        space, {**values, "tags": data.subjects}, actor=request.user, sending_key=data.sending_key
    )
    return Status(201, _whole(made))
