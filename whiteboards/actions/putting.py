"""What one puts on a board from outside the canvas: pictures, a file of Excalidraw, stickies out of a list."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pycrdt import Doc

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.files.actions import attach, take_in
from foundation.files.models import Attachment
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of
from foundation.spaces.models import Space

from ..activities import FILE_TAKEN_IN, NOTES_ADDED
from ..models import Board
from ..scenes.cleaning import text_of
from ..scenes.drawing import MARGIN, bounds
from ..scenes.excalidraw import MOST_BYTES, MOST_ELEMENTS, NotABoard, Picture, moved, read_file, with_files
from ..scenes.making import YELLOW, Sheet, grid
from ..scenes.reading import Scene, scene_of
from ..scenes.restoring import put_in
from .boards import create_board
from .keeping import refresh

PICTURE_MAX_MB = 10
MOST_PICTURES = 300
MOST_STICKIES = 200
LONGEST_STICKY = 1_000
# Between what is there and what is put beside it.
APART = 80.0
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def refusal_of(error: NotABoard) -> str:
    """Why a file cannot be taken in, for whoever sent it."""
    return {
        "unreadable": _("This file cannot be read: it is not a whole .excalidraw file."),
        "other_kind": _("This is not a file of Excalidraw (.excalidraw)."),
        "too_large": _("This file is too large: at most %(max)s MB.") % {"max": 40},
        "too_many": _("There is too much on this board: at most %(max)s elements.") % {"max": MOST_ELEMENTS},
        "empty": _("There is nothing in this file that can stand on a board."),
    }[error.reason]


def attach_picture(board: Board, upload: File, *, actor: Any) -> Attachment:
    """Keep a picture that is about to be put on the canvas. Raises Refused, and ValidationError with the codes `size`
    and `type` besides those of any file."""
    require(actor, "whiteboards.draw", board)
    if (upload.size or 0) > PICTURE_MAX_MB * 1024 * 1024:
        text = _("This picture is too large: at most %(max)s MB.") % {"max": PICTURE_MAX_MB}
        raise ValidationError({"file": ValidationError(text, code="size")})
    if Attachment.objects.filter(content_id=board.pk).count() >= MOST_PICTURES:
        raise ValidationError({"file": _("This board has as many pictures as can be kept.")})
    return attach(board, upload, actor=actor, images_only=True)


@transaction.atomic
def create_from_file(
    upload: File,
    title: str,
    *,
    actor: Any,
    space: Space | None = None,
    language: str = "fr",
    sending_key: str | None = None,
) -> tuple[Board, Counter[str]]:
    """A new board with what is in a file of Excalidraw. Answers what was left out too, as `put_file` does. Raises
    Refused and ValidationError: then no board was made."""
    board = create_board(title, actor=actor, space=space, language=language, sending_key=sending_key)
    # A form sent again: it is there already.
    return board, Counter() if board.element_count else put_file(board, upload, actor=actor)


@transaction.atomic
def put_file(board: Board, upload: File, *, actor: Any) -> Counter[str]:
    """Put what is in a file of Excalidraw on a board, beside what is there. Answers what was left out, by reason (see
    `scenes.excalidraw.Taken`). Raises Refused and ValidationError."""
    require(actor, "whiteboards.draw", board)
    doc, scene = _present(board)
    chance = random.SystemRandom()
    try:
        taken = read_file(_bytes_of(upload), chance=chance, after=_last(scene))
    except NotABoard as error:
        raise ValidationError({"file": refusal_of(error)}) from error
    if len(taken.elements) + len(scene.elements) > MOST_ELEMENTS:
        raise ValidationError({"file": refusal_of(NotABoard("too_many"))})
    files: dict[str, str] = {}
    for number, (key, picture) in enumerate(taken.pictures.items(), 1):
        try:
            files[key] = str(take_in(board, _as_file(picture, number), actor=actor, images_only=True).uuid)
        except ValidationError:
            # SECURITY: the file says that it is a picture; only what is proved to be one is kept.
            taken.left_out["pictures"] += 1
    elements = with_files(taken.elements, files)
    if not elements:
        raise ValidationError({"file": refusal_of(NotABoard("empty"))})
    if scene.elements:
        box = bounds(scene.elements)
        elements = moved(elements, box.left + box.width - MARGIN + APART, box.top + MARGIN)
    update = put_in(doc, elements, "" if scene.elements else taken.background)
    change_document(Board.KIND, board.uuid, update, actor=actor)
    refresh(board, doc, drawn_by=actor)
    record(FILE_TAKEN_IN, board, actor=actor, data={"left_out": dict(taken.left_out)})
    return taken.left_out


def _bytes_of(upload: File) -> bytes:
    """What was sent. SECURITY: what is larger than any board is not read at all."""
    if (upload.size or 0) > MOST_BYTES:
        raise NotABoard("too_large")
    return bytes(upload.read())


@transaction.atomic
def put_stickies(board: Board, texts: Sequence[str], *, actor: Any, colour: str = YELLOW) -> int:
    """Put a note for each text on a board, in rows below what is there. Answers how many. Raises Refused and
    ValidationError."""
    require(actor, "whiteboards.draw", board)
    notes = [text for one in texts if (text := text_of(one, LONGEST_STICKY).strip())]
    if not notes:
        raise ValidationError({"texts": _("Write at least one line.")})
    if len(notes) > MOST_STICKIES:
        raise ValidationError({"texts": _("At most %(max)s notes at once.") % {"max": MOST_STICKIES}})
    doc, scene = _present(board)
    sheet = Sheet(random.SystemRandom(), int(timezone.now().timestamp() * 1000), after=_last(scene))
    box = bounds(scene.elements) if scene.elements else None
    grid(sheet, notes, box.left + MARGIN if box else 0.0, box.top + box.height - MARGIN + APART if box else 0.0, colour)
    change_document(Board.KIND, board.uuid, put_in(doc, sheet.elements), actor=actor)
    refresh(board, doc, drawn_by=actor)
    record(NOTES_ADDED, board, actor=actor, data={"notes": len(notes)})
    return len(notes)


def _present(board: Board) -> tuple[Doc, Scene]:
    """What is on the board, held until the end of the transaction: its summary is then written once, the last time."""
    Board.objects.select_for_update().get(pk=board.pk)
    doc = document_of(Board.KIND, board.uuid)
    return doc, scene_of(doc)


def _last(scene: Scene) -> str:
    """The key of the order of what stands in front."""
    return max((one["index"] or "" for one in scene.elements), default="")


def _as_file(picture: Picture, number: int) -> ContentFile:
    return ContentFile(picture.data, name=f"image-{number}.{_ENDINGS[picture.media_type]}")
