"""Elements made by the portal: for templates, the city's shapes, stickies out of a list, the demonstration.

A `Sheet` is drawn on from back to front; its `elements` are whole, in Excalidraw's form, and valid as they are.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .cleaning import BLACK, LARGEST, LINE_HEIGHTS, TRANSPARENT, Element
from .wrapping import width_of, wrap

# Clear letters, the same on every machine.
FAMILY = 6
PADDING = 8.0
STICKY = 176.0
GAP = 24.0
# Pale, under black letters; those that the canvas offers too (`templates/whiteboards/board/colours.ts`).
YELLOW, BLUE, GREEN, PINK = "#ffec99", "#a5d8ff", "#b2f2bb", "#fcc2d7"
ORANGE, VIOLET, GREY, WHITE = "#ffd8a8", "#d0bfff", "#e9ecef", "#ffffff"
STICKIES = {
    "yellow": YELLOW,
    "orange": ORANGE,
    "pink": PINK,
    "violet": VIOLET,
    "blue": BLUE,
    "green": GREEN,
    "grey": GREY,
    "white": WHITE,
}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS = _DIGITS + "_-"
# What seems to be the key of a place in the order, and is not one that can be followed.
_FIRST = "a0"

Point = tuple[float, float]


def _integer_part(key: str) -> str:
    """The beginning of a key of the order that says its length by its first letter; the first key for a strange one."""
    head = key[:1]
    if "a" <= head <= "z":
        length = ord(head) - ord("a") + 2
    elif "A" <= head <= "Z":
        length = ord("Z") - ord(head) + 2
    else:
        return ""
    part = key[:length]
    return part if len(part) == length and all(one in _DIGITS for one in part) else ""


def _next_key(part: str) -> str:
    """The integer part that follows: `a0`, `a1`, … `az`, `b00`."""
    head, digits = part[0], list(part[1:])
    for at in range(len(digits) - 1, -1, -1):
        if digits[at] != _DIGITS[-1]:
            digits[at] = _DIGITS[_DIGITS.index(digits[at]) + 1]
            return head + "".join(digits)
        digits[at] = _DIGITS[0]
    if head == "Z":
        return _FIRST
    following = chr(ord(head) + 1)
    digits = [*digits, _DIGITS[0]] if head >= "a" else digits[:-1]
    return following + "".join(digits)


def keys_after(last: str, count: int) -> list[str]:
    """Keys of the order above `last` (empty: the first ones), as fractional indexing makes them."""
    part = _integer_part(last)
    found = []
    for _number in range(count):
        part = _next_key(part) if part else _FIRST
        found.append(part)
    return found


def new_id(chance: random.Random) -> str:
    """A key for an element, as long as Excalidraw's."""
    return "".join(chance.choices(_LETTERS, k=21))


@dataclass(frozen=True)
class Pen:
    """How lines are drawn and faces filled."""

    stroke: str = BLACK
    fill: str = TRANSPARENT
    width: float = 2
    style: str = "solid"
    round: bool = False
    # 0 is as with a ruler, 1 as by hand.
    rough: float = 0


class Sheet:
    """A drawing in the making.

    chance: what keys and seeds are made of; the same gives the same drawing. now: milliseconds, noted on each element.
    """

    def __init__(self, chance: random.Random, now: int, *, after: str = "") -> None:
        self._chance, self._now, self._after = chance, now, after
        self._made: list[Element] = []
        self._frame: str | None = None
        self._groups: list[str] = []

    @property
    def elements(self) -> list[Element]:
        """All that was drawn, from back to front."""
        keys = keys_after(self._after, len(self._made))
        return [{**one, "index": key} for one, key in zip(self._made, keys, strict=True)]

    @contextmanager
    def frame(self, x: float, y: float, width: float, height: float, name: str) -> Iterator[str]:
        """A frame; what is drawn meanwhile is in it."""
        key = self._add("frame", x, y, width, height, Pen(stroke="#bbbbbb"), {"name": name})
        self._frame = key
        try:
            yield key
        finally:
            self._frame = None

    @contextmanager
    def group(self) -> Iterator[None]:
        """What is drawn meanwhile moves together."""
        self._groups.append(new_id(self._chance))
        try:
            yield
        finally:
            self._groups.pop()

    def box(
        self,
        kind: str,
        place: tuple[float, float, float, float],
        text: str = "",
        *,
        pen: Pen = Pen(),
        size: float = 20,
        data: dict[str, Any] | None = None,
        align: str = "center",
        rise: str = "middle",
    ) -> str:
        """A rectangle, an ellipse or a diamond at `place` (x, y, width, height), with a text in it. It grows downwards
        when the text needs it."""
        x, y, width, height = place
        inner = width - 2 * PADDING
        if kind != "rectangle":
            # What is left of the middle of a round or pointed shape.
            inner = width / (1.42 if kind == "ellipse" else 2)
        lines, needed = _fitted(text, inner, size)
        if kind == "rectangle":
            height = max(height, needed + 2 * PADDING) if text else height
        own: Element = {"customData": data} if data else {}
        key = self._add(kind, x, y, width, height, pen, own)
        if text:
            middle = (x + width / 2, y + height / 2)
            top = middle[1] - needed / 2 if rise == "middle" else y + PADDING
            left = middle[0] - inner / 2 if align == "center" else x + PADDING
            words = self._text((left, top, inner, needed), text, lines, size, pen.stroke, (align, rise), key)
            self._made[-2]["boundElements"].append({"type": "text", "id": words})
        return key

    def sticky(self, x: float, y: float, text: str, colour: str = YELLOW, *, side: float = STICKY) -> str:
        """A square note; long texts are written smaller, then the note grows."""
        size = 20.0
        for smaller in (20.0, 18.0, 16.0, 14.0):
            size = smaller
            if _fitted(text, side - 2 * PADDING, size)[1] <= side - 2 * PADDING:
                break
        return self.box(
            "rectangle",
            (x, y, side, side),
            text,
            pen=Pen(stroke=BLACK, fill=colour, width=1),
            size=size,
            data={"sticky": True},
        )

    def text(self, x: float, y: float, text: str, *, size: float = 20, width: float = 0, colour: str = BLACK) -> str:
        """Words on their own, broken at `width` when it is given."""
        lines = wrap(text, width, size) if width else text.split("\n")
        wide = width or max(width_of(one, size) for one in lines)
        high = len(lines) * size * LINE_HEIGHTS[FAMILY]
        return self._text((x, y, wide, high), text, lines, size, colour, ("left", "top"), None, free=not width)

    def line(self, points: Sequence[Point], *, pen: Pen = Pen(), closed: bool = False) -> str:
        """A line through points of the sheet; closed, it is a face."""
        through = [*points, points[0]] if closed else list(points)
        return self._line("line", through, pen, {})

    def arrow(
        self,
        points: Sequence[Point],
        *,
        pen: Pen = Pen(),
        starts: str = "",
        ends: str = "",
        head: str | None = "arrow",
    ) -> str:
        """An arrow through points of the sheet, holding on to the elements with those keys."""
        own: Element = {"endArrowhead": head, "elbowed": False}
        for name, held in (("startBinding", starts), ("endBinding", ends)):
            if held:
                own[name] = {"elementId": held, "focus": 0.0, "gap": 4.0}
        key = self._line("arrow", list(points), pen, own)
        for one in self._made:
            if one["id"] in (starts, ends):
                one["boundElements"].append({"type": "arrow", "id": key})
        return key

    def join(self, start: str, end: str, *, pen: Pen = Pen()) -> str:
        """An arrow from one element to another, straight between their sides that face each other."""
        first, last = self._of(start), self._of(end)
        return self.arrow([_edge(first, last), _edge(last, first)], pen=pen, starts=start, ends=end)

    def recolour(self, colour: str) -> None:
        """The words drawn last are written in another colour."""
        self._made[-1]["strokeColor"] = colour

    def image(self, x: float, y: float, width: float, height: float, file: str) -> str:
        """A picture, by the key of its file."""
        own = {"fileId": file, "status": "saved", "scale": [1, 1], "crop": None}
        return self._add("image", x, y, width, height, Pen(stroke=TRANSPARENT), own)

    def _of(self, key: str) -> Element:
        return next(one for one in self._made if one["id"] == key)

    def _line(self, kind: str, points: list[Point], pen: Pen, own: Element) -> str:
        x, y = points[0]
        moved = [[px - x, py - y] for px, py in points]
        across, along = [one[0] for one in moved], [one[1] for one in moved]
        fields: Element = {
            "points": moved,
            "lastCommittedPoint": None,
            "startBinding": None,
            "endBinding": None,
            "startArrowhead": None,
            "endArrowhead": None,
            **own,
        }
        return self._add(kind, x, y, max(across) - min(across), max(along) - min(along), pen, fields)

    def _text(
        self,
        place: tuple[float, float, float, float],
        text: str,
        lines: list[str],
        size: float,
        colour: str,
        set_as: tuple[str, str],
        container: str | None,
        *,
        free: bool = True,
    ) -> str:
        x, y, width, height = place
        own = {
            "text": "\n".join(lines),
            "originalText": text,
            "fontSize": size,
            "fontFamily": FAMILY,
            "textAlign": set_as[0],
            "verticalAlign": set_as[1],
            "containerId": container,
            "autoResize": free,
            "lineHeight": LINE_HEIGHTS[FAMILY],
        }
        if container:
            # Excalidraw's own: a text in a shape is as wide as its longest line.
            wide = max(width_of(one, size) for one in lines)
            x, width = (x + (width - wide) / 2 if set_as[0] == "center" else x), wide
        return self._add("text", x, y, width, height, Pen(stroke=colour), own)

    def _add(self, kind: str, x: float, y: float, width: float, height: float, pen: Pen, own: Element) -> str:
        key = new_id(self._chance)
        roundness = {"type": 3 if kind in ("rectangle", "image") else 2} if pen.round else None
        self._made.append(
            {
                "id": key,
                "type": kind,
                "x": round(x, 2),
                "y": round(y, 2),
                "width": round(width, 2),
                "height": round(height, 2),
                "angle": 0,
                "strokeColor": pen.stroke,
                "backgroundColor": pen.fill,
                "fillStyle": "solid",
                "strokeWidth": pen.width,
                "strokeStyle": pen.style,
                "roughness": pen.rough,
                "opacity": 100,
                "groupIds": list(reversed(self._groups)),
                "frameId": self._frame,
                "roundness": roundness,
                "seed": self._chance.randrange(1, LARGEST),
                "version": 1,
                "versionNonce": self._chance.randrange(1, LARGEST),
                "isDeleted": False,
                "boundElements": [],
                "updated": self._now,
                "link": None,
                "locked": False,
                **own,
            }
        )
        return key


def _fitted(text: str, inner: float, size: float) -> tuple[list[str], float]:
    """The lines of a text in a shape, and how high they stand together."""
    lines = wrap(text, inner, size) if text else []
    return lines, len(lines) * size * LINE_HEIGHTS[FAMILY]


def _edge(one: Element, other: Element) -> Point:
    """Where the way from the middle of `one` to that of `other` leaves it, a little outside."""
    x, y = one["x"] + one["width"] / 2, one["y"] + one["height"] / 2
    dx, dy = other["x"] + other["width"] / 2 - x, other["y"] + other["height"] / 2 - y
    half, tall = one["width"] / 2 + 4, one["height"] / 2 + 4
    if abs(dx) * tall > abs(dy) * half:
        part = half / abs(dx)
    elif dy:
        part = tall / abs(dy)
    else:
        return x, y
    if one["type"] == "diamond" and dx and dy:
        part = 1 / (abs(dx) / half + abs(dy) / tall)
    return x + dx * part, y + dy * part


def grid(sheet: Sheet, texts: Sequence[str], x: float, y: float, colour: str = YELLOW, *, across: int = 0) -> None:
    """One sticky for each text, so many in a row; in rows that make a square or so when it is not said. A row begins
    below the highest of the one before."""
    across = across or min(8, max(1, round(len(texts) ** 0.5 + 0.4)))
    for start in range(0, len(texts), across):
        highest = 0.0
        for at, text in enumerate(texts[start : start + across]):
            key = sheet.sticky(x + at * (STICKY + GAP), y, text, colour)
            highest = max(highest, sheet._of(key)["height"])
        y += highest + GAP
