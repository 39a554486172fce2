"""How the pages of boards find theirs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from foundation.realtime.documents import document_of
from foundation.spaces.models import Space

from ..models import Board
from ..scenes.reading import Scene, scene_of


def board_of(request: HttpRequest, uuid: UUID) -> Board:
    """A board that the reader sees; 404 for all others."""
    return get_object_or_404(Board.objects.visible_to(request.user).for_page(), uuid=uuid)


def scene_on(board: Board) -> Scene:
    """What is on it now. Given a board that `visible_to` let through."""
    return scene_of(document_of(Board.KIND, board.uuid))


def space_of(request: HttpRequest, slug: str) -> Space | None:
    """The space of a choice already checked; None for one's own."""
    return get_object_or_404(Space.objects.of_member(request.user), slug=slug) if slug else None


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which says so."""
    return "application/json" in request.headers.get("Accept", "")


def problem(status: int, detail: Any) -> JsonResponse:
    """What was refused, in the reader's language, as the API says it."""
    return JsonResponse(
        {"type": "about:blank", "status": status, "detail": str(detail)},
        status=status,
        content_type="application/problem+json",
    )
