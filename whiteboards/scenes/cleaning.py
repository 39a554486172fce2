"""One element of a board, made whole and harmless: every field is what Excalidraw expects, or the element is refused.

SECURITY: the values come from browsers and from files. Numbers are finite and bounded, colours are from a short
grammar, links have a known scheme, texts have no control characters, and fields that nobody knows are left out.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

Element = dict[str, Any]

# What may stand on a board. Frames within a page of somebody else (`iframe`, `embeddable`) never do.
SHAPES = frozenset({"rectangle", "diamond", "ellipse"})
LINES = frozenset({"arrow", "line"})
KINDS = SHAPES | LINES | {"freedraw", "text", "image", "frame"}
EMBEDS = frozenset({"iframe", "embeddable"})

# Pixels of the canvas, from its origin.
FAR = 1_000_000.0
MOST_POINTS = 5_000
MOST_TEXT = 20_000
MOST_BOUND = 500
MOST_GROUPS = 20
LONGEST_LINK = 2_000
LONGEST_NAME = 250
BLACK, TRANSPARENT, PAPER = "#1e1e1e", "transparent", "#ffffff"
LARGEST = 2**31 - 1
# Counted up with each change; what hostile hands wrote must still be outbid.
MOST_VERSION = 2**52

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_INDEX = re.compile(r"[A-Za-z][0-9A-Za-z]{1,63}", re.ASCII)
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-zA-Z]{3,24}", re.ASCII)
_WEB = re.compile(r"(?:https?://[^\s/?#]|mailto:\S)", re.IGNORECASE)
# What no database, header or page takes: control characters but for line ends, halves of characters, direction marks.
_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SPACES = re.compile("[ \n]+")
_HEADS = frozenset(
    {
        *("arrow", "bar", "dot", "circle", "circle_outline", "triangle", "triangle_outline", "diamond"),
        *("diamond_outline", "crowfoot_one", "crowfoot_many", "crowfoot_one_or_many"),
    }
)
# By family: Excalifont, Nunito, Lilita One, Comic Shanns, Liberation Sans, and those of older files.
LINE_HEIGHTS = {1: 1.25, 2: 1.15, 3: 1.2, 5: 1.25, 6: 1.35, 7: 1.15, 8: 1.25, 9: 1.15}
HAND = 5


def number(value: Any, default: float = 0.0, least: float = -FAR, most: float = FAR) -> float:
    """A finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        found = float(value)
    except OverflowError:
        return default
    return min(max(found, least), most) if math.isfinite(found) else default


def whole(value: Any, default: int, least: int = 0, most: int = LARGEST) -> int:
    """A whole number within bounds."""
    return int(number(value, default, least, most))


def is_id(value: Any) -> bool:
    """Whether it can be the key of an element."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def text_of(value: Any, most: int = MOST_TEXT) -> str:
    """A text without what has no place in one. Its lines end by a line feed, its tabs are spaces."""
    if not isinstance(value, str):
        return ""
    cut = value[: most * 2].replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _UNFIT.sub("", cut)[:most]


def line_of(value: Any, most: int = MOST_TEXT) -> str:
    """A text in one line, its spaces single; no-break ones stay, but for a line of nothing else."""
    line = _SPACES.sub(" ", text_of(value, most)).strip(" ")
    return line if line.strip() else ""


def colour_of(value: Any, default: str) -> str:
    """A colour of the short grammar: `#rgb`, `#rrggbb`, with transparency or without, or a plain name."""
    return value if isinstance(value, str) and _COLOUR.fullmatch(value) else default


def link_of(value: Any) -> str | None:
    """SECURITY: an address of the web, of the mail or of the portal; None for any other, whatever it runs."""
    if not isinstance(value, str) or len(value) > LONGEST_LINK:
        return None
    link = value.strip()
    if _UNFIT.search(link) or "\n" in link:
        return None
    # Browsers read "/\\" as "//": the beginning of another machine's address.
    is_ours = link.startswith("/") and link[1:2] not in ("/", "\\")
    return link if is_ours or _WEB.match(link) else None


def _chosen(value: Any, choices: Iterable[Any], default: Any) -> Any:
    return value if isinstance(value, str | int | float) and value in choices else default


def _points(value: Any) -> list[list[float]]:
    """Pairs of numbers; many more than anybody draws are thinned."""
    if not isinstance(value, list | tuple):
        return []
    step = max(1, math.ceil(len(value) / MOST_POINTS))
    pairs = [one for one in value[::step] if isinstance(one, list | tuple) and len(one) >= 2]
    return [[number(one[0]), number(one[1])] for one in pairs]


def _bound(value: Any) -> list[dict[str, str]]:
    found = []
    for one in value[:MOST_BOUND] if isinstance(value, list) else ():
        if isinstance(one, dict) and one.get("type") in ("arrow", "text") and is_id(one.get("id")):
            found.append({"type": one["type"], "id": one["id"]})
    return found


def _binding(value: Any) -> dict[str, Any] | None:
    """Where an arrow holds on to something."""
    if not isinstance(value, dict) or not is_id(value.get("elementId")):
        return None
    held: dict[str, Any] = {
        "elementId": value["elementId"],
        "focus": number(value.get("focus"), 0.0, -10.0, 10.0),
        "gap": number(value.get("gap"), 1.0, 0.0, 1000.0),
    }
    fixed = value.get("fixedPoint")
    if isinstance(fixed, list | tuple) and len(fixed) == 2:
        held["fixedPoint"] = [number(one, 0.5, -10.0, 10.0) for one in fixed]
    return held


def _roundness(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    kept: dict[str, Any] = {"type": whole(value.get("type"), 3, 1, 3)}
    if "value" in value:
        kept["value"] = number(value["value"], 32.0, 0.0, 1000.0)
    return kept


def _own_data(value: Any) -> dict[str, Any]:
    """What the portal itself notes on an element: a few plain values."""
    kept: dict[str, Any] = {}
    for key, one in list(value.items())[:10] if isinstance(value, dict) else ():
        if not is_id(key):
            continue
        if isinstance(one, bool):
            kept[key] = one
        elif isinstance(one, str):
            kept[key] = text_of(one, 100)
        elif isinstance(one, int | float):
            kept[key] = number(one)
    return kept


def _crop(value: Any) -> dict[str, float] | None:
    if not isinstance(value, dict):
        return None
    kept = {name: number(value.get(name), 0.0, 0.0) for name in ("x", "y", "width", "height")}
    kept |= {name: number(value.get(name), 0.0, 0.0) for name in ("naturalWidth", "naturalHeight")}
    return kept if all(kept[name] > 0 for name in ("width", "height", "naturalWidth", "naturalHeight")) else None


def _line_fields(raw: Element, kind: str) -> Element | None:
    points = _points(raw.get("points"))
    if len(points) < 2:
        return None
    kept: Element = {
        "points": points,
        "lastCommittedPoint": None,
        "startBinding": _binding(raw.get("startBinding")),
        "endBinding": _binding(raw.get("endBinding")),
        "startArrowhead": _chosen(raw.get("startArrowhead"), _HEADS, None),
        "endArrowhead": _chosen(raw.get("endArrowhead"), _HEADS, None),
    }
    if kind == "line":
        return kept
    kept["elbowed"] = raw.get("elbowed") is True
    if kept["elbowed"]:
        kept |= {"fixedSegments": None, "startIsSpecial": None, "endIsSpecial": None}
        for name in ("startBinding", "endBinding"):
            if kept[name] and "fixedPoint" not in kept[name]:
                kept[name] = None
    return kept


def _drawn_fields(raw: Element) -> Element | None:
    points = _points(raw.get("points"))
    if not points:
        return None
    pressures = raw.get("pressures")
    felt = [number(one, 0.5, 0.0, 1.0) for one in pressures] if isinstance(pressures, list) else []
    return {
        "points": points,
        "pressures": felt if len(felt) == len(points) else [],
        "simulatePressure": raw.get("simulatePressure") is not False or len(felt) != len(points),
        "lastCommittedPoint": None,
    }


def _text_fields(raw: Element) -> Element | None:
    text = text_of(raw.get("text"))
    original = text_of(raw.get("originalText")) or text
    if not (text or original).strip():
        return None
    family = whole(raw.get("fontFamily"), HAND, 1, 9)
    family = family if family in LINE_HEIGHTS else HAND
    return {
        "text": text or original,
        "originalText": original,
        "fontSize": number(raw.get("fontSize"), 20.0, 4.0, 1000.0),
        "fontFamily": family,
        "textAlign": _chosen(raw.get("textAlign"), ("left", "center", "right"), "left"),
        "verticalAlign": _chosen(raw.get("verticalAlign"), ("top", "middle", "bottom"), "top"),
        "containerId": raw["containerId"] if is_id(raw.get("containerId")) else None,
        "autoResize": raw.get("autoResize") is not False,
        "lineHeight": number(raw.get("lineHeight"), LINE_HEIGHTS[family], 0.8, 4.0),
    }


def _image_fields(raw: Element) -> Element | None:
    if not is_id(raw.get("fileId")):
        return None
    scale = raw.get("scale")
    flips = [-1 if number(one, 1.0) < 0 else 1 for one in scale[:2]] if isinstance(scale, list) else []
    return {
        "fileId": raw["fileId"],
        "status": "saved",
        "scale": flips if len(flips) == 2 else [1, 1],
        "crop": _crop(raw.get("crop")),
    }


def _frame_fields(raw: Element) -> Element | None:
    return {"name": text_of(raw.get("name"), LONGEST_NAME).replace("\n", " ").strip() or None}


def _own_fields(kind: str, raw: Element) -> Element | None:
    """The fields that only this kind has; None when it cannot be one."""
    if kind in LINES:
        return _line_fields(raw, kind)
    if kind == "freedraw":
        return _drawn_fields(raw)
    if kind == "text":
        return _text_fields(raw)
    if kind == "image":
        return _image_fields(raw)
    return _frame_fields(raw) if kind == "frame" else {}


def kind_of(raw: Any) -> str:
    """What it says it is; a "magic" frame is a frame."""
    said = raw.get("type") if isinstance(raw, dict) else None
    return "frame" if said == "magicframe" else said if isinstance(said, str) else ""


def clean(raw: Any) -> Element | None:
    """The element, whole and harmless; None for what has no place on a board or cannot be made out."""
    kind = kind_of(raw)
    if kind not in KINDS or not is_id(raw.get("id")):
        return None
    own = _own_fields(kind, raw)
    if own is None:
        return None
    groups = raw.get("groupIds")
    index = raw.get("index")
    kept: Element = {
        "id": raw["id"],
        "type": kind,
        "x": number(raw.get("x")),
        "y": number(raw.get("y")),
        "width": number(raw.get("width"), 0.0, 0.0),
        "height": number(raw.get("height"), 0.0, 0.0),
        "angle": math.remainder(number(raw.get("angle")), math.tau) % math.tau,
        "strokeColor": colour_of(raw.get("strokeColor"), BLACK),
        "backgroundColor": colour_of(raw.get("backgroundColor"), TRANSPARENT),
        "fillStyle": _chosen(raw.get("fillStyle"), ("solid", "hachure", "cross-hatch", "zigzag"), "solid"),
        "strokeWidth": number(raw.get("strokeWidth"), 2.0, 0.25, 100.0),
        "strokeStyle": _chosen(raw.get("strokeStyle"), ("solid", "dashed", "dotted"), "solid"),
        "roughness": number(raw.get("roughness"), 1.0, 0.0, 5.0),
        "opacity": number(raw.get("opacity"), 100.0, 0.0, 100.0),
        "groupIds": [one for one in groups if is_id(one)][:MOST_GROUPS] if isinstance(groups, list) else [],
        "frameId": raw["frameId"] if is_id(raw.get("frameId")) and kind != "frame" else None,
        "index": index if isinstance(index, str) and _INDEX.fullmatch(index) else None,
        "roundness": _roundness(raw.get("roundness")),
        "seed": whole(raw.get("seed"), 1, 1),
        "version": whole(raw.get("version"), 1, 1, MOST_VERSION),
        "versionNonce": whole(raw.get("versionNonce"), 0),
        "isDeleted": raw.get("isDeleted") is True,
        "boundElements": _bound(raw.get("boundElements")),
        "updated": whole(raw.get("updated"), 1, 1, 2**52),
        "link": link_of(raw.get("link")),
        "locked": raw.get("locked") is True,
        **own,
    }
    data = _own_data(raw.get("customData"))
    return kept | {"customData": data} if data else kept
