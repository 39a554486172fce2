"""Pictures on boards, small enough to stand inside a drawing.

A drawing that another page shows as an image may ask for nothing: what it shows must be in it.
"""

import base64
import warnings
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from django.core.cache import cache
from django.core.files.storage import default_storage
from PIL import Image

from foundation.files.actions import INLINE_IMAGES
from foundation.files.models import Attachment

from .models import Board
from .scenes.reading import Scene

# Larger ones would take too long, each time a board is drawn; a landscape stands for them.
MOST_PIXELS = 40_000_000
KEPT = 7 * 24 * 3600


def files_of(scene: Scene) -> list[UUID]:
    """The keys of the files that a board shows, the largest pictures first, each once."""
    images = sorted(
        (one for one in scene.elements if one["type"] == "image"), key=lambda one: -one["width"] * one["height"]
    )
    found: list[UUID] = []
    for one in images:
        try:
            key = UUID(one["fileId"])
        except ValueError:
            continue
        if key not in found:
            found.append(key)
    return found


def previews_of(board: Board, scene: Scene, *, most: int, size: int) -> dict[str, str]:
    """By key of file, the picture as a `data:` address, `size` pixels at most; of the `most` largest ones.

    SECURITY: only files of this board, whatever keys its elements have.
    """
    wanted = files_of(scene)[:most]
    if not wanted:
        return {}
    found = Attachment.objects.filter(content_id=board.pk, uuid__in=wanted, is_image=True).select_related("blob")
    return {str(one.uuid): address for one in found if (address := _preview(one, size))}


def _preview(attachment: Attachment, size: int) -> str:
    key = f"board-picture:{attachment.blob_id}:{size}"
    kept = cache.get(key)
    if kept is None:
        kept = _shrunk(attachment.blob.path, size)
        cache.set(key, kept, KEPT)
    return str(kept)


def _shrunk(path: str, size: int) -> str:
    """The picture at that path of the storage, as a `data:` address; empty for one that cannot be read."""
    try:
        with (
            default_storage.open(path, "rb") as file,
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            # SECURITY: the same four decoders that proved it to be a picture.
            Image.open(file, formats=list(INLINE_IMAGES)) as picture,
        ):
            if picture.width * picture.height > MOST_PIXELS:
                return ""
            picture.draft("RGB", (size * 2, size * 2))
            picture.thumbnail((size, size))
            paper = Image.new("RGB", picture.size, "white")
            shown = picture.convert("RGBA")
            paper.paste(shown, mask=shown)
            small = BytesIO()
            paper.save(small, "JPEG", quality=60, optimize=True)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode()}"


def known_files(keys: Sequence[str], pairs: dict[UUID, UUID]) -> dict[str, str]:
    """By the key an element has, the key its file has from now on."""
    return {key: str(pairs[UUID(key)]) for key in keys if _is_uuid(key) and UUID(key) in pairs}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
