"""When drawing settles: what lists, search and history keep of a board is brought up to what is drawn."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.activity.models import Activity
from foundation.content.models import State
from foundation.realtime.documents import document_of
from foundation.search.actions import queue

from ..activities import BOARD_DRAWN, MADE
from ..models import Board
from ..summaries import summary_of
from .keeping import keep_while_drawing, write_summary


@transaction.atomic
def settle(uuid: UUID, people: Collection[int]) -> bool:
    """Bring a board up to its document, and note that these people (by key) drew on it today. Running it again, or for
    changes that show nothing, changes nothing. Answers whether the board looks different."""
    board = Board.objects.select_for_update().filter(uuid=uuid).first()
    if board is None:
        return False
    doc = document_of(Board.KIND, uuid)
    summary = summary_of(board, doc)
    now = timezone.now()
    has_changed = summary.digest != board.state_digest
    if has_changed:
        keep_while_drawing(board, doc, summary, people, now)
        board.updated = now
        write_summary(board, summary)
        queue([board.pk])
    if board.state != State.TRASHED:
        # What nobody sees any more of, and an action of ours has said already, is not said again.
        said = [BOARD_DRAWN] if has_changed else [BOARD_DRAWN, *MADE]
        for person in _newly_drawing(board, people, now, [one.key for one in said]):
            record(BOARD_DRAWN, board, actor=person)
    return has_changed


def _newly_drawing(board: Board, people: Collection[int], now: datetime, said: Collection[str]) -> list[Any]:
    """Those of whom none of these verbs was said of the board since midnight."""
    if not people:
        return []
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = Activity.objects.filter(content_id=board.pk, verb__in=said, created__gte=midnight)
    found = get_user_model()._default_manager.filter(pk__in=people)
    return list(found.exclude(pk__in=known.values("actor_id")).order_by("pk"))
