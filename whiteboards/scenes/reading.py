"""What stands on a board, read from its document: its elements from back to front, and its things in reading order.

Reading order is for people: the frames by their place, each with what is in it, then everything else; within each, from
top to bottom in rows, from left to right in a row. A text in a shape, or on an arrow, is said with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pycrdt import Doc, Map

from .cleaning import PAPER, SHAPES, TRANSPARENT, Element, clean, colour_of

ELEMENTS, BOARD = "elements", "board"
# How far below the first of a row another may begin and still be read in it, at most and at least. The list of the
# canvas (`templates/whiteboards/board/reading.ts`) reads in the same order.
ROW, LEAST = 60.0, 8.0
# Of so many the texts are kept; nobody reads more.
MOST_LETTERS = 200_000


@dataclass(frozen=True)
class Scene:
    """What is on a board: its living elements from back to front, and the colour of its paper."""

    elements: Sequence[Element] = ()
    background: str = PAPER


@dataclass(frozen=True)
class Thing:
    """One thing as people speak of it.

    kind: frame, sticky, rectangle, diamond, ellipse, text, arrow, line, drawing or image. frame: the name of the frame
    it is in. starts and ends: for an arrow, the texts of what it joins. colour: of its face, else of its lines.
    """

    id: str
    kind: str
    text: str = ""
    frame: str = ""
    link: str = ""
    colour: str = ""
    starts: str = ""
    ends: str = ""
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    file: str = ""
    is_locked: bool = False
    frame_id: str = ""


def raw_elements(doc: Doc) -> dict[str, Element]:
    """Every element of a document as it stands there, the deleted ones too, by key.

    SECURITY: whatever shape hostile updates gave the document, what is no element is left out.
    """
    found: dict[Any, Any] = doc.get(ELEMENTS, type=Map).to_py() or {}
    return {key: one for key, one in found.items() if isinstance(one, dict) and one.get("id") == key}


def background_of(doc: Doc) -> str:
    """The colour of the paper."""
    said: Any = doc.get(BOARD, type=Map).to_py() or {}
    return colour_of(said.get("background"), PAPER)


def scene_of(doc: Doc) -> Scene:
    """What is on the board of a document."""
    return Scene(living(raw_elements(doc).values()), background_of(doc))


def living(raw: Iterable[Any]) -> list[Element]:
    """The elements that are not deleted, clean, from back to front."""
    kept = [one for one in (clean(each) for each in raw) if one is not None and not one["isDeleted"]]
    # Keys of the order compare as bytes do, and those without one are in front, in a settled order.
    return sorted(kept, key=lambda one: (one["index"] is None, one["index"] or "", one["id"]))


def things_of(scene: Scene) -> list[Thing]:
    """The things on a board, in reading order."""
    labels = _labels(scene.elements)
    held = {key for _container, key in labels.values()}
    texts = {container: text for container, (text, _key) in labels.items()}
    frames = {one["id"]: one["name"] or "" for one in scene.elements if one["type"] == "frame"}
    said = {one["id"]: texts.get(one["id"], "") or one.get("originalText", "") for one in scene.elements} | frames
    things = [_thing(one, said, frames) for one in scene.elements if one["id"] not in held]
    return _in_reading_order(things)


def _labels(elements: Sequence[Element]) -> dict[str, tuple[str, str]]:
    """By container: the text it holds, and the key of that text."""
    containers = {one["id"] for one in elements if one["type"] in SHAPES | {"arrow"}}
    return {
        one["containerId"]: (one["originalText"], one["id"])
        for one in elements
        if one["type"] == "text" and one["containerId"] in containers
    }


def _thing(one: Element, said: Mapping[str, str], frames: Mapping[str, str]) -> Thing:
    kind = "drawing" if one["type"] == "freedraw" else one["type"]
    if kind == "rectangle" and _is_sticky(one, said[one["id"]]):
        kind = "sticky"
    left, top = _corner(one)
    face, stroke = one["backgroundColor"], one["strokeColor"]
    frame = one["frameId"] if one["frameId"] in frames else ""
    return Thing(
        id=one["id"],
        kind=kind,
        text=said[one["id"]].strip(),
        frame=frames.get(frame, ""),
        link=one["link"] or "",
        colour=face if face != TRANSPARENT else stroke,
        starts=_joined(one.get("startBinding"), said),
        ends=_joined(one.get("endBinding"), said),
        x=left,
        y=top,
        width=one["width"],
        height=one["height"],
        file=one.get("fileId", ""),
        is_locked=one["locked"],
        frame_id=frame,
    )


def _is_sticky(one: Element, text: str) -> bool:
    """What says so, and whatever rectangle is a coloured face with words on it."""
    if one.get("customData", {}).get("sticky") is True:
        return True
    return bool(text) and one["fillStyle"] == "solid" and one["backgroundColor"].startswith("#")


def _corner(one: Element) -> tuple[float, float]:
    """Its upper left corner: a line begins wherever it was begun."""
    points = one.get("points")
    if not points:
        return one["x"], one["y"]
    return one["x"] + min(each[0] for each in points), one["y"] + min(each[1] for each in points)


def _joined(binding: Any, said: Mapping[str, str]) -> str:
    return said.get(binding["elementId"], "").strip() if binding else ""


def _in_reading_order(things: Sequence[Thing]) -> list[Thing]:
    frames = rows_of([one for one in things if one.kind == "frame"])
    ordered: list[Thing] = []
    for frame in frames:
        inside = [one for one in things if one.frame_id == frame.id and one.kind != "frame"]
        ordered += [replace(frame, frame=""), *rows_of(inside)]
    return ordered + rows_of([one for one in things if one.kind != "frame" and not one.frame_id])


def rows_of(things: Iterable[Thing]) -> list[Thing]:
    """From top to bottom, and from left to right where they stand beside each other."""
    ordered: list[Thing] = []
    row: list[Thing] = []
    below = 0.0
    for one in sorted(things, key=lambda each: (each.y, each.x, each.id)):
        if row and one.y >= below:
            ordered += sorted(row, key=lambda each: (each.x, each.y, each.id))
            row = []
        if not row:
            below = one.y + max(LEAST, min(one.height / 2, ROW))
        row.append(one)
    return ordered + sorted(row, key=lambda each: (each.x, each.y, each.id))


def words_of(things: Iterable[Thing]) -> str:
    """All that is written, a thing on each line, for the search."""
    return "\n".join(one.text for one in things if one.text)[:MOST_LETTERS]
