"""What is kept of a board's state beside its document: text, number of things, drawing. Worked out here, written by
actions."""

import hashlib
import json
from dataclasses import dataclass

from pycrdt import Doc

from .models import Board
from .pictures import previews_of
from .scenes.drawing import THUMBNAIL, WHOLE, draw
from .scenes.reading import Scene, scene_of, things_of, words_of

PREVIEWS, PREVIEW_SIZE = 8, 200
LARGE_PREVIEWS, LARGE_SIZE = 40, 640


@dataclass(frozen=True)
class Summary:
    """A state of a board, for lists, search and history."""

    digest: str
    text: str
    element_count: int
    svg: str


def digest_of(scene: Scene) -> str:
    """What two states have in common only when they look the same."""
    said = json.dumps([scene.background, scene.elements], sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def summary_of(board: Board, doc: Doc) -> Summary:
    """The state of `doc`, which is the board's."""
    scene = scene_of(doc)
    things = things_of(scene)
    pictures = previews_of(board, scene, most=PREVIEWS, size=PREVIEW_SIZE)
    return Summary(digest_of(scene), words_of(things), len(things), draw(scene, pictures, THUMBNAIL))


def large_drawing(board: Board, scene: Scene) -> str:
    """The board in all the detail that a page shows."""
    return draw(scene, previews_of(board, scene, most=LARGE_PREVIEWS, size=LARGE_SIZE), WHOLE)
