"""Drawings made by the server, and the city's library of shapes."""

import hashlib
import random
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ..actions.keeping import document_at
from ..models import BoardDrawing, BoardVersion
from ..scenes.drawing import draw
from ..scenes.reading import Scene, living, scene_of
from ..shapes import library_of
from ..starting import BY_KEY, elements_of
from ..summaries import large_drawing
from .finding import board_of, scene_on

# Another one for other drawings of the same states: part of every tag.
EDITION = "1"
HOUR, DAY = 3600, 24 * 3600


def _svg(request: HttpRequest, tag: str, make: Any) -> HttpResponse:
    """A drawing that its reader's browser may keep, and asks about again. `make` draws it, when it must be sent."""
    etag = f'"{tag}-{EDITION}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(make(), content_type="image/svg+xml")
        # SECURITY: opened by its address it is a page of our own: it runs nothing, asks for nothing, links to nothing.
        response.headers["Content-Security-Policy"] = "default-src 'none'; img-src data:; sandbox"
        response.headers["Content-Disposition"] = "inline"
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def thumbnail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The small drawing of a board."""
    found = board_of(request, uuid)
    return _svg(request, found.state_digest, lambda: BoardDrawing.objects.of(found))


@require_safe
def drawing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The board in all its detail."""
    found = board_of(request, uuid)
    return _svg(request, f"{found.state_digest}-large", lambda: large_drawing(found, scene_on(found)))


def version_of(request: HttpRequest, uuid: UUID, version: UUID) -> BoardVersion:
    """An earlier state of a board that the reader sees."""
    rows = BoardVersion.objects.visible_to(request.user).select_related("board__space", "by")
    return get_object_or_404(rows, uuid=version, board__uuid=uuid)


@require_safe
def version_thumbnail(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """The small drawing of an earlier state."""
    found = version_of(request, uuid, version)
    return _svg(request, found.state_digest, lambda: found.drawing)


@require_safe
def version_drawing(request: HttpRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """An earlier state in all its detail."""
    found = version_of(request, uuid, version)
    tag = f"{found.state_digest}-large"
    return _svg(request, tag, lambda: large_drawing(found.board, scene_of(document_at(found))))


@lru_cache(maxsize=32)
def _drawn_template(key: str, language: str) -> str:
    elements = elements_of(BY_KEY[key], language, chance=random.Random(key), now=1)  # noqa: S311  (no secret)
    return draw(Scene(living(elements)), {})


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in ("fr", "en") else get_language() or "fr"


@require_safe
def template(request: HttpRequest, key: str) -> HttpResponse:
    """What a template puts on a board."""
    if key not in BY_KEY:
        raise Http404
    svg = _drawn_template(key, _language(request))
    response = _svg(request, hashlib.sha256(svg.encode()).hexdigest()[:16], lambda: svg)
    patch_cache_control(response, private=True, max_age=HOUR)
    return response


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The city's shapes, as Excalidraw reads them."""
    response = JsonResponse(library_of(_language(request)))
    patch_cache_control(response, private=True, max_age=HOUR)
    return response
