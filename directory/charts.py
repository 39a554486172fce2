"""The org chart as a picture: where each box stands and which lines join them. No database, no HTML: sizes and words.

The unit in the middle stands on top, under those it belongs to; what is directly below it stands in columns, and what
is open below those hangs under each. The picture is cut in bands, one per line of columns: a band is never cut when
printed. Lengths are CSS pixels at zoom 1.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.functional import Promise

from .trees import Node

WIDTH = 204
GAP = 16
PADDING = 12
# The line that joins the bands runs at the left.
TRUNK = 14
COLUMNS = 5
# More than this side by side are parted by kind.
CROWD = 12
INDENT = 18
NARROWEST = 150
NAME_SIZE, NAME_LINE = 14, 18
SMALL_SIZE, SMALL_LINE = 13, 18
PERSON_LINE = 30
NOTE_LINE = 10
AVATAR = 11
# Between boxes that hang one under the other; between a box and the columns below.
STEP = 10
DROP = 28
TITLE = 22
TOGGLE, TOGGLE_HEIGHT = 48, 28


@dataclass(frozen=True)
class Text:
    """One line of words at (x, y), the left of its baseline."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class PersonLine:
    """Who leads, or an empty place, at `y`, the middle of the line. `kind`: head, away, acting or vacant; `note` says
    it under the name."""

    kind: str
    y: float
    words: str
    note: str = ""
    person: object = None

    @property
    def baseline(self) -> float:
        return self.y - 2 if self.note else self.y + 4.5

    @property
    def note_baseline(self) -> float:
        return self.y + 13


@dataclass
class Box:
    """One unit in the picture."""

    node: Node
    x: float
    y: float
    width: float
    height: float = 0
    name: list[Text] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    # The baseline of the last line: how many people.
    count_y: float = 0
    # None: nothing is below. False: closed. True: open.
    is_open: bool | None = None
    is_center: bool = False
    toggle_url: str = ""

    @property
    def hang_x(self) -> float:
        """Where the line to what hangs below starts."""
        return self.x + PADDING

    @property
    def toggle(self) -> dict[str, float]:
        """Where the button that opens what is below stands: its frame, its number, its sign."""
        x, y = self.width - TOGGLE - 6, self.height - TOGGLE_HEIGHT - 6
        middle = y + TOGGLE_HEIGHT / 2
        return {
            "x": x,
            "y": y,
            "count_x": x + TOGGLE - 24,
            "count_y": middle + 4.5,
            "sign_x": x + TOGGLE - 19,
            "sign_y": middle,
        }


@dataclass
class Band:
    """One line of columns, or what stands on top. `lines`: SVG path data."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    title: str | Promise = ""
    height: float = 0


@dataclass(frozen=True)
class Picture:
    """All of it. Every band is `width` wide."""

    bands: list[Band]
    width: float

    @property
    def boxes(self) -> Iterator[Box]:
        for band in self.bands:
            yield from band.boxes


@dataclass(frozen=True)
class Drawing:
    """What the layout asks of its caller: which branches stand open, and the words of a box.

    opened: ids of open units. away, acting: what is said under a name; vacant: in place of one.
    title_of: the title above a line of columns, by the kind of its units.
    """

    opened: set[int]
    away: str
    acting: str
    vacant: str
    title_of: Callable[[str], str | Promise]


def draw(center: Node | None, below: list[Node], drawing: Drawing) -> Picture:
    """The picture of `below` in columns, under `center` (None: several roots) and those above it."""
    bands = [_top(center, bool(below), drawing)] if center else []
    rows = list(_rows(below))
    widest = max((len(nodes) for _kind, nodes in rows), default=1)
    for number, (kind, nodes) in enumerate(rows, 1):
        bands.append(_row(nodes, kind, drawing, has_trunk=center is not None, is_last=number == len(rows)))
    return Picture(bands, max(2 * TRUNK + widest * (WIDTH + GAP) - GAP, WIDTH + 40) + 4)


def _rows(below: list[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Lines of columns, as even as they come. A crowd is parted by kind: the first line of each has it as its title."""
    kinds = list(dict.fromkeys(one.unit.kind for one in below)) if len(below) > CROWD else []
    groups = [[one for one in below if one.unit.kind == kind] for kind in kinds] if len(kinds) > 1 else [below]
    for group in groups:
        lines = -(-len(group) // COLUMNS)
        size = -(-len(group) // lines) if lines else 1
        for start in range(0, len(group), size):
            yield (group[0].unit.kind if start == 0 and len(groups) > 1 else ""), group[start : start + size]


def _top(center: Node, has_more: bool, drawing: Drawing) -> Band:
    """Those above, one under the other, then the unit in the middle."""
    band = Band()
    y = 4.0
    for node in [*center.ancestors, center]:
        box = _box(node, 2, y, WIDTH + 40, drawing)
        box.is_center, box.is_open = node is center, None
        if band.boxes:
            band.lines.append(f"M{TRUNK} {band.boxes[-1].y + band.boxes[-1].height}V{y}")
        band.boxes.append(box)
        y += box.height + GAP
    last = band.boxes[-1]
    band.height = last.y + last.height + (GAP if has_more else 4)
    if has_more:
        band.lines.append(f"M{TRUNK} {last.y + last.height}V{band.height}")
    return band


def _row(nodes: list[Node], kind: str, drawing: Drawing, *, has_trunk: bool, is_last: bool) -> Band:
    band = Band(title=drawing.title_of(kind) if kind else "")
    top = (TITLE if kind else 0) + (DROP if has_trunk else 4.0)
    bus = top - DROP / 2
    for column, node in enumerate(nodes):
        x = 2 * TRUNK + column * (WIDTH + GAP)
        head = _box(node, x, top, WIDTH, drawing)
        band.boxes.append(head)
        if has_trunk:
            band.lines.append(f"M{x + WIDTH / 2} {bus}V{top}")
        bottom = _hang(head, 0, band, drawing)
        band.height = max(band.height, bottom)
    band.height += GAP / 2
    if has_trunk:
        last_x = 2 * TRUNK + (len(nodes) - 1) * (WIDTH + GAP) + WIDTH / 2
        band.lines.append(f"M{TRUNK} {bus}H{last_x}")
        band.lines.append(f"M{TRUNK} 0V{bus if is_last else band.height}")
    return band


def _hang(above: Box, depth: int, band: Band, drawing: Drawing) -> float:
    """Put what is open below `above` under it. Answers the y of its foot."""
    bottom = above.y + above.height
    if not above.is_open:
        return bottom
    right = above.x + above.width
    for node in above.node.children:
        y = bottom + STEP
        x = above.x + INDENT + PADDING / 2
        if right - x < NARROWEST:
            # Deeper than the eye follows an indent: the line alone says it.
            x = right - NARROWEST
        box = _box(node, x, y, right - x, drawing)
        middle = y + min(box.height / 2, 24)
        band.lines.append(f"M{above.hang_x} {above.y + above.height}V{middle}H{x}")
        band.boxes.append(box)
        bottom = _hang(box, depth + 1, band, drawing)
    return bottom


def _box(node: Node, x: float, y: float, width: float, drawing: Drawing) -> Box:
    box = Box(node, x, y, width)
    if node.children:
        box.is_open = node.unit.pk in drawing.opened
    room = width - 2 * PADDING
    at = PADDING + NAME_SIZE - 1.0
    for words in wrapped(node.unit.name, room, NAME_SIZE):
        box.name.append(Text(PADDING, at, words))
        at += NAME_LINE
    at += 2
    for kind, person, words, note in _people_of(node, drawing):
        fitting = shortened(words, room - 2 * AVATAR - 8, SMALL_SIZE)
        at += NOTE_LINE / 2 if note else 0
        box.people.append(PersonLine(kind, at - 2, fitting, note, person))
        at += PERSON_LINE + (NOTE_LINE / 2 if note else 0)
    box.count_y = at + 2
    box.height = at + PADDING + 2
    return box


def _people_of(node: Node, drawing: Drawing) -> Iterable[tuple[str, object, str, str]]:
    """Kind, person, words and note of each line."""
    lead = node.lead
    if lead.is_vacant:
        yield "vacant", None, drawing.vacant, ""
    elif lead.head is not None and lead.head.person is not None:
        person = lead.head.person
        yield ("away", person, person.name, drawing.away) if lead.is_away else ("head", person, person.name, "")
    if lead.acting is not None and lead.acting.person is not None:
        yield "acting", lead.acting.person, lead.acting.person.name, drawing.acting


# -- Words -----------------------------------------------------------------------------------------------------------
# Widths of Source Sans 3 in ems, close enough to decide where a line ends; a little wide rather than a little narrow.
_NARROW = dict.fromkeys("iljI.,:;'’|!()[] ", 0.27) | dict.fromkeys("ftr-–", 0.38)
_WIDE = dict.fromkeys("mwMWŒœ—…", 0.86) | dict.fromkeys("ABCDGHNOQRSTUVXYZÀÂÉÈÊËÎÏÔÙÛÜÇKP&", 0.64)
_WIDTHS = _NARROW | _WIDE


@lru_cache(maxsize=8192)
def length(words: str, size: float) -> float:
    """How wide `words` are at a size, in pixels."""
    return sum(_WIDTHS.get(one, 0.535) for one in words) * size


@lru_cache(maxsize=4096)
def wrapped(words: str, room: float, size: float) -> tuple[str, ...]:
    """`words` in lines no wider than `room`, cut after blanks, hyphens and dashes, and inside a word that is too long
    on its own. A blank stays at the end of its line, where it is not seen: read together the lines are the words."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(words):
        if line and length((line + piece).rstrip(), size) > room:
            lines.append(line)
            line = ""
        line += piece
        while length(line.rstrip(), size) > room and len(line) > 1:
            fits = max(1, next((n for n in range(len(line), 0, -1) if length(line[:n], size) <= room), 1))
            lines.append(line[:fits])
            line = line[fits:]
    return (*lines, line) if line.strip() else tuple(lines)


def _pieces(words: str) -> list[str]:
    pieces: list[str] = [""]
    for one in words:
        pieces[-1] += one
        if one in " -–—/":
            pieces.append("")
    return [one for one in pieces if one]


@lru_cache(maxsize=8192)
def shortened(words: str, room: float, size: float) -> str:
    """`words`, cut with an ellipsis where they are wider than `room`."""
    if length(words, size) <= room:
        return words
    fits = next((n for n in range(len(words), 0, -1) if length(words[:n].rstrip() + "…", size) <= room), 0)
    return words[:fits].rstrip() + "…"
