"""Templates of workshops: a retrospective, a SWOT. Their forms, with other words, serve the demonstration too."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..scenes.making import BLUE, GAP, GREEN, PINK, STICKY, YELLOW, Pen, Sheet

SOFT = "#868e96"
# The ground of a frame, for each colour of its notes.
GROUNDS = {GREEN: "#ebfbee", PINK: "#fff0f6", BLUE: "#e7f5ff", YELLOW: "#fff9db"}


@dataclass(frozen=True)
class Question:
    """A frame with a question, and the notes that answer it."""

    name: str
    question: str
    colour: str
    notes: Sequence[str]


def heading(sheet: Sheet, title: str, hint: str) -> None:
    """The title of a board, and what one does on it, above its frames."""
    sheet.text(0, -150, title, size=44)
    sheet.text(0, -82, hint, size=20, colour=SOFT, width=1200)


def _answered(sheet: Sheet, one: Question, x: float, y: float, across: int) -> None:
    """Notes in rows, their upper left corner at (x, y)."""
    for at, note in enumerate(one.notes):
        sheet.sticky(x + at % across * (STICKY + GAP), y + at // across * (STICKY + GAP), note, one.colour)


def columns(sheet: Sheet, questions: Sequence[Question]) -> float:
    """Frames side by side, each with a coloured head. Answers how wide they are together."""
    width, height = 3 * STICKY + 4 * GAP, 860.0
    for at, one in enumerate(questions):
        x = at * (width + GAP)
        with sheet.frame(x, 0, width, height, one.name):
            sheet.box("rectangle", (x, 0, width, 132), pen=Pen(stroke="transparent", fill=GROUNDS[one.colour]))
            sheet.text(x + GAP, 22, one.name, size=28)
            sheet.text(x + GAP, 68, one.question, size=20, colour="#495057", width=width - 2 * GAP)
            _answered(sheet, one, x + GAP, 132 + GAP, 3)
    return len(questions) * (width + GAP) - GAP


def follow_up(
    sheet: Sheet, width: float, name: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]
) -> None:
    """Below the columns: who does what by when."""
    top, third = 860 + 3 * GAP, (width - 2 * GAP) / 3
    with sheet.frame(0, top, width, 340, name):
        for column, (head, hint) in enumerate(heads):
            left = GAP + column * third
            sheet.text(left, top + 20, head, size=24)
            sheet.text(left, top + 58, hint, size=18, colour=SOFT)
            for row in range(4):
                at = top + 96 + row * 72
                colour = "#ced4da" if row == 0 else "#e9ecef"
                sheet.line([(left, at), (left + third - GAP, at)], pen=Pen(stroke=colour, width=2 - (row > 0)))
                if row < len(rows):
                    sheet.text(left, at + 22, rows[row][column], size=20, width=third - GAP)


def quarters(sheet: Sheet, questions: Sequence[Question]) -> None:
    """Four squares."""
    width, height = 4 * STICKY + 5 * GAP, 3 * STICKY + 4 * GAP + 96
    for at, one in enumerate(questions):
        x, y = at % 2 * (width + GAP), at // 2 * (height + 2 * GAP)
        with sheet.frame(x, y, width, height, one.name):
            sheet.box("rectangle", (x, y, width, height), pen=Pen(stroke="transparent", fill=GROUNDS[one.colour]))
            sheet.text(x + GAP, y + 20, one.name, size=30)
            sheet.text(x + GAP, y + 64, one.question, size=20, colour="#495057")
            _answered(sheet, one, x + GAP, y + 112, 4)


def retrospective(sheet: Sheet) -> None:
    """Three columns of notes, and what follows from them."""
    heading(
        sheet,
        _("Retrospective"),
        _("Five minutes alone to write notes, then we read them together and choose what we will try."),
    )
    width = columns(
        sheet,
        [
            Question(_("What went well"), _("What should we keep?"), GREEN, [_("One idea on each note")]),
            Question(_("What could be better"), _("What slowed us down?"), PINK, [_("Facts, not faults")]),
            Question(
                _("What we will try"),
                _("What is within our reach by next time?"),
                BLUE,
                [_("Small enough to be done")],
            ),
        ],
    )
    heads = [(_("What"), _("A verb, a result")), (_("Who"), _("One name")), (_("By when"), _("A date"))]
    follow_up(sheet, width, _("Actions"), heads, [])


def swot(sheet: Sheet) -> None:
    """Four squares: inside and outside, what helps and what hinders."""
    heading(
        sheet,
        _("SWOT"),
        _("Above, what depends on us; below, what does not. On the left what helps, on the right what hinders."),
    )
    quarters(
        sheet,
        [
            Question(_("Strengths"), _("What do we do well?"), GREEN, [_("An experienced team")]),
            Question(_("Weaknesses"), _("What do we lack?"), PINK, [_("Tools that do not talk to each other")]),
            Question(_("Opportunities"), _("What could help us?"), BLUE, [_("A new grant programme")]),
            Question(_("Threats"), _("What could get in our way?"), YELLOW, [_("Costs that rise")]),
        ],
    )
