"""The template of a meeting. Its form, with other words, serves the demonstration too."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..scenes.making import BLUE, GAP, GREEN, YELLOW, Pen, Sheet
from .workshops import SOFT, heading

WIDTH = 900.0
ROW = 88.0
COLUMNS = (0.0, 130.0, 620.0)
SIDE, NOTE = 680.0, 150.0


@dataclass(frozen=True)
class Meeting:
    """The words of a meeting: the frames' names, the heads and lines of the agenda, the notes beside it."""

    names: tuple[str, str, str, str]
    heads: tuple[str, str, str]
    rows: Sequence[Sequence[str]]
    decisions: Sequence[str] = field(default_factory=list)
    follow_ups: Sequence[str] = field(default_factory=list)
    parked: Sequence[str] = field(default_factory=list)


def meeting(sheet: Sheet, words: Meeting) -> None:
    """What we speak of and when; beside it, what was decided and who follows up."""
    high = ROW * (len(words.rows) + 1)
    with sheet.frame(0, 0, WIDTH, high, words.names[0]):
        sheet.box("rectangle", (0, 0, WIDTH, ROW), pen=Pen(stroke="transparent", fill="#e7f5ff"))
        for left, name in zip(COLUMNS, words.heads, strict=True):
            sheet.text(left + GAP, 28, name, size=24)
        for number, row in enumerate(words.rows, 1):
            top = number * ROW
            sheet.line([(0, top), (WIDTH, top)], pen=Pen(stroke="#ced4da", width=1))
            for at, (left, text) in enumerate(zip(COLUMNS, row, strict=True)):
                width = (*COLUMNS[1:], WIDTH)[at] - left - GAP
                sheet.text(left + GAP, top + 18, text, size=20, width=width, colour=SOFT if at == 2 else "#1e1e1e")
    left, half = WIDTH + 2 * GAP, high / 2 - GAP
    for top, name, colour, notes in (
        (0.0, words.names[1], GREEN, words.decisions),
        (half + 2 * GAP, words.names[2], YELLOW, words.follow_ups),
    ):
        with sheet.frame(left, top, SIDE, half, name):
            sheet.text(left + GAP, top + 18, name, size=24)
            for at, note in enumerate(notes):
                sheet.sticky(left + GAP + at * (NOTE + 12), top + 66, note, colour, side=NOTE)
    left += SIDE + 2 * GAP
    with sheet.frame(left, 0, 400, high, words.names[3]):
        sheet.text(left + GAP, 18, words.names[3], size=24)
        for at, note in enumerate(words.parked):
            x, y = left + GAP + at % 2 * (NOTE + 12), 66 + at // 2 * (NOTE + 12)
            sheet.sticky(x, y, note, BLUE, side=NOTE)


def agenda(sheet: Sheet) -> None:
    """A meeting of an hour and a half."""
    heading(sheet, _("Meeting agenda"), _("Date, place, chair, note-taker: write them here."))
    rows = [
        (_("9:00"), _("Welcome, and what we want to have at the end"), _("Chair")),
        (_("9:10"), _("Follow-up of last time"), _("Everyone")),
        (_("9:25"), _("First subject: to decide"), _("Name")),
        (_("9:50"), _("Second subject: to discuss"), _("Name")),
        (_("10:15"), _("Round table"), _("Everyone")),
        (_("10:25"), _("What we take away, next date"), _("Chair")),
    ]
    meeting(
        sheet,
        Meeting(
            (pgettext("of a meeting", "Agenda"), _("Decisions"), _("Follow-up"), _("Parked for later")),
            (_("Time"), _("Subject"), pgettext("of a meeting", "Who leads")),
            rows,
            [_("What we decided")],
            [_("Who does what by when")],
            [_("Good ideas for another day")],
        ),
    )
