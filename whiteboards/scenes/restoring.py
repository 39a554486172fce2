"""Going back to an earlier state by going forward: what is on a board now is changed until it looks as it did.

Each element that must be another one is written again with a higher version, so that every open browser takes it in,
and what somebody draws meanwhile stands beside it. Nothing is ever taken out of a document: what was not there yet is
marked as deleted.
"""

import random
from collections.abc import Mapping

from pycrdt import Doc, Map

from .cleaning import LARGEST, MOST_VERSION, Element, whole
from .reading import BOARD, ELEMENTS, background_of, raw_elements

# What says when an element changed, not how it looks.
_STAMPS = frozenset({"version", "versionNonce", "updated"})


def _looks(one: Element) -> Element:
    return {key: value for key, value in one.items() if key not in _STAMPS}


def _is_there(one: Element | None) -> bool:
    return one is not None and one.get("isDeleted") is not True


def forward(
    now: Mapping[str, Element], then: Mapping[str, Element], *, moment: int, chance: random.Random
) -> dict[str, Element]:
    """The elements to write, by key, so that the board looks as it did `then`. `moment` in milliseconds."""
    changes: dict[str, Element] = {}
    for key in {**now, **then}:
        one, before = now.get(key), then.get(key)
        if before is not None and _is_there(before):
            wanted = before
        elif one is not None and _is_there(one):
            wanted = {**one, "isDeleted": True}
        else:
            continue
        if one is None or _looks(wanted) != _looks(one):
            changes[key] = {
                **wanted,
                "version": 1 + max(whole((each or {}).get("version"), 1, 1, MOST_VERSION) for each in (one, before)),
                "versionNonce": chance.randrange(1, LARGEST),
                "updated": moment,
            }
    return changes


def go_back(doc: Doc, then: Doc, *, moment: int, chance: random.Random) -> tuple[bytes, int]:
    """Change `doc` until it looks as `then` does. Answers the update that did it, and how much had to change."""
    before = doc.get_state()
    changes = forward(raw_elements(doc), raw_elements(then), moment=moment, chance=chance)
    paper = background_of(then)
    is_other_paper = paper != background_of(doc)
    with doc.transaction():
        elements = doc.get(ELEMENTS, type=Map)
        for key, one in changes.items():
            elements[key] = one
        if is_other_paper:
            doc.get(BOARD, type=Map)["background"] = paper
    return doc.get_update(before), len(changes) + is_other_paper


def put_in(doc: Doc, elements: list[Element], background: str = "") -> bytes:
    """Add elements to a document, and its paper when it is said. Answers the update that did it."""
    before = doc.get_state()
    with doc.transaction():
        there = doc.get(ELEMENTS, type=Map)
        for one in elements:
            there[one["id"]] = one
        if background:
            doc.get(BOARD, type=Map)["background"] = background
    return doc.get_update(before)
