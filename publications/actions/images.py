"""What is done to images of sites: made small and harmless in the background."""

import logging
import warnings
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps
from wagtail.images.models import Filter

from foundation.files.actions import INLINE_IMAGES, MAX_PIXELS

from ..models import SiteImage
from ..models.images import width_spec

logger = logging.getLogger(__name__)

# The longest side of what is kept: sharp on a wide screen, a hundredth of what a camera gives.
LONGEST = 2560
THUMBNAIL = "max-165x165"
_FORMATS = {"JPEG": ("JPEG", "jpg"), "PNG": ("PNG", "png"), "GIF": ("PNG", "png"), "WEBP": ("WEBP", "webp")}


class NotAnImage(Exception):
    """The bytes are no picture that may be shown."""


def shrink(data: Any) -> tuple[bytes, str, tuple[int, int]]:
    """A picture drawn again: upright, at most `LONGEST` pixels, without where, when and by which camera. Answers its
    bytes, the ending of its name, its width and height. Raises NotAnImage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # SECURITY: only these four decoders, of the forty there are, ever read what people send.
            with Image.open(data, formats=list(INLINE_IMAGES)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise NotAnImage("too many pixels")
                encoding, ending = _FORMATS[picture.format or ""]
                # A JPEG is decoded at about the size asked for, in a fraction of the memory.
                picture.draft("RGB", (LONGEST, LONGEST))
                upright = ImageOps.exif_transpose(picture)
                if upright.mode not in ("RGB", "RGBA", "L"):
                    upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
                if encoding == "JPEG" and upright.mode == "RGBA":
                    upright = upright.convert("RGB")
                upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
                # A new picture: the old one would bring its EXIF, GPS position and colour profile along.
                clean = Image.new(upright.mode, upright.size)
                clean.paste(upright)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, Image.DecompressionBombError) as error:
        raise NotAnImage(str(error)) from error
    written = BytesIO()
    clean.save(written, encoding, quality=86)
    return written.getvalue(), ending, clean.size


def prepare_image(image: SiteImage) -> None:
    """Make a received image ready: shrunk, then drawn at the widths of pages. Again changes nothing.

    Called by the background alone. A file that is no picture is kept and never shown.
    """
    if image.state != SiteImage.State.RECEIVED:
        return
    received = image.file.name
    try:
        with image.file.storage.open(received, "rb") as file:
            data, ending, size = shrink(file)
    except (OSError, NotAnImage) as error:
        logger.warning("the image %s cannot be shown: %r", image.pk, error)
        SiteImage.objects.filter(pk=image.pk).update(state=SiteImage.State.REFUSED)
        return
    with transaction.atomic():
        image.renditions.all().delete()
        image.file.save(f"{image.uuid}.{ending}", ContentFile(data), save=False)
        image._set_image_file_metadata()
        image.width, image.height = size
        image.state = SiteImage.State.READY
        image.save()
        # The original goes once nothing refers to it any more.
        transaction.on_commit(lambda: image.file.storage.delete(received) if received != image.file.name else None)
    # The desk's thumbnail, and what pages show.
    for spec in (THUMBNAIL, *map(width_spec, image.widths)):
        image.get_rendition(Filter(spec))
