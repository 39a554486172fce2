"""What is written of a board's states: its summary on the board, and the states that are kept."""

import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from pycrdt import Doc

from ..models import Board, BoardDrawing, BoardVersion
from ..summaries import Summary, summary_of

HOUR = timedelta(hours=1)
# Of so many things, half were there a moment ago and are gone: what was there is kept apart.
LOSS_FROM = 4
# What stays of the states that nobody named: those of a day, then the last of each day, then of each week.
DAY, MONTH = timedelta(days=1), timedelta(days=31)


def write_summary(board: Board, summary: Summary) -> None:
    """Put a state's text, number of things and drawing on the board, with its moment. The caller announces it."""
    board.text, board.element_count, board.state_digest = summary.text, summary.element_count, summary.digest
    board.save(update_fields=["text", "element_count", "state_digest", "updated"])
    BoardDrawing.objects.update_or_create(board=board, defaults={"svg": summary.svg})


def refresh(board: Board, doc: Doc, *, drawn_by: Any = None) -> Summary:
    """The same for a state that an action of ours just made; `drawn_by`: the person who put something on the board by
    it. What they put there is then kept as what is drawn is: whatever becomes of it, history has it."""
    summary = summary_of(board, doc)
    board.updated = timezone.now()
    if drawn_by is not None:
        keep_while_drawing(board, doc, summary, [drawn_by.pk], board.updated)
    write_summary(board, summary)
    return summary


def packed(doc: Doc) -> bytes:
    """A state as a version keeps it."""
    return zlib.compress(doc.get_update())


def document_at(version: BoardVersion) -> Doc:
    """The document as it was."""
    doc: Doc = Doc()
    doc.apply_update(zlib.decompress(bytes(version.snapshot)))
    return doc


def keep(
    board: Board, snapshot: bytes, summary: Summary, cause: BoardVersion.Cause, by: Any, name: str = ""
) -> BoardVersion:
    """Keep a state as a version of its own."""
    return BoardVersion.objects.create(
        board=board,
        cause=cause,
        name=name,
        by=by,
        snapshot=snapshot,
        element_count=summary.element_count,
        drawing=summary.svg,
        state_digest=summary.digest,
    )


def keep_while_drawing(board: Board, doc: Doc, summary: Summary, people: Collection[int], now: datetime) -> None:
    """Keep the state that an hour of drawing has reached so far; thin what is older."""
    latest = board.versions.filter(cause=BoardVersion.Cause.DRAWING).newest_first().defer("snapshot").first()
    if latest is not None and (latest.created <= now - HOUR or _has_lost(latest.element_count, summary)):
        latest = None
    is_new = latest is None
    version = latest or BoardVersion(board=board, cause=BoardVersion.Cause.DRAWING, created=now)
    version.snapshot, version.ended = packed(doc), now
    version.element_count, version.drawing, version.state_digest = summary.element_count, summary.svg, summary.digest
    version.save()
    version.drawn_by.add(*people)
    if is_new:
        _thin(board, now)


def _has_lost(count: int, summary: Summary) -> bool:
    return count >= LOSS_FROM and summary.element_count * 2 <= count


def _thin(board: Board, now: datetime) -> None:
    """Of the states that nobody named, let go those that stand close to a later one."""
    seen: set[Any] = set()
    gone: list[int] = []
    unnamed = board.versions.exclude(cause=BoardVersion.Cause.NAMED).newest_first()
    for pk, ended in unnamed.values_list("pk", "ended"):
        age, day = now - ended, timezone.localtime(ended).date()
        if age <= DAY:
            continue
        slot = day if age <= MONTH else day.isocalendar()[:2]
        if slot in seen:
            gone.append(pk)
        seen.add(slot)
    if gone:
        BoardVersion.objects.filter(pk__in=gone).delete()
