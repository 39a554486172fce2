"""What one does with earlier states of a board: name the present one, go back to another."""

import random
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of

from ..activities import VERSION_NAMED, VERSION_RESTORED
from ..models import NAME_MAX, Board, BoardVersion
from ..scenes.cleaning import line_of
from ..scenes.restoring import go_back
from ..summaries import summary_of
from .keeping import document_at, keep, packed, refresh

MOST_NAMED = 200


@transaction.atomic
def name_version(board: Board, name: str, *, actor: Any) -> BoardVersion:
    """Keep the board as it is now, for ever, under a name. Raises Refused and ValidationError."""
    require(actor, "whiteboards.draw", board)
    name = line_of(name, 1_000)
    if not name:
        raise ValidationError({"name": _("Give this version a name.")})
    if len(name) > NAME_MAX:
        raise ValidationError({"name": _("This name is too long: at most %(max)s characters.") % {"max": NAME_MAX}})
    if board.versions.filter(cause=BoardVersion.Cause.NAMED).count() >= MOST_NAMED:
        raise ValidationError({"name": _("This board has as many named versions as can be kept.")})
    doc = document_of(Board.KIND, board.uuid)
    version = keep(board, packed(doc), summary_of(board, doc), BoardVersion.Cause.NAMED, actor, name)
    record(VERSION_NAMED, board, actor=actor, data={"version": str(version.uuid), "name": name})
    return version


@transaction.atomic
def restore_version(version: BoardVersion, *, actor: Any) -> bool:
    """Take the board back to how it was. How it was just before becomes a version, so that this can be undone. Open
    boards follow at once, and keep everyone. Raises Refused. Answers False when it looks like that already.

    Two people who go back at the same moment do so one after the other.
    """
    board = Board.objects.select_for_update().get(pk=version.board_id)
    require(actor, "whiteboards.draw", board)
    doc = document_of(Board.KIND, board.uuid)
    before, snapshot = summary_of(board, doc), packed(doc)
    moment, chance = int(timezone.now().timestamp() * 1000), random.SystemRandom()
    update, changes = go_back(doc, document_at(version), moment=moment, chance=chance)
    if not changes:
        return False
    keep(board, snapshot, before, BoardVersion.Cause.RESTORING, actor)
    change_document(Board.KIND, board.uuid, update, actor=actor)
    refresh(board, doc)
    record(VERSION_RESTORED, board, actor=actor, data={"version": str(version.uuid)})
    return True
