"""What tests put on boards: elements as a browser draws them, documents, files of Excalidraw."""

import base64
import json
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image
from pycrdt import Doc, Map

from directory.models import Person
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of

Element = dict[str, Any]


def element(key: str, kind: str = "rectangle", **fields: Any) -> Element:
    """One element, as Excalidraw writes it."""
    return {
        "id": key,
        "type": kind,
        "x": 0,
        "y": 0,
        "width": 100,
        "height": 80,
        "angle": 0,
        "strokeColor": "#1e1e1e",
        "backgroundColor": "transparent",
        "fillStyle": "solid",
        "strokeWidth": 2,
        "strokeStyle": "solid",
        "roughness": 1,
        "opacity": 100,
        "groupIds": [],
        "frameId": None,
        "index": "a0",
        "roundness": None,
        "seed": 7,
        "version": 3,
        "versionNonce": 11,
        "isDeleted": False,
        "boundElements": [],
        "updated": 1_700_000_000_000,
        "link": None,
        "locked": False,
        **fields,
    }


def text(key: str, words: str, **fields: Any) -> Element:
    """Words on the canvas; with `containerId` those of a shape."""
    own = {
        "text": words,
        "originalText": words,
        "fontSize": 20,
        "fontFamily": 6,
        "textAlign": "left",
        "verticalAlign": "top",
        "containerId": None,
        "autoResize": True,
        "lineHeight": 1.35,
    }
    return element(key, "text", **{**own, **fields})


def sticky(key: str, words: str, **fields: Any) -> list[Element]:
    """A note with its words."""
    held = [{"type": "text", "id": f"{key}-t"}]
    face = {"backgroundColor": "#ffec99", "boundElements": held, "customData": {"sticky": True}}
    place = {name: fields[name] for name in ("x", "y", "frameId", "isDeleted") if name in fields}
    return [element(key, **{**face, **fields}), text(f"{key}-t", words, containerId=key, **place)]


def document(*elements: Element, background: str = "") -> Doc:
    """A document with these elements."""
    doc: Doc = Doc()
    there = doc.get("elements", type=Map)
    with doc.transaction():
        for one in elements:
            there[one["id"]] = one
        if background:
            doc.get("board", type=Map)["background"] = background
    return doc


def draw(uuid: UUID, *elements: Element, actor: Person) -> None:
    """Somebody draws: what a browser sends is stored."""
    doc = document_of("board", uuid)
    before = doc.get_state()
    there = doc.get("elements", type=Map)
    with doc.transaction():
        for one in elements:
            there[one["id"]] = one
    change_document("board", uuid, doc.get_update(before), actor=actor)


def on(uuid: UUID) -> dict[str, Element]:
    """The living elements of a board."""
    found: dict[str, Element] = document_of("board", uuid).get("elements", type=Map).to_py() or {}
    return {key: one for key, one in found.items() if not one.get("isDeleted")}


def png(size: tuple[int, int] = (60, 40), colour: str = "#1971c2") -> bytes:
    """A picture."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def excalidraw(*elements: Any, files: dict[str, Any] | None = None, **more: Any) -> bytes:
    """A file of Excalidraw."""
    held = {"type": "excalidraw", "version": 2, "source": "elsewhere", "elements": list(elements)}
    state = {"viewBackgroundColor": "#f8f9fa"}
    return json.dumps({**held, "appState": state, "files": files or {}, **more}).encode()


def data_url(data: bytes, media_type: str = "image/png") -> str:
    """Bytes as such a file has them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
