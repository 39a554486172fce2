"""Pictures of people: which files are taken, and the small square ones that are shown.

SECURITY: a browser never gets the bytes somebody sent. What is shown is drawn again here, square, without the place,
the camera and whatever else a file carries along.
"""

import logging
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from foundation.files.actions import INLINE_IMAGES
from foundation.files.models import Blob

logger = logging.getLogger(__name__)

# Pixels on a side; a screen of double density shows them at half.
SIZES = (48, 96, 192, 384)
# What a person sends is kept at most this large, and refused under that.
OWN_SIDE, OWN_LEAST = 768, 96
MAX_BYTES = 15 * 1024 * 1024
# SECURITY: these are decoded, unlike attachments: larger ones would take a worker's memory.
MAX_PIXELS = 50_000_000
# LDAP's pictures are small; larger ones are only looked at, so that a sync stays quick.
QUICK_PIXELS = 2_000_000

# What decoders raise on files that are broken, or made to break them.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, struct.error, zlib.error),
    Image.DecompressionBombError,
)


class NotAPicture(Exception):
    """The bytes are no JPEG, PNG, GIF or WebP picture that can be shown."""


class TooSmall(NotAPicture):
    """A picture, with too few pixels to show a face."""


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Image.Image]:
    try:
        # SECURITY: only these four decoders, of the forty there are, ever read what people send.
        with Image.open(file, formats=list(INLINE_IMAGES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPicture("too many pixels")
            yield picture
    except _BROKEN as error:
        raise NotAPicture(str(error)) from error


def is_picture(data: bytes) -> bool:
    """Whether `data` is a picture we can show: of a small JPEG, the most common, also that it is whole."""
    if not 0 < len(data) <= MAX_BYTES:
        return False
    try:
        with _opened(BytesIO(data)) as picture:
            if picture.format == "JPEG" and picture.width * picture.height <= QUICK_PIXELS:
                # An eighth of the size: decoded in half a millisecond.
                picture.draft("RGB", (1, 1))
                picture.load()
            else:
                picture.verify()
    except NotAPicture:
        return False
    return True


def _square(file: IO[bytes], side: int, least: int = 1) -> Image.Image:
    """The middle of a picture (the first of a moving one), upright, at most `side` pixels wide, and nothing else of it.

    Raises NotAPicture.
    """
    with _opened(file) as picture:
        if min(picture.size) < least:
            raise TooSmall
        # A JPEG is decoded at about the size asked for, in a fraction of the memory.
        picture.draft("RGB", (2 * side, 2 * side))
        upright = ImageOps.exif_transpose(picture)
        if upright.mode not in ("RGB", "RGBA", "L"):
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        side = min(side, *upright.size)
        small = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
        # A new picture: the old one would bring its EXIF, GPS position and colour profile along.
        clean = Image.new("RGB", small.size, "white")
        clean.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
        return clean


def _encoded(picture: Image.Image, encoding: str) -> bytes:
    written = BytesIO()
    picture.save(written, encoding, quality=84)
    return written.getvalue()


def own_picture(upload: IO[bytes]) -> bytes:
    """What is kept of a picture that a person sends of themselves. Raises NotAPicture, TooSmall among them."""
    upload.seek(0)
    return _encoded(_square(upload, OWN_SIDE, OWN_LEAST), "WEBP")


def path_of(sha256: str, size: int) -> str:
    """Where the storage keeps a photo at one of `SIZES`, drawn when it is first asked for. Raises NotAPicture.

    The same photo at the same size always gives the same bytes: two who draw it at once do no harm.
    """
    path = f"photos/{sha256[:2]}/{sha256}-{size}.webp"
    if default_storage.exists(path):
        if _is_whole(path):
            return path
        default_storage.delete(path)
    data = _drawn(sha256, size, "WEBP")
    saved = default_storage.save(path, ContentFile(data))
    if saved != path:
        # Somebody drew it at the same moment: theirs serves.
        default_storage.delete(saved)
    return path


def jpeg_of(sha256: str, size: int) -> bytes:
    """A photo as every address book reads it. Raises NotAPicture."""
    return _drawn(sha256, size, "JPEG")


def _drawn(sha256: str, size: int, encoding: str) -> bytes:
    try:
        with default_storage.open(Blob(sha256=sha256).path, "rb") as original:
            return _encoded(_square(original, size), encoding)
    except (OSError, NotAPicture) as error:
        logger.warning("the photo %s cannot be shown: %r", sha256, error)
        raise NotAPicture(sha256) from error


def _is_whole(path: str) -> bool:
    """Whether a WebP file is as long as it says: one cut short by a crash, or still being written, is not."""
    with default_storage.open(path, "rb") as file:
        head = file.read(8)
    return len(head) == 8 and default_storage.size(path) == 8 + int.from_bytes(head[4:], "little")
