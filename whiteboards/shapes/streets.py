"""What a street is made of, seen from above; and its signs, seen from the front."""

import math

from django.utils.translation import gettext as _

from ..scenes.making import Sheet
from .colours import (
    AMBER,
    ASPHALT,
    CONCRETE,
    KERB,
    ORANGE,
    RED,
    SIGN_BLUE,
    SIGN_GREEN,
    STEEL,
    WHITE,
    face,
    flat,
    stroke,
)


def road(sheet: Sheet, x: float, y: float, length: float = 420, width: float = 110) -> None:
    """A straight piece of road, with its middle line."""
    sheet.box("rectangle", (x, y, length, width), pen=flat(ASPHALT))
    for edge in (y, y + width):
        sheet.line([(x, edge), (x + length, edge)], pen=stroke(KERB, 4))
    sheet.line([(x + 8, y + width / 2), (x + length - 8, y + width / 2)], pen=stroke(AMBER, 3, "dashed"))


def street(sheet: Sheet, x: float, y: float, length: float = 420, width: float = 110) -> None:
    """The same from top to bottom."""
    sheet.box("rectangle", (x, y, width, length), pen=flat(ASPHALT))
    for edge in (x, x + width):
        sheet.line([(edge, y), (edge, y + length)], pen=stroke(KERB, 4))
    sheet.line([(x + width / 2, y + 8), (x + width / 2, y + length - 8)], pen=stroke(AMBER, 3, "dashed"))


def crossing(sheet: Sheet, x: float, y: float, arm: float = 110, width: float = 110) -> None:
    """Where two roads meet."""
    whole = 2 * arm + width
    sheet.box("rectangle", (x, y + arm, whole, width), pen=flat(ASPHALT))
    sheet.box("rectangle", (x + arm, y, width, whole), pen=flat(ASPHALT))
    for across, along in ((0, 0), (1, 0), (0, 1), (1, 1)):
        corner = (x + arm + across * width, y + arm + along * width)
        end_x, end_y = (x if not across else x + whole), (y if not along else y + whole)
        sheet.line([(end_x, corner[1]), corner, (corner[0], end_y)], pen=stroke(KERB, 4))
    middle = (x + whole / 2, y + whole / 2)
    for start, end in ((0.0, arm - 12), (arm + width + 12, whole)):
        sheet.line([(x + start + 6, middle[1]), (x + end - 6, middle[1])], pen=stroke(AMBER, 3, "dashed"))
        sheet.line([(middle[0], y + start + 6), (middle[0], y + end - 6)], pen=stroke(AMBER, 3, "dashed"))


def sidewalk(sheet: Sheet, x: float, y: float, length: float = 420, width: float = 40) -> None:
    """A pavement with its joints."""
    sheet.box("rectangle", (x, y, length, width), pen=face(CONCRETE, KERB))
    slabs = max(1, round(length / 70))
    for number in range(1, slabs):
        at = x + number * length / slabs
        sheet.line([(at, y), (at, y + width)], pen=stroke(KERB, 1))


def crosswalk(sheet: Sheet, x: float, y: float, length: float = 110, depth: float = 56) -> None:
    """The bars where people cross a road from top to bottom of the drawing."""
    bars = 6
    step = length / bars
    for number in range(bars):
        sheet.box("rectangle", (x, y + number * step + step * 0.2, depth, step * 0.6), pen=face(WHITE, KERB))


def bike_path(sheet: Sheet, x: float, y: float, length: float = 420, width: float = 56) -> None:
    """A lane for bicycles, in both directions."""
    sheet.box("rectangle", (x, y, length, width), pen=flat("#b2f2bb"))
    for edge in (y, y + width):
        sheet.line([(x, edge), (x + length, edge)], pen=stroke(WHITE, 4))
    sheet.line([(x + 8, y + width / 2), (x + length - 8, y + width / 2)], pen=stroke(SIGN_GREEN, 2, "dashed"))
    bicycle(sheet, x + 24, y + width / 2 - 14)


def bicycle(sheet: Sheet, x: float, y: float) -> None:
    """A bicycle from its side, 48 by 28."""
    pen = stroke(STEEL, 2)
    for wheel in (x, x + 28):
        sheet.box("ellipse", (wheel, y + 8, 20, 20), pen=pen)
    frame = [(x + 10, y + 18), (x + 18, y + 4), (x + 34, y + 4), (x + 22, y + 18), (x + 10, y + 18)]
    sheet.line(frame, pen=pen)
    sheet.line([(x + 38, y + 18), (x + 33, y), (x + 39, y)], pen=pen)
    sheet.line([(x + 14, y + 1), (x + 22, y + 1)], pen=pen)


def parking(sheet: Sheet, x: float, y: float, places: int = 4) -> None:
    """Places where one parks, side by side."""
    sheet.box("rectangle", (x, y, places * 60, 120), pen=flat(ASPHALT))
    for number in range(places + 1):
        sheet.line([(x + number * 60, y), (x + number * 60, y + 120)], pen=stroke(WHITE, 3))
    sheet.line([(x, y), (x + places * 60, y)], pen=stroke(KERB, 4))


def speed_bump(sheet: Sheet, x: float, y: float) -> None:
    """A hump across a road, with its marks."""
    sheet.box("rectangle", (x, y, 44, 110), pen=face("#ced4da", KERB))
    for number in range(4):
        top = y + 8 + number * 26
        sheet.line([(x + 4, top + 16), (x + 22, top), (x + 40, top + 16)], pen=stroke(WHITE, 4))


def catch_basin(sheet: Sheet, x: float, y: float) -> None:
    """The grid where water runs into the sewer."""
    sheet.box("rectangle", (x, y, 44, 44), pen=face("#ced4da"))
    for number in range(5):
        sheet.line([(x + 6 + number * 8, y + 6), (x + 6 + number * 8, y + 38)], pen=stroke(STEEL, 2))


def manhole(sheet: Sheet, x: float, y: float) -> None:
    """A cover in the road."""
    sheet.box("ellipse", (x, y, 48, 48), pen=face("#ced4da", STEEL, 2))
    sheet.box("ellipse", (x + 8, y + 8, 32, 32), pen=stroke(STEEL, 1))
    sheet.line([(x + 24, y + 10), (x + 24, y + 38)], pen=stroke(STEEL, 1))
    sheet.line([(x + 10, y + 24), (x + 38, y + 24)], pen=stroke(STEEL, 1))


def stop_sign(sheet: Sheet, x: float, y: float) -> None:
    """An octagon on its pole."""
    sheet.box("rectangle", (x + 46, y + 90, 8, 90), pen=face("#ced4da"))
    turns = [math.pi / 8 + number * math.pi / 4 for number in range(8)]
    corners = [(x + 50 + 50 * math.cos(turn), y + 50 + 50 * math.sin(turn)) for turn in turns]
    sheet.line(corners, pen=face(RED, WHITE, 3), closed=True)
    word = _("STOP")
    sheet.box("rectangle", (x + 2, y + 32, 96, 36), word, pen=flat("transparent"), size=22)
    sheet.recolour(WHITE)


def traffic_light(sheet: Sheet, x: float, y: float) -> None:
    """Three lights, one above the other."""
    sheet.box("rectangle", (x + 26, y + 140, 8, 60), pen=face("#ced4da"))
    sheet.box("rectangle", (x, y, 60, 140), pen=face("#343a40", "#212529", round=True))
    for number, colour in enumerate((RED, AMBER, SIGN_GREEN)):
        sheet.box("ellipse", (x + 14, y + 12 + number * 42, 32, 32), pen=face(colour, "#212529"))


def lamp_post(sheet: Sheet, x: float, y: float) -> None:
    """A street lamp from its side."""
    sheet.line([(x + 10, y + 190), (x + 10, y + 10), (x + 30, y), (x + 70, y)], pen=stroke(STEEL, 4))
    sheet.line([(x + 62, y), (x + 96, y), (x + 88, y + 12), (x + 70, y + 12)], pen=face(AMBER), closed=True)
    sheet.box("rectangle", (x, y + 186, 20, 10), pen=face(STEEL))


def bus_stop(sheet: Sheet, x: float, y: float) -> None:
    """The pole of a stop, and a bench beside it."""
    sheet.box("rectangle", (x + 32, y + 60, 6, 120), pen=face("#ced4da"))
    sheet.box("rectangle", (x, y, 70, 70), _("Bus"), pen=face(SIGN_BLUE, SIGN_BLUE, round=True), size=24)
    sheet.recolour(WHITE)
    bench(sheet, x + 60, y + 130)


def bench(sheet: Sheet, x: float, y: float) -> None:
    """A seat from the front."""
    for number in range(2):
        sheet.box("rectangle", (x, y + number * 14, 110, 9), pen=face("#d8a56a"))
    sheet.box("rectangle", (x, y + 30, 110, 8), pen=face("#b07d43"))
    for leg in (x + 8, x + 94):
        sheet.box("rectangle", (leg, y + 38, 8, 14), pen=face(STEEL))


def hydrant(sheet: Sheet, x: float, y: float) -> None:
    """Where the fire brigade takes water."""
    sheet.box("rectangle", (x + 14, y + 22, 36, 56), pen=face(RED, "#a51111"))
    sheet.box("ellipse", (x + 14, y + 4, 36, 36), pen=face(RED, "#a51111"))
    sheet.box("rectangle", (x + 26, y, 12, 8), pen=face(RED, "#a51111"))
    for side in (x, x + 48):
        sheet.box("rectangle", (side, y + 38, 16, 16), pen=face(AMBER, "#a51111"))
    sheet.box("rectangle", (x + 6, y + 76, 52, 12), pen=face(RED, "#a51111"))


def barricade(sheet: Sheet, x: float, y: float) -> None:
    """What closes a road during works."""
    for leg in (x + 16, x + 134):
        sheet.box("rectangle", (leg, y, 10, 100), pen=face("#ced4da"))
    for row in (y + 8, y + 48):
        sheet.box("rectangle", (x, row, 160, 26), pen=face(WHITE, ORANGE, 2))
        for number in range(4):
            left = x + 8 + number * 40
            corners = [(left, row + 26), (left + 14, row), (left + 28, row), (left + 14, row + 26)]
            sheet.line(corners, pen=flat(ORANGE), closed=True)


def cone(sheet: Sheet, x: float, y: float) -> None:
    """A cone of a building site."""
    sheet.line([(x + 10, y + 80), (x + 28, y), (x + 40, y), (x + 58, y + 80)], pen=face(ORANGE, "#c2560c"), closed=True)
    sheet.line([(x + 18, y + 46), (x + 23, y + 24), (x + 45, y + 24), (x + 50, y + 46)], pen=flat(WHITE), closed=True)
    sheet.box("rectangle", (x, y + 78, 68, 12), pen=face(ORANGE, "#c2560c"))


def plough_route(sheet: Sheet, x: float, y: float) -> None:
    """The way of a snow plough, numbered."""
    way = [(x + 30, y + 130), (x + 30, y + 40), (x + 210, y + 40), (x + 210, y + 110), (x + 330, y + 110)]
    sheet.arrow(way, pen=stroke(SIGN_BLUE, 6, "dashed"), head="triangle")
    sheet.box("ellipse", (x, y + 110, 60, 60), "1", pen=face("#d0ebff", SIGN_BLUE, 3), size=24)
