"""Places, people and what stands around them."""

import math

from django.utils.translation import gettext as _

from ..scenes.making import Sheet
from .colours import (
    CONCRETE,
    GRASS,
    KERB,
    LEAVES,
    SAND,
    SIGN_BLUE,
    SIGN_GREEN,
    STEEL,
    TRUNK,
    WATER,
    WHITE,
    face,
    flat,
    stroke,
)


def tree(sheet: Sheet, x: float, y: float, size: float = 80) -> None:
    """A tree from above."""
    sheet.box("ellipse", (x, y, size, size), pen=face(LEAVES, SIGN_GREEN))
    small = size * 0.55
    sheet.box("ellipse", (x + size * 0.15, y + size * 0.15, small, small), pen=flat("#8ce99a"))
    dot = size * 0.12
    sheet.box("ellipse", (x + (size - dot) / 2, y + (size - dot) / 2, dot, dot), pen=face(TRUNK, TRUNK))


def conifer(sheet: Sheet, x: float, y: float) -> None:
    """A fir from the front."""
    sheet.box("rectangle", (x + 42, y + 126, 16, 28), pen=face(TRUNK, "#7a5226"))
    for top, half, bottom in ((60, 50, 130), (28, 40, 90), (0, 28, 52)):
        corners = [(x + 50, y + top), (x + 50 + half, y + bottom), (x + 50 - half, y + bottom)]
        sheet.line(corners, pen=face("#51cf66", SIGN_GREEN), closed=True)


def building(sheet: Sheet, x: float, y: float, width: float = 220, height: float = 150, name: str = "") -> None:
    """A building from above: its roof, with its ridge."""
    sheet.box("rectangle", (x, y, width, height), pen=face("#dee2e6", STEEL, 2))
    inset = min(width, height) * 0.3
    left, right, middle = x + inset, x + width - inset, y + height / 2
    sheet.line([(left, middle), (right, middle)], pen=stroke(KERB, 1))
    for corner, end in (
        ((x, y), left),
        ((x, y + height), left),
        ((x + width, y), right),
        ((x + width, y + height), right),
    ):
        sheet.line([corner, (end, middle)], pen=stroke(KERB, 1))
    if name:
        sheet.box("rectangle", (x + width * 0.15, middle - 20, width * 0.7, 40), name, pen=face(WHITE, KERB), size=18)


def front(sheet: Sheet, x: float, y: float) -> None:
    """A building from the front: a city hall, a library."""
    sheet.line([(x, y + 50), (x + 110, y), (x + 220, y + 50)], pen=face("#ced4da", STEEL, 2), closed=True)
    sheet.box("rectangle", (x + 10, y + 50, 200, 20), pen=face(CONCRETE))
    for number in range(4):
        sheet.box("rectangle", (x + 24 + number * 50, y + 70, 22, 90), pen=face(WHITE))
    sheet.box("rectangle", (x, y + 160, 220, 16), pen=face("#ced4da"))


def park(sheet: Sheet, x: float, y: float, width: float = 320, height: float = 220) -> None:
    """A park from above: grass, a path, trees, a pond."""
    sheet.box("rectangle", (x, y, width, height), pen=face(GRASS, SIGN_GREEN, 2, round=True))
    way = [(x + 6, y + height * 0.75), (x + width * 0.35, y + height * 0.55), (x + width * 0.65, y + height * 0.6)]
    sheet.line([*way, (x + width - 6, y + height * 0.25)], pen=stroke(SAND, 12, round=True))
    sheet.box("ellipse", (x + width * 0.6, y + height * 0.66, width * 0.26, height * 0.24), pen=face(WATER, SIGN_BLUE))
    for across, along in ((0.06, 0.08), (0.3, 0.1), (0.56, 0.08), (0.1, 0.4)):
        tree(sheet, x + width * across, y + height * along, min(width, height) * 0.24)


def bins(sheet: Sheet, x: float, y: float) -> None:
    """What is collected, in three bins."""
    for number, colour in enumerate(("#1971c2", "#a0703c", "#495057")):
        left = x + number * 70
        sheet.line([(left + 4, y + 14), (left + 56, y + 14), (left + 48, y + 90), (left + 12, y + 90)],
                   pen=face(colour, "#212529"), closed=True)  # fmt: skip
        sheet.box("rectangle", (left, y, 60, 14), pen=face(colour, "#212529"))


def ramp(sheet: Sheet, x: float, y: float) -> None:
    """An access without steps, from its side, with its rail."""
    sheet.line([(x, y + 110), (x + 230, y + 50), (x + 230, y + 110)], pen=face(CONCRETE, STEEL, 2), closed=True)
    sheet.line([(x + 10, y + 58), (x + 230, y)], pen=stroke(STEEL, 3))
    for number in range(4):
        left = x + 10 + number * 73
        sheet.line([(left, y + 58 - number * 19), (left, y + 107 - number * 19)], pen=stroke(STEEL, 3))


def person(sheet: Sheet, x: float, y: float, colour: str = SIGN_BLUE) -> None:
    """Somebody, from the front."""
    sheet.box("ellipse", (x + 22, y, 36, 36), pen=face("#d0ebff", colour, 2))
    body = [(x + 12, y + 44), (x + 68, y + 44), (x + 76, y + 96), (x + 58, y + 96), (x + 56, y + 140)]
    body += [(x + 24, y + 140), (x + 22, y + 96), (x + 4, y + 96)]
    sheet.line(body, pen=face("#d0ebff", colour, 2), closed=True)


def group_of_people(sheet: Sheet, x: float, y: float) -> None:
    """Several people together."""
    for left, down, colour in ((0, 0, SIGN_GREEN), (130, 0, "#9c36b5"), (65, 24, SIGN_BLUE)):
        person(sheet, x + left, y + down, colour)


def chair(sheet: Sheet, x: float, y: float) -> None:
    """A chair from above, 34 by 34."""
    sheet.box("rectangle", (x, y, 34, 34), pen=face("#a5d8ff", SIGN_BLUE, round=True))


def desk(sheet: Sheet, x: float, y: float) -> None:
    """A desk with its chair, from above."""
    sheet.box("rectangle", (x, y, 170, 80), pen=face("#f4e3c1", "#a0703c", 2))
    sheet.box("rectangle", (x + 50, y + 10, 70, 12), pen=face("#495057", "#212529"))
    sheet.box("rectangle", (x + 58, y + 34, 54, 16), pen=face(WHITE, KERB))
    chair(sheet, x + 68, y + 90)


def meeting_table(sheet: Sheet, x: float, y: float) -> None:
    """A table with eight chairs, from above."""
    for number in range(3):
        chair(sheet, x + 70 + number * 62, y)
        chair(sheet, x + 70 + number * 62, y + 166)
    for side in (x, x + 264):
        chair(sheet, side, y + 83)
    sheet.box("rectangle", (x + 44, y + 44, 210, 112), pen=face("#f4e3c1", "#a0703c", 2, round=True))


def north(sheet: Sheet, x: float, y: float) -> None:
    """Where north is."""
    sheet.box("ellipse", (x, y + 30, 70, 70), pen=face(WHITE, STEEL, 2))
    sheet.line([(x + 35, y + 36), (x + 52, y + 90), (x + 35, y + 78)], pen=face(STEEL), closed=True)
    sheet.line([(x + 35, y + 36), (x + 18, y + 90), (x + 35, y + 78)], pen=face(WHITE), closed=True)
    sheet.text(x + 27, y - 2, _("N"), size=22)


def scale_bar(sheet: Sheet, x: float, y: float) -> None:
    """How long ten metres are."""
    for number in range(4):
        sheet.box(
            "rectangle", (x + number * 50, y, 50, 12), pen=face("#212529" if number % 2 == 0 else WHITE, "#212529")
        )
    sheet.text(x - 4, y + 16, "0", size=16)
    sheet.text(x + 186, y + 16, _("20 m"), size=16)


def star(sheet: Sheet, x: float, y: float) -> None:
    """What stands out: a place to look at."""
    turns = [number * math.pi / 5 - math.pi / 2 for number in range(10)]
    reach = [40 if number % 2 == 0 else 17 for number in range(10)]
    corners = [
        (x + 40 + far * math.cos(turn), y + 40 + far * math.sin(turn)) for turn, far in zip(turns, reach, strict=True)
    ]
    sheet.line(corners, pen=face("#ffd43b", "#f08c00", 2), closed=True)
