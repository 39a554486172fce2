"""Files of Excalidraw (`.excalidraw`): taken in, given back.

SECURITY: a file comes from anywhere. It is read within bounds; each element goes through `cleaning`, under a new key,
so that no file reaches what is on a board already; embedded pages are refused; of pictures only the bytes are kept, and
whoever stores them proves that they are pictures.
"""

import base64
import binascii
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cleaning import EMBEDS, KINDS, PAPER, Element, clean, colour_of, kind_of, link_of
from .making import keys_after, new_id
from .reading import Scene, living

MOST_BYTES = 40 * 1024 * 1024
MOST_ELEMENTS = 10_000
MOST_PICTURES = 100
MOST_PICTURE_BYTES = 10 * 1024 * 1024
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_DATA = re.compile(r"data:([a-z]+/[a-z+.-]+);base64,", re.ASCII)


class NotABoard(ValueError):
    """This file cannot be taken in. `reason`: unreadable, other_kind, too_large, too_many or empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """The bytes of a picture, as the file has them."""

    media_type: str
    data: bytes


@dataclass
class Taken:
    """What a file gave: clean elements under new keys, and its pictures by the `fileId` the elements have.

    left_out: how many elements were not taken, by reason: embeds, unknown, broken, pictures; and links removed.
    """

    elements: list[Element]
    background: str = PAPER
    pictures: dict[str, Picture] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)


def _refuse(_constant: str) -> None:
    raise ValueError("NaN and infinities are no JSON")


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise NotABoard("too_large")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotABoard("unreadable") from error
    if not isinstance(found, dict) or found.get("type") != "excalidraw" or not isinstance(found.get("elements"), list):
        raise NotABoard("other_kind")
    if len(found["elements"]) > MOST_ELEMENTS:
        raise NotABoard("too_many")
    return found


def read_file(data: bytes, *, chance: random.Random, after: str = "") -> Taken:
    """What is in a file. `after`: the last key of the order of the board it is put on. Raises NotABoard."""
    found = _parsed(data)
    state = found.get("appState")
    taken = Taken([], colour_of(state.get("viewBackgroundColor") if isinstance(state, dict) else None, PAPER))
    kept: list[Element] = []
    for raw in found["elements"]:
        if isinstance(raw, dict) and (raw.get("isDeleted") is True or raw.get("type") == "selection"):
            continue
        one = clean(raw)
        if one is None:
            kind = kind_of(raw)
            # An empty text is nothing that anybody will miss.
            if kind != "text":
                taken.left_out["embeds" if kind in EMBEDS else "broken" if kind in KINDS else "unknown"] += 1
            continue
        if raw.get("link") and link_of(raw["link"]) is None:
            taken.left_out["links"] += 1
        kept.append(one)
    taken.pictures = _pictures(found.get("files"), {one["fileId"] for one in kept if one["type"] == "image"})
    shown = [one for one in kept if one["type"] != "image" or one["fileId"] in taken.pictures]
    if missing := len(kept) - len(shown):
        taken.left_out["pictures"] += missing
    taken.elements = under_new_keys(living(shown), chance=chance, after=after)
    if not taken.elements:
        raise NotABoard("empty")
    return taken


def _pictures(files: Any, wanted: set[str]) -> dict[str, Picture]:
    found: dict[str, Picture] = {}
    for key in sorted(wanted) if isinstance(files, dict) else ():
        one = files.get(key)
        address = one.get("dataURL") if isinstance(one, dict) else None
        head = _DATA.match(address) if isinstance(address, str) else None
        if head is None or head[1] not in PICTURES or len(address) > MOST_PICTURE_BYTES * 4 // 3 + 100:
            continue
        try:
            data = base64.b64decode(address[head.end() :], validate=True)
        except (ValueError, binascii.Error):
            continue
        if data and len(found) < MOST_PICTURES:
            found[key] = Picture(head[1], data)
    return found


def under_new_keys(elements: Sequence[Element], *, chance: random.Random, after: str = "") -> list[Element]:
    """The same elements under keys of their own, joined to each other as before, and to nothing else."""
    keys: dict[str, str] = {}
    chosen: list[Element] = []
    for one in elements:
        # Two elements of one key: the first is meant.
        if one["id"] not in keys:
            keys[one["id"]] = new_id(chance)
            chosen.append(one)
    groups: dict[str, str] = {}
    frames = {one["id"] for one in chosen if one["type"] == "frame"}
    order = keys_after(after, len(chosen))
    made = []
    for one, index in zip(chosen, order, strict=True):
        for group in one["groupIds"]:
            groups.setdefault(group, new_id(chance))
        again = {
            **one,
            "id": keys[one["id"]],
            "index": index,
            "groupIds": [groups[group] for group in one["groupIds"]],
            "frameId": keys[one["frameId"]] if one["frameId"] in frames else None,
            "boundElements": [{**held, "id": keys[held["id"]]} for held in one["boundElements"] if held["id"] in keys],
            "version": 1,
            "versionNonce": chance.randrange(1, 2**31 - 1),
        }
        for name in ("startBinding", "endBinding"):
            held = one.get(name)
            if held:
                to = keys.get(held["elementId"])
                again[name] = {**held, "elementId": to} if to else None
        if one["type"] == "text":
            again["containerId"] = keys.get(one["containerId"] or "")
        made.append(again)
    _tie(made)
    return made


def _tie(elements: Sequence[Element]) -> None:
    """What a text or an arrow says it holds on to says so too."""
    by_key = {one["id"]: one for one in elements}
    for one in elements:
        holders = [("text", one.get("containerId"))]
        holders += [("arrow", (one.get(name) or {}).get("elementId")) for name in ("startBinding", "endBinding")]
        for kind, key in holders:
            holder = by_key.get(key or "")
            if holder is not None and all(held["id"] != one["id"] for held in holder["boundElements"]):
                holder["boundElements"].append({"type": kind, "id": one["id"]})


def with_files(elements: Sequence[Element], files: Mapping[str, str]) -> list[Element]:
    """The elements with the keys under which their pictures are kept; pictures that are kept nowhere are left out."""
    return [
        {**one, "fileId": files[one["fileId"]]} if one["type"] == "image" else one
        for one in elements
        if one["type"] != "image" or one["fileId"] in files
    ]


def moved(elements: Sequence[Element], x: float, y: float) -> list[Element]:
    """The elements with their upper left corner at (x, y)."""
    left, top = min(one["x"] for one in elements), min(one["y"] for one in elements)
    return [{**one, "x": one["x"] - left + x, "y": one["y"] - top + y} for one in elements]


def plain(value: Any) -> Any:
    """The value as JSON is written for people: whole numbers without a fraction."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Stored:
    """A picture to give back: the key the elements know it by, its type, and its bytes in pieces."""

    key: str
    media_type: str
    pieces: Iterable[bytes]


def file_of(scene: Scene, pictures: Iterable[Stored], source: str) -> Iterator[str]:
    """A file in pieces, so that no picture is held whole."""
    head = {"type": "excalidraw", "version": 2, "source": source}
    yield json.dumps(head, ensure_ascii=False)[:-1]
    yield ', "elements": ['
    for number, one in enumerate(scene.elements):
        yield ("," if number else "") + "\n" + json.dumps(plain(one), ensure_ascii=False)
    state = {"viewBackgroundColor": scene.background, "gridSize": 20}
    yield f'\n], "appState": {json.dumps(state)}, "files": {{'
    for number, picture in enumerate(pictures):
        key = json.dumps(picture.key)
        yield (
            "," if number else ""
        ) + f'\n{key}: {{"id": {key}, "mimeType": {json.dumps(picture.media_type)}, "created": 1, '
        yield f'"dataURL": "data:{picture.media_type};base64,'
        yield from _in_base64(picture.pieces)
        yield '"}'
    yield "\n}}\n"


def _in_base64(pieces: Iterable[bytes]) -> Iterator[str]:
    left = b""
    for piece in pieces:
        left += piece
        whole = len(left) - len(left) % 3
        yield base64.b64encode(left[:whole]).decode()
        left = left[whole:]
    yield base64.b64encode(left).decode()
