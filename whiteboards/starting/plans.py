"""Templates of plans: a process in lanes, a street corner. Their forms serve the demonstration too, in other words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..scenes.making import Pen, Sheet
from ..shapes import places, streets
from .workshops import heading

LANE, NAME = 220.0, 190.0
STEP, CHOICE = (190.0, 100.0), (210.0, 150.0)
APART = 280.0
# White by its name: a face with a colour's code and words on it is read as a note.
PLAIN = "white"
GROUNDS = ("#fff9db", "#e7f5ff", "#ebfbee", "#fff0f6")


@dataclass(frozen=True)
class Step:
    """One step: in which column and lane, its words, whether it is a choice."""

    column: int
    lane: int
    text: str
    is_choice: bool = False


@dataclass(frozen=True)
class Join:
    """From one step to another, by their places in the list; with a word beside."""

    start: int
    end: int
    word: str = ""


def lanes(sheet: Sheet, name: str, names: Sequence[str], steps: Sequence[Step], joins: Sequence[Join]) -> None:
    """A process: a lane for each who acts, a box for each step, arrows between them."""
    width = NAME + 60 + (max(one.column for one in steps) + 1) * APART
    with sheet.frame(0, 0, width, LANE * len(names), name):
        for number, who in enumerate(names):
            top, ground = number * LANE, GROUNDS[number % len(GROUNDS)]
            sheet.box("rectangle", (0, top, width, LANE), pen=Pen(stroke="#ced4da", fill=ground, width=1))
            pen = Pen(stroke="#495057", fill=PLAIN, width=1)
            sheet.box("rectangle", (0, top, NAME, LANE), who, pen=pen, size=22)
        keys = [_drawn_step(sheet, one) for one in steps]
        for join in joins:
            sheet.join(keys[join.start], keys[join.end], pen=Pen(stroke="#495057"))
            if join.word:
                first, last = steps[join.start], steps[join.end]
                x = NAME + 60 + (first.column + last.column) / 2 * APART + STEP[0] / 2
                y = (first.lane + last.lane + 1) / 2 * LANE
                # Beside an arrow, or above one that lies.
                aside, above = (-14, 34) if first.lane == last.lane else (14, 26)
                sheet.text(x + aside, y - above, join.word, size=18, colour="#495057")


def _drawn_step(sheet: Sheet, one: Step) -> str:
    wide, high = CHOICE if one.is_choice else STEP
    x = NAME + 60 + one.column * APART + (STEP[0] - wide) / 2
    y = one.lane * LANE + (LANE - high) / 2
    pen = Pen(fill="#ffec99") if one.is_choice else Pen(fill=PLAIN, round=True)
    return sheet.box("diamond" if one.is_choice else "rectangle", (x, y, wide, high), one.text, pen=pen, size=18)


@dataclass(frozen=True)
class Corner:
    """The words of a street corner: its buildings (three), its park, its works."""

    name: str
    buildings: tuple[str, str, str]
    park: str
    works: str


def corner(sheet: Sheet, words: Corner) -> None:
    """Two streets with their sidewalks, buildings, a park, a bus stop and works, seen from above."""
    with sheet.frame(0, 0, 1500, 1000, words.name):
        sheet.box("rectangle", (0, 0, 1500, 1000), pen=Pen(stroke="transparent", fill="#f8f9fa"))
        with sheet.group():
            streets.road(sheet, 0, 470, 1500, 120)
            streets.street(sheet, 640, 0, 1000, 120)
            sheet.box("rectangle", (640, 470, 120, 120), pen=Pen(stroke="transparent", fill="#adb5bd"))
        for left in (572, 772):
            with sheet.group():
                streets.crosswalk(sheet, left, 474, 112, 56)
        for y in (428, 592):
            for x, length in ((0, 636), (764, 736)):
                with sheet.group():
                    streets.sidewalk(sheet, x, y, length, 40)
        first, second, third = words.buildings
        for x, y, width, height, name in (
            (60, 60, 480, 300, first),
            (60, 690, 300, 240, second),
            (400, 690, 190, 240, ""),
            (830, 60, 270, 300, third),
        ):
            with sheet.group():
                places.building(sheet, x, y, width, height, name)
        with sheet.group():
            places.park(sheet, 830, 660, 560, 250)
        sheet.text(1060, 770, words.park, size=26, colour="#2b8a3e")
        for x, y in ((1140, 300), (1240, 300), (1340, 300), (560, 340)):
            with sheet.group():
                places.tree(sheet, x, y, 76)
        with sheet.group():
            streets.bus_stop(sheet, 1200, 100)
        with sheet.group():
            streets.barricade(sheet, 180, 480)
        sheet.text(150, 644, words.works, size=20, colour="#c2560c")
        with sheet.group():
            places.north(sheet, 1400, 30)
        with sheet.group():
            places.scale_bar(sheet, 1270, 930)


def process(sheet: Sheet) -> None:
    """A request on its way through three lanes."""
    heading(
        sheet,
        _("Process"),
        _("One lane for each who acts, one box for each step, a diamond for each choice. Move, add, rename."),
    )
    steps = [
        Step(0, 0, _("Sends a request")),
        Step(0, 1, _("Receives it and gives it a number")),
        Step(1, 1, _("Complete?"), is_choice=True),
        Step(1, 0, _("Adds what is missing")),
        Step(2, 2, _("Studies it")),
        Step(3, 2, _("Decides")),
        Step(4, 1, _("Writes the answer")),
        Step(4, 0, _("Has the answer")),
    ]
    joins = [Join(0, 1), Join(1, 2), Join(2, 3, _("No")), Join(2, 4, _("Yes")), Join(4, 5), Join(5, 6), Join(6, 7)]
    lanes(sheet, _("Process"), [_("Citizen"), _("Borough"), _("Central service")], steps, joins)


def site_plan(sheet: Sheet) -> None:
    """A corner with its buildings, a park, a bus stop and works."""
    heading(
        sheet,
        _("Site plan"),
        _("Everything can be moved. The library of shapes has more: signs, trees, furniture, works."),
    )
    buildings = (_("Library"), _("Residence"), _("School"))
    corner(sheet, Corner(_("Site plan"), buildings, _("Park"), _("Works until June 15")))
