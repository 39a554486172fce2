"""A board as an SVG drawn by the server: for lists, for other pages, and for who has no script.

It is simpler than the canvas (no lines by hand, letters of the system) and bounded: in the number of elements, of
points and of bytes, whatever is on the board. What would be smaller than a dot is left out; words too small to read are
a grey line.

SECURITY: nothing of the document is written as it is: texts are escaped, numbers are formatted as numbers, colours come
out of `cleaning`, and there is neither script, nor style, nor link, nor an address but for pictures given by the
caller.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from .cleaning import LINES, PAPER, SHAPES, TRANSPARENT, Element, colour_of
from .paths import Point, arrowhead, digits, freehand, smooth, straight
from .reading import Scene
from .wrapping import wrap

SANS = "Nunito, Segoe UI, Roboto, Noto Sans, sans-serif"
CODE = "Cascadia Code, Consolas, Liberation Mono, monospace"
CODE_FAMILIES = frozenset({3, 8})
MARGIN = 24.0
# A board that reaches further is shown around its middle: one forgotten dot far away must not make all the rest a dot.
FARTHEST = 40_000.0
FRAME_NAME = 16.0
# Pixels on the screen: letters below cannot be read, shapes below have no form.
LEGIBLE, SPECK = 3.0, 12.0
MOST_LINES = 40
# How often a drawing that is too large is tried again with less in it; a prime, so that what is left stands everywhere.
MOST_TRIES, SPREAD = 6, 7919


@dataclass(frozen=True)
class Measure:
    """How much is drawn. width: of the picture on the screen, in pixels, which decides what is too small to draw."""

    width: float
    elements: int
    points: int
    letters: int
    bytes: int


THUMBNAIL = Measure(width=640, elements=4_000, points=60, letters=400, bytes=120_000)
WHOLE = Measure(width=2_000, elements=6_000, points=400, letters=4_000, bytes=3_000_000)


@dataclass(frozen=True)
class Box:
    """The part of the plane that is shown."""

    left: float
    top: float
    width: float
    height: float


def draw(scene: Scene, pictures: Mapping[str, str], measure: Measure = THUMBNAIL) -> str:
    """The drawing of a board. `pictures`: by key of file, a picture as a `data:` address made by the caller."""
    box = bounds(scene.elements)
    svg = _drawn(scene, box, pictures, measure)
    for _again in range(MOST_TRIES):
        if len(svg.encode()) <= measure.bytes:
            break
        # Half as many elements, spread over the board, and half as many letters in each.
        measure = replace(measure, elements=measure.elements // 2, letters=measure.letters // 2)
        svg = _drawn(scene, box, pictures, measure)
    return svg


def _drawn(scene: Scene, box: Box, pictures: Mapping[str, str], measure: Measure) -> str:
    scale = measure.width / max(box.width, 200.0)
    chosen = _chosen(scene.elements, box, scale, measure)
    frames = {one["id"]: number for number, one in enumerate(chosen) if one["type"] == "frame"}
    painter = _Painter(scale, measure, pictures)
    size = f'viewBox="{digits(box.left)} {digits(box.top)} {digits(box.width)} {digits(box.height)}"'
    height = max(1, round(measure.width * box.height / box.width))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} width="{digits(measure.width)}" height="{height}">']
    paper = f'width="{digits(box.width)}" height="{digits(box.height)}" fill="{colour_of(scene.background, PAPER)}"'
    parts.append(f'<rect x="{digits(box.left)}" y="{digits(box.top)}" {paper}/>')
    parts += [_clip(one, number) for one in chosen if (number := frames.get(one["id"])) is not None]
    specks = _Specks(scale)
    for one in chosen:
        if specks.take(one):
            continue
        parts += specks.gathered()
        drawn = painter.of(one)
        if one["frameId"] in frames:
            drawn = f'<g clip-path="url(#f{frames[one["frameId"]]})">{drawn}</g>'
        parts.append(drawn)
    return "".join([*parts, *specks.gathered(), "</svg>"])


def bounds(elements: Sequence[Element]) -> Box:
    """What encloses the elements, with a margin."""
    spans = [_span(one) for one in elements]
    if not spans:
        return Box(0, 0, 400, 225)
    left, top = min(one[0] for one in spans), min(one[1] for one in spans)
    right, bottom = max(one[2] for one in spans), max(one[3] for one in spans)
    if max(right - left, bottom - top) > FARTHEST:
        middles = sorted((one[0] + one[2]) / 2 for one in spans), sorted((one[1] + one[3]) / 2 for one in spans)
        x, y = (each[len(each) // 2] for each in middles)
        near = FARTHEST / 4
        left, right = max(left, x - near), min(right, x + near)
        top, bottom = max(top, y - near), min(bottom, y + near)
    return Box(left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)


def _span(one: Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    x, y, width, height = one["x"], one["y"], one["width"], one["height"]
    if "points" in one:
        across, along = [each[0] for each in one["points"]], [each[1] for each in one["points"]]
        return x + min(across), y + min(along), x + max(across), y + max(along)
    if one["type"] == "frame":
        y, height = y - FRAME_NAME * 1.5, height + FRAME_NAME * 1.5
    if one["angle"]:
        # Turned, it stays within the circle around it.
        radius = math.hypot(width, height) / 2
        return x + width / 2 - radius, y + height / 2 - radius, x + width / 2 + radius, y + height / 2 + radius
    return x, y, x + width, y + height


def _chosen(elements: Sequence[Element], box: Box, scale: float, measure: Measure) -> list[Element]:
    """What is large enough to be seen, from back to front; of too much, the largest."""
    seen = []
    for one in elements:
        left, top, right, bottom = _span(one)
        is_inside = left <= box.left + box.width and right >= box.left
        is_inside = is_inside and top <= box.top + box.height and bottom >= box.top
        if is_inside and max(right - left, bottom - top) * scale >= 1:
            seen.append((one, (right - left + 1) * (bottom - top + 1)))
    if len(seen) > measure.elements:
        # Of those that are alike, some from everywhere.
        ranked = sorted(range(len(seen)), key=lambda at: (-round(seen[at][1], -2), at * SPREAD % len(seen)))
        kept = set(ranked[: measure.elements])
        seen = [each for at, each in enumerate(seen) if at in kept]
    return [one for one, _area in seen]


def _clip(frame: Element, number: int) -> str:
    return f'<clipPath id="f{number}"><rect {_place(frame)} rx="8"/></clipPath>'


def _place(one: Element) -> str:
    return (
        f'x="{digits(one["x"])}" y="{digits(one["y"])}" width="{digits(one["width"])}" height="{digits(one["height"])}"'
    )


def _stroke(one: Element) -> str:
    width = one["strokeWidth"]
    if one["strokeColor"] == TRANSPARENT:
        return 'stroke="none"'
    dashes = {"dashed": (8 + width, 6 + width), "dotted": (1.5, 5 + width)}.get(one["strokeStyle"])
    dashed = f' stroke-dasharray="{digits(dashes[0])} {digits(dashes[1])}"' if dashes else ""
    return f'stroke="{one["strokeColor"]}" stroke-width="{digits(width)}"{dashed}'


def _fill(one: Element) -> str:
    """What is hatched on the canvas is a lighter face here."""
    if one["backgroundColor"] == TRANSPARENT:
        return 'fill="none"'
    lighter = "" if one["fillStyle"] == "solid" else ' fill-opacity="0.5"'
    return f'fill="{one["backgroundColor"]}"{lighter}'


class _Specks:
    """What is so small on the screen that its form does not matter: many of the same colours are one path, so that a
    board of thousands of notes is a small drawing."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._paths: dict[str, list[str]] = {}

    def take(self, one: Element) -> bool:
        """Whether it is one; it is then drawn with the others."""
        if one["angle"] or one["opacity"] < 100:
            return False
        if one["type"] == "text" and one["fontSize"] * self._scale < LEGIBLE:
            self._letters(one)
            return True
        if one["type"] not in SHAPES or max(one["width"], one["height"]) * self._scale >= SPECK:
            return False
        look = f"{_fill(one)} {_stroke(one)}"
        x, y, width, height = (digits(one[name]) for name in ("x", "y", "width", "height"))
        self._paths.setdefault(look, []).append(f"M{x} {y}h{width}v{height}h-{width}Z")
        return True

    def _letters(self, one: Element) -> None:
        """Words that are too small to read are grey lines; smaller still, nothing."""
        size = one["fontSize"]
        if size * self._scale < 1:
            return
        lines = one["text"].split("\n")[:MOST_LINES]
        high, widest = size * one["lineHeight"], max(map(len, lines)) or 1
        look = f'stroke="{one["strokeColor"]}" stroke-opacity="0.4" stroke-width="{digits(size * 0.5)}"'
        for number, line in enumerate(lines):
            if line.strip():
                start = f"M{digits(one['x'])} {digits(one['y'] + (number + 0.5) * high)}"
                self._paths.setdefault(look, []).append(f"{start}h{digits(one['width'] * len(line) / widest)}")

    def gathered(self) -> list[str]:
        """Those taken since the last time, from back to front."""
        paths, self._paths = self._paths, {}
        return [f'<path d="{"".join(some)}" {look}/>' for look, some in paths.items()]


class _Painter:
    """Draws one element after the other; letters are counted over all of them."""

    def __init__(self, scale: float, measure: Measure, pictures: Mapping[str, str]) -> None:
        self._scale, self._measure, self._pictures = scale, measure, pictures

    def of(self, one: Element) -> str:
        """One element, turned and as transparent as it is."""
        kind = one["type"]
        if kind in LINES or kind == "freedraw":
            drawn = self._line(one)
        elif kind == "text":
            drawn = self._text(one)
        elif kind == "image":
            drawn = self._image(one)
        elif kind == "frame":
            drawn = self._frame(one)
        else:
            drawn = self._shape(one)
        around = ""
        if one["angle"]:
            middle = f"{digits(one['x'] + one['width'] / 2)} {digits(one['y'] + one['height'] / 2)}"
            around += f' transform="rotate({digits(math.degrees(one["angle"]))} {middle})"'
        if one["opacity"] < 100:
            around += f' opacity="{digits(one["opacity"] / 100)}"'
        return f"<g{around}>{drawn}</g>" if around else drawn

    def _shape(self, one: Element) -> str:
        look = f"{_fill(one)} {_stroke(one)}"
        x, y, width, height = one["x"], one["y"], one["width"], one["height"]
        if one["type"] == "ellipse":
            middle = f'cx="{digits(x + width / 2)}" cy="{digits(y + height / 2)}"'
            return f'<ellipse {middle} rx="{digits(width / 2)}" ry="{digits(height / 2)}" {look}/>'
        if one["type"] == "diamond":
            corners = [
                (x + width / 2, y),
                (x + width, y + height / 2),
                (x + width / 2, y + height),
                (x, y + height / 2),
            ]
            return f'<path d="{straight(corners)}Z" stroke-linejoin="round" {look}/>'
        round_by = min(32.0, min(width, height) / 4) if one["roundness"] else 0
        corners_of = f' rx="{digits(round_by)}"' if round_by else ""
        return f"<rect {_place(one)}{corners_of} {look}/>"

    def _line(self, one: Element) -> str:
        points = self._thinned([(one["x"] + each[0], one["y"] + each[1]) for each in one["points"]])
        if one["type"] == "freedraw":
            # A pen is wider than a ruler's line.
            wide = digits(one["strokeWidth"] * 1.8)
            colour = one["strokeColor"]
            return (
                f'<path d="{freehand(points)}" fill="none" stroke="{colour}" stroke-width="{wide}" '
                'stroke-linecap="round" stroke-linejoin="round"/>'
            )
        is_face = one["type"] == "line" and len(points) > 2 and points[0] == points[-1]
        path = smooth(points) if one["roundness"] and not one.get("elbowed") else straight(points)
        face = _fill(one) if is_face else 'fill="none"'
        heads = ""
        for head, way in ((one["endArrowhead"], points), (one["startArrowhead"], points[::-1])):
            if head and len(points) > 1:
                heads += self._head(one, head, way)
        drawn = f'<path d="{path}{"Z" if is_face else ""}" stroke-linejoin="round" stroke-linecap="round" {face} '
        return f"{drawn}{_stroke(one)}/>{heads}"

    def _head(self, one: Element, head: str, points: Sequence[Point]) -> str:
        path, is_full = arrowhead(head, points, one["strokeWidth"])
        colour = one["strokeColor"]
        width = f'stroke-width="{digits(one["strokeWidth"])}" stroke-linejoin="round" stroke-linecap="round"'
        return f'<path d="{path}" fill="{colour if is_full else "none"}" stroke="{colour}" {width}/>'

    def _thinned(self, points: list[Point]) -> list[Point]:
        """Points that cannot be told apart, or are more than are drawn, are left out; the last one never."""
        step = max(1, math.ceil(len(points) / self._measure.points))
        kept = points[::step]
        nearest = 0.7 / self._scale
        chosen = kept[:1]
        for one in kept[1:]:
            if abs(one[0] - chosen[-1][0]) + abs(one[1] - chosen[-1][1]) >= nearest:
                chosen.append(one)
        return chosen if chosen[-1] == points[-1] else [*chosen, points[-1]]

    def _text(self, one: Element) -> str:
        size = one["fontSize"]
        if size * self._scale < 1:
            return ""
        high = size * one["lineHeight"]
        lines = one["text"][: self._measure.letters].split("\n")
        most = max(one["width"], size)
        # What no browser has measured yet.
        if len(lines) == 1 and not one["autoResize"]:
            lines = wrap(lines[0], most, size, one["fontFamily"])
        lines = lines[: max(1, int(self._measure.letters / 8))]
        anchor, x = {"center": ("middle", one["x"] + one["width"] / 2), "right": ("end", one["x"] + one["width"])}.get(
            one["textAlign"], ("start", one["x"])
        )
        first = one["y"] + high / 2 + size * 0.35
        spans = "".join(
            f'<tspan x="{digits(x)}" y="{digits(first + number * high)}">{escape(line)}</tspan>'
            for number, line in enumerate(lines)
            if line.strip()
        )
        family = CODE if one["fontFamily"] in CODE_FAMILIES else SANS
        look = f'font-size="{digits(size)}" font-family="{family}" fill="{one["strokeColor"]}" text-anchor="{anchor}"'
        return f"<text {look}>{spans}</text>"

    def _frame(self, one: Element) -> str:
        drawn = f'<rect {_place(one)} rx="8" fill="none" stroke="#bbbbbb" stroke-width="2"/>'
        # Written as large on the screen as the eye needs, within reason.
        size = min(max(FRAME_NAME, 9 / self._scale), one["height"] / 3 or FRAME_NAME)
        if not one["name"] or size * self._scale < LEGIBLE:
            return drawn
        place = f'x="{digits(one["x"] + 2)}" y="{digits(one["y"] - size * 0.4)}"'
        look = f'font-size="{digits(size)}" font-family="{SANS}" fill="#777777"'
        return f"{drawn}<text {place} {look}>{escape(one['name'])}</text>"

    def _image(self, one: Element) -> str:
        address = self._pictures.get(one["fileId"], "")
        if not address:
            return self._no_image(one)
        picture = f'<image href="{escape(address)}" preserveAspectRatio="none" '
        crop = one["crop"]
        if crop is None:
            return f"{picture}{_place(one)}/>"
        part = f"{digits(crop['x'])} {digits(crop['y'])} {digits(crop['width'])} {digits(crop['height'])}"
        whole = f'width="{digits(crop["naturalWidth"])}" height="{digits(crop["naturalHeight"])}"'
        return f'<svg {_place(one)} viewBox="{part}" preserveAspectRatio="none">{picture}{whole}/></svg>'

    def _no_image(self, one: Element) -> str:
        """A landscape, where there is a picture that is not shown."""
        x, y, width, height = one["x"], one["y"], one["width"], one["height"]
        hills = straight(
            [(x, y + height * 0.8), (x + width * 0.35, y + height * 0.45), (x + width * 0.6, y + height * 0.7)]
        )
        hills += straight(
            [(x + width * 0.5, y + height * 0.6), (x + width * 0.7, y + height * 0.4), (x + width, y + height * 0.75)]
        )
        middle = f'cx="{digits(x + width * 0.75)}" cy="{digits(y + height * 0.22)}"'
        sun = f'<circle {middle} r="{digits(min(width, height) * 0.08)}"'
        look = 'fill="none" stroke="#adb5bd" stroke-width="2"'
        return f'<rect {_place(one)} fill="#f1f3f5" stroke="#ced4da"/>{sun} {look}/><path d="{hills}" {look}/>'
