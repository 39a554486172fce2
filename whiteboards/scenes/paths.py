"""Lines of drawings, as the `d` of an SVG path. Numbers only."""

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
# How long the head of an arrow is, at most; a short arrow has a shorter one.
HEAD = 22.0
_DOTS = frozenset({"dot", "circle", "circle_outline"})
_FULL = frozenset({"dot", "circle", "triangle", "diamond"})


def digits(value: float) -> str:
    """A number as SVG writes it: a tenth of a pixel is enough."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _p(point: Point) -> str:
    return f"{digits(point[0])} {digits(point[1])}"


def straight(points: Sequence[Point]) -> str:
    """From point to point."""
    return f"M{_p(points[0])}" + "".join(f"L{_p(one)}" for one in points[1:])


def smooth(points: Sequence[Point]) -> str:
    """A curve through all points."""
    if len(points) < 3:
        return straight(points)
    path = f"M{_p(points[0])}"
    for at in range(len(points) - 1):
        before, start, end = points[max(at - 1, 0)], points[at], points[at + 1]
        after = points[min(at + 2, len(points) - 1)]
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        path += f"C{_p(first)} {_p(second)} {_p(end)}"
    return path


def freehand(points: Sequence[Point]) -> str:
    """What a hand drew: through the middles of its points. A single point is a dot."""
    if len(points) == 1:
        return f"M{_p(points[0])}h0.1"
    if len(points) == 2:
        return straight(points)
    path = f"M{_p(points[0])}"
    for one, following in pairwise(points[1:]):
        middle = ((one[0] + following[0]) / 2, (one[1] + following[1]) / 2)
        path += f"Q{_p(one)} {_p(middle)}"
    return f"{path}L{_p(points[-1])}"


def arrowhead(head: str, points: Sequence[Point], width: float) -> tuple[str, bool]:
    """The head at the last of the points, and whether it is a full face."""
    tip = points[-1]
    before = next((one for one in reversed(points[:-1]) if one != tip), points[0])
    length = math.hypot(tip[0] - before[0], tip[1] - before[1]) or 1.0
    way = ((tip[0] - before[0]) / length, (tip[1] - before[1]) / length)
    size = min(HEAD + width, length / 2)

    def at(back: float, aside: float) -> Point:
        return tip[0] - way[0] * back - way[1] * aside, tip[1] - way[1] * back + way[0] * aside

    if head in _DOTS:
        radius = size * 0.3
        start = _p(at(2 * radius, 0))
        around = f"A{digits(radius)} {digits(radius)} 0 1 0"
        return f"M{start}{around} {_p(tip)}{around} {start}Z", head in _FULL
    if head == "bar":
        return straight([at(0, size * 0.5), at(0, -size * 0.5)]), False
    if head.startswith("triangle"):
        return straight([tip, at(size * 0.8, size * 0.4), at(size * 0.8, -size * 0.4)]) + "Z", head in _FULL
    if head.startswith("diamond"):
        corners = [tip, at(size * 0.5, size * 0.3), at(size, 0), at(size * 0.5, -size * 0.3)]
        return straight(corners) + "Z", head in _FULL
    if head.startswith("crowfoot"):
        foot = straight([at(0, size * 0.4), at(size * 0.8, 0), at(0, -size * 0.4)])
        stroke = straight([at(size * 0.9, size * 0.4), at(size * 0.9, -size * 0.4)])
        return {"crowfoot_one": stroke, "crowfoot_many": foot}.get(head, foot + stroke), False
    return straight([at(size * 0.87, size * 0.35), tip, at(size * 0.87, -size * 0.35)]), False
