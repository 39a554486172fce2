"""What one does to boards: make, rename, close and open, move, make another one out of it."""

import random
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pycrdt import Doc

from foundation.activity.actions import follow, record
from foundation.audiences.policies import Denied, Refused, require
from foundation.content.sending import sending_digest, sent_once
from foundation.files.actions import attach_again
from foundation.files.models import Attachment
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of
from foundation.spaces.actions import personal_space
from foundation.spaces.models import Space

from ..activities import BOARD_CHANGED, BOARD_CLOSED, BOARD_CREATED, BOARD_DUPLICATED, BOARD_MOVED, BOARD_OPENED
from ..models import Board
from ..pictures import files_of, known_files
from ..scenes.cleaning import Element, line_of
from ..scenes.excalidraw import under_new_keys, with_files
from ..scenes.reading import scene_of
from ..scenes.restoring import put_in
from ..starting import BLANK, BY_KEY, elements_of
from .keeping import refresh

TITLE_MAX = 250


def _titled(title: str) -> str:
    """A title that fits. Raises ValidationError."""
    title = line_of(title, 2_000)
    if not title:
        raise ValidationError({"title": _("Give the board a title.")})
    if len(title) > TITLE_MAX:
        raise ValidationError({"title": _("This title is too long: at most 250 characters.")})
    return title


def create_board(
    title: str,
    *,
    actor: Any,
    space: Space | None = None,
    language: str = "fr",
    template: str = BLANK,
    sending_key: str | None = None,
) -> Board:
    """A new board in `space`, or in one's personal space. Raises Refused and ValidationError.

    With a `sending_key` already used, answers the board it made: a resent form makes nothing.
    """
    if template not in BY_KEY:
        raise ValidationError({"template": _("There is no such template.")})
    chosen, title = BY_KEY[template], _titled(title)
    key = sending_digest(sending_key, actor)

    def elements() -> list[Element]:
        return elements_of(chosen, language, chance=random.SystemRandom(), now=_now())

    def make() -> Board:
        sent = Board.objects.select_related("space").filter(sending_key=key, author=actor).first() if key else None
        if sent:
            return sent
        board = _made(title, space or personal_space(actor=actor), language, key, actor=actor)
        _fill(board, elements(), "", actor=actor)
        record(BOARD_CREATED, board, actor=actor, data={"template": template})
        return board

    return sent_once(make)


def _now() -> int:
    return int(timezone.now().timestamp() * 1000)


def _made(title: str, space: Space, language: str, key: str | None, *, actor: Any) -> Board:
    """The row of a new board. The caller announces it. Raises Refused."""
    require(actor, "whiteboards.create", space)
    now = timezone.now()
    board = Board(
        space=space,
        title=title,
        language=language,
        author=actor,
        owner=actor,
        updated=now,
        published=now,
        sending_key=key,
    )
    board.save()
    follow(board, actor=actor)
    return board


def _fill(board: Board, elements: list[Element], background: str, *, actor: Any) -> None:
    """Put the first elements on a new board."""
    doc: Doc = Doc()
    update = put_in(doc, elements, background)
    if elements or background:
        change_document(Board.KIND, board.uuid, update, actor=actor)
    refresh(board, doc, drawn_by=actor if elements else None)


@transaction.atomic
def rename_board(board: Board, title: str, *, actor: Any, language: str | None = None) -> None:
    """Change title and language. Raises Refused and ValidationError."""
    require(actor, "content.change", board)
    title = _titled(title)
    if (title, language or board.language) == (board.title, board.language):
        return
    board.title, board.language = title, language or board.language
    board.save(update_fields=["title", "language"])
    record(BOARD_CHANGED, board, actor=actor)


@transaction.atomic
def switch_board(board: Board, *, view_only: bool, actor: Any) -> None:
    """Close a board to drawing, but for those who may change it, or open it again. Whoever has it open keeps it, and
    draws no longer, or may from now on. Raises Refused. Twice changes nothing."""
    require(actor, "whiteboards.switch", board)
    if board.view_only == view_only:
        return
    board.view_only = view_only
    board.save(update_fields=["view_only"])
    record(BOARD_CLOSED if view_only else BOARD_OPENED, board, actor=actor)


@transaction.atomic
def move_board(board: Board, space: Space, *, actor: Any) -> None:
    """Take a board to another space, whose members then see it as they see all that is there. Its shares stay; an
    audience of its own, which named people of the space before, does not. Raises Refused."""
    require(actor, "whiteboards.move", board)
    require(actor, "whiteboards.create", space)
    if board.space_id == space.pk:
        return
    before = board.space
    board.space, board.audience = space, None
    board.save(update_fields=["space", "audience"])
    record(BOARD_MOVED, board, actor=actor, data={"from": str(before.uuid)})


@transaction.atomic
def duplicate_board(board: Board, title: str, *, actor: Any, space: Space | None = None) -> Board:
    """A board of one's own with what is on this one, in `space` or in one's personal space. What was deleted on the
    first, its versions, comments and shares stay with it. Raises Refused and ValidationError.

    Give it what `visible_to` let through.
    """
    # SECURITY: to read is enough to copy what one sees; of other boards not even the number of things is told.
    if not Board.objects.filter(pk=board.pk).visible_to(actor).exists():
        raise Refused(Denied(_("You may not see this board.")))
    scene = scene_of(document_of(Board.KIND, board.uuid))
    copy = _made(_titled(title), space or personal_space(actor=actor), board.language, None, actor=actor)
    wanted = files_of(scene)
    pictures = Attachment.objects.filter(content_id=board.pk, uuid__in=wanted)
    files = known_files([str(one) for one in wanted], attach_again(pictures, copy, actor=actor)) if wanted else {}
    chance = random.SystemRandom()
    _fill(copy, under_new_keys(with_files(scene.elements, files), chance=chance), scene.background, actor=actor)
    record(BOARD_DUPLICATED, copy, actor=actor, data={"from": str(board.uuid)})
    return copy
