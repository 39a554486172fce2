"""Boards to take away: as a list, as a sheet, as a file of Excalidraw."""

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation.files.actions import clean_name
from foundation.files.models import Attachment
from foundation.ui.sheets import MARK, line_writer

from ..models import Board
from ..pictures import files_of
from ..scenes.excalidraw import Stored, file_of
from ..scenes.reading import things_of
from ..scenes.telling import cells_of, lines_of
from ..words import columns, kind_words
from .finding import board_of, scene_on

# Bytes of pictures that a file of Excalidraw carries; what is beyond is left out of it.
MOST_PICTURES = 200 * 1024 * 1024
PIECE = 192 * 1024


def _named(response: HttpResponse | StreamingHttpResponse, board: Board, ending: str) -> None:
    name = f"{clean_name(board.title)[:120]}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"


@require_safe
def list_txt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All that is on a board, in reading order, as plain text."""
    board = board_of(request, uuid)
    lines = [board.title, "=" * max(4, min(60, len(board.title))), ""]
    lines += lines_of(things_of(scene_on(board)), kind_words())
    response = HttpResponse("\r\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
    _named(response, board, "txt")
    return response


@require_safe
def list_csv(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same as a sheet, a thing on each line."""
    board = board_of(request, uuid)
    write = line_writer(get_language() or "fr")
    lines = [write(columns()), *(write(cells) for cells in cells_of(things_of(scene_on(board)), kind_words()))]
    response = HttpResponse(MARK + "".join(lines), content_type="text/csv; charset=utf-8")
    _named(response, board, "csv")
    return response


@require_safe
def excalidraw(request: HttpRequest, uuid: UUID) -> StreamingHttpResponse:
    """The board with its pictures, for Excalidraw anywhere. Streamed: the memory it takes does not depend on them."""
    board = board_of(request, uuid)
    scene = scene_on(board)
    rows = Attachment.objects.visible_to(request.user).on(board).filter(uuid__in=files_of(scene), is_image=True)
    carried, total = [], 0
    for one in rows.select_related("blob"):
        total += one.blob.size
        if total <= MOST_PICTURES:
            carried.append(one)
    pictures = (Stored(str(one.uuid), one.media_type, _pieces(one.blob.path)) for one in carried)
    pieces = (piece.encode() for piece in file_of(scene, pictures, settings.SITE_URL))
    response = StreamingHttpResponse(pieces, content_type="application/vnd.excalidraw+json")
    _named(response, board, "excalidraw")
    return response


def _pieces(path: str) -> Iterator[bytes]:
    with default_storage.open(path, "rb") as file:
        while piece := file.read(PIECE):
            yield piece
