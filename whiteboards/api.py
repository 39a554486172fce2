"""Boards in the REST API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from foundation.audiences.policies import ask
from foundation.content.api import Item, Listing, Paging, item_of, listing
from foundation.realtime.documents import document_of
from foundation.spaces.models import Space

from . import actions
from .models import Board, BoardVersion
from .scenes.making import STICKIES
from .scenes.reading import Thing, scene_of, things_of
from .starting import BLANK, BY_KEY

router = Router(tags=["boards"])


class BoardOut(Item):
    """A board. `elements`: how many things are on it. `may_draw` is of who asks."""

    language: str
    space: UUID
    author: UUID
    author_name: str
    created: datetime
    updated: datetime
    view_only: bool
    elements: int


class BoardDetail(BoardOut):
    """One board, with what the asker may do."""

    may_draw: bool
    text: str


class BoardIn(Schema):
    """A new board: in a space, or (null) in one's own."""

    title: str
    language: Literal["fr", "en"] = "fr"
    template: str = Field(BLANK, description=f"One of: {', '.join(BY_KEY)}")
    space: UUID | None = None
    sending_key: str | None = None


class BoardChange(Schema):
    """What changes; what is left out stays."""

    title: str | None = None
    language: Literal["fr", "en"] | None = None
    view_only: bool | None = None


class ThingOut(Schema):
    """One thing on a board. `frame` is the name of the frame it is in; `starts` and `ends` say what an arrow joins."""

    id: str
    kind: str
    text: str
    frame: str
    link: str
    colour: str
    starts: str
    ends: str
    x: float
    y: float
    width: float
    height: float


class Things(Schema):
    """All that is on a board, in reading order."""

    items: list[ThingOut]
    total: int


class NotesIn(Schema):
    """Notes to put on a board, one for each text."""

    texts: list[str]
    colour: Literal["yellow", "orange", "pink", "violet", "blue", "green", "grey", "white"] = "yellow"


class VersionOut(Schema):
    """An earlier state of a board. Without a name: kept by itself."""

    id: UUID
    kind: str = "board_version"
    title: str
    url: str
    cause: str
    at: datetime
    elements: int
    by: UUID | None = None


class VersionIn(Schema):
    """A name for the board as it is now."""

    name: str


def _shape(board: Board) -> dict[str, Any]:
    return {
        **item_of(board),
        "author": board.author.uuid,
        "author_name": board.author.name,
        "view_only": board.view_only,
        "elements": board.element_count,
    }


def _detail(request: HttpRequest, board: Board) -> dict[str, Any]:
    may_draw = bool(ask(request.user, "whiteboards.draw", board))
    return {**_shape(board), "may_draw": may_draw, "text": board.text}


def _version(version: BoardVersion, board: Board) -> dict[str, Any]:
    return {
        "id": version.uuid,
        "title": str(version),
        "url": f"{board.get_absolute_url()}history/{version.uuid}/",
        "cause": version.cause,
        "at": version.ended,
        "elements": version.element_count,
        "by": version.by.uuid if version.by else None,
    }


def _thing(one: Thing) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ThingOut.model_fields}


def _board(request: HttpRequest, uuid: UUID) -> Board:
    return get_object_or_404(Board.objects.visible_to(request.user).for_page(), uuid=uuid)


@router.get("/boards", response=Listing[BoardOut])
def boards(request: HttpRequest, paging: Query[Paging], q: str = "", space: UUID | None = None) -> dict[str, Any]:
    """My boards: made by me, shared with me, of my spaces; or those of one space. The last drawn first."""
    if space is None:
        rows = Board.objects.visible_to(request.user).of_person(request.user)
    else:
        place = get_object_or_404(Space.objects.visible_to(request.user), uuid=space)
        rows = Board.objects.in_space(place).visible_to(request.user)
    return listing(rows.published().matching(q[:100]).with_row(), paging, _shape)


@router.post("/boards", response={201: BoardDetail})
def create(request: HttpRequest, data: BoardIn) -> Any:
    """Make a board. With a `sending_key`, sending again makes nothing."""
    place = get_object_or_404(Space.objects.visible_to(request.user), uuid=data.space) if data.space else None
    made = actions.create_board(
        data.title,
        actor=request.user,
        space=place,
        language=data.language,
        template=data.template,
        sending_key=(data.sending_key or "")[:64],
    )
    return Status(201, _detail(request, made))


@router.get("/boards/{uuid}", response=BoardDetail)
def board(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One board."""
    return _detail(request, _board(request, uuid))


@router.patch("/boards/{uuid}", response=BoardDetail)
def change(request: HttpRequest, uuid: UUID, data: BoardChange) -> dict[str, Any]:
    """Rename a board, close it to drawing or open it."""
    found = _board(request, uuid)
    if data.title is not None or data.language is not None:
        actions.rename_board(
            found, found.title if data.title is None else data.title, language=data.language, actor=request.user
        )
    if data.view_only is not None:
        actions.switch_board(found, view_only=data.view_only, actor=request.user)
    return _detail(request, found)


@router.get("/boards/{uuid}/elements", response=Things)
def elements(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """All that is on a board, in reading order."""
    found = _board(request, uuid)
    things = things_of(scene_of(document_of(Board.KIND, found.uuid)))
    return {"items": [_thing(one) for one in things], "total": len(things)}


@router.post("/boards/{uuid}/notes", response={201: Things})
def add_notes(request: HttpRequest, uuid: UUID, data: NotesIn) -> Any:
    """Put notes on a board, in rows below what is there. Answers all that is on it then."""
    actions.put_stickies(_board(request, uuid), data.texts, colour=STICKIES[data.colour], actor=request.user)
    return Status(201, elements(request, uuid))


@router.get("/boards/{uuid}/versions", response=Listing[VersionOut])
def versions(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The history of a board, the latest first."""
    found = _board(request, uuid)
    rows = BoardVersion.objects.visible_to(request.user).of(found).with_row()
    return listing(rows, paging, lambda one: _version(one, found), by="ended")


@router.post("/boards/{uuid}/versions", response={201: VersionOut})
def name_version(request: HttpRequest, uuid: UUID, data: VersionIn) -> Any:
    """Keep the board as it is now, for ever, under a name."""
    found = _board(request, uuid)
    return Status(201, _version(actions.name_version(found, data.name, actor=request.user), found))


@router.post("/boards/versions/{uuid}/restore", response=BoardDetail)
def restore_version(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Take a board back to one of its versions. How it is now becomes a version."""
    found = get_object_or_404(BoardVersion.objects.visible_to(request.user).select_related("board"), uuid=uuid)
    actions.restore_version(found, actor=request.user)
    return _detail(request, _board(request, found.board.uuid))
