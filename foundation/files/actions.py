"""How files come in: hashed while they stream, stored once, attached to a content."""

import hashlib
import mimetypes
import re
import unicodedata
import warnings
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content.kinds import kind_of, resolve
from foundation.content.models import Content

from .activities import FILE_ATTACHED, FILE_DETACHED
from .models import Attachment, Blob

# SECURITY: the only types a browser is allowed to show in place; everything else is downloaded.
INLINE_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
MAX_PIXELS = 80_000_000
# Control characters, direction marks (a "gpj.exe" shown as "exe.jpg") and what file systems refuse.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]')


def clean_name(name: str) -> str:
    """A name that every file system and header takes, accents kept, extension kept when it is cut to 200."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if len(name) > 200:
        name = f"{stem[: 199 - len(extension)]}{dot}{extension}" if dot and len(extension) < 20 else name[:200]
    return name or _("file")


def store_blob(upload: File) -> Blob:
    """Store the bytes of `upload` under their sha256, reading it chunk by chunk. Same bytes, same blob.

    Raises ValidationError for an empty file or one over `FILES_MAX_MB`. The bytes are written before the row: a crash
    between the two leaves an orphan file, never a row without its bytes.
    """
    blob = _with_bytes_stored(upload)
    stored, _new = Blob.objects.get_or_create(sha256=blob.sha256, defaults={"size": blob.size})
    return stored


def store_blobs(uploads: Iterable[File]) -> None:
    """`store_blob` of many, their rows in one query."""
    Blob.objects.bulk_create([_with_bytes_stored(one) for one in uploads], ignore_conflicts=True)


def _with_bytes_stored(upload: File) -> Blob:
    """The blob of `upload`, whose bytes are in the storage and whose row is not written yet."""
    if not upload.size:
        raise ValidationError({"file": _("This file is empty.")})
    if upload.size > settings.FILES_MAX_MB * 1024 * 1024:
        raise ValidationError(
            {"file": _("This file is too large: at most %(max)s MB.") % {"max": settings.FILES_MAX_MB}}
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    blob = Blob(sha256=digest.hexdigest(), size=upload.size)
    # A copy cut short by a crash is there, but shorter: it is written again.
    if default_storage.exists(blob.path) and default_storage.size(blob.path) != blob.size:
        default_storage.delete(blob.path)
    if not default_storage.exists(blob.path):
        upload.seek(0)
        saved = default_storage.save(blob.path, upload)
        if saved != blob.path:
            # Somebody stored the same bytes at the same moment: theirs serve.
            default_storage.delete(saved)
    return blob


def _image_type(upload: File) -> str:
    """The media type of a picture that really is one; empty otherwise."""
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # SECURITY: only these four decoders, of the forty there are, ever read what people send.
            with Image.open(upload, formats=list(INLINE_IMAGES)) as picture:
                width, height = picture.size
                media_type = INLINE_IMAGES[picture.format or ""]
                picture.verify()
    except (OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    return media_type if width * height <= MAX_PIXELS else ""


def _require_attaching(content: Content, actor: Any) -> None:
    """SECURITY: the rule of the kind for its files. Raises Refused."""
    kind = kind_of(content)
    require(actor, kind.attaching, content if isinstance(content, kind.model) else resolve([content])[0])


@transaction.atomic
def attach(content: Content, upload: File, *, actor: Any, images_only: bool = False) -> Attachment:
    """Attach a file to `content`. Raises Refused and ValidationError; with `images_only` also for what is not proved to
    be a picture (its code: `type`)."""
    attachment = take_in(content, upload, actor=actor, images_only=images_only)
    data = {"attachment": str(attachment.uuid), "name": attachment.name}
    record(FILE_ATTACHED, content, actor=actor, data=data)
    return attachment


@transaction.atomic
def take_in(content: Content, upload: File, *, actor: Any, images_only: bool = False) -> Attachment:
    """The same for a file that comes as part of something else, whose action announces it."""
    _require_attaching(content, actor)
    image = _image_type(upload)
    if images_only and not image:
        text = _("This is not a picture that can be shown: JPEG, PNG, GIF or WebP.")
        raise ValidationError({"file": ValidationError(text, code="type")})
    blob = store_blob(upload)
    name = clean_name(upload.name or "")
    return Attachment.objects.create(
        content_id=content.pk,
        blob=blob,
        name=name,
        media_type=image or mimetypes.guess_type(name)[0] or "application/octet-stream",
        is_image=bool(image),
        by=actor,
    )


@transaction.atomic
def attach_again(attachments: Iterable[Attachment], content: Content, *, actor: Any) -> dict[UUID, UUID]:
    """The same files on another content, made out of the first, whose action announces it: `{key there: key here}`.

    Give it what `visible_to` let through. Raises Refused.
    """
    _require_attaching(content, actor)
    copies = {
        one.uuid: Attachment(
            content_id=content.pk,
            blob_id=one.blob_id,
            name=one.name,
            media_type=one.media_type,
            is_image=one.is_image,
            by=actor,
        )
        for one in attachments
    }
    Attachment.objects.bulk_create(copies.values())
    return {key: one.uuid for key, one in copies.items()}


@transaction.atomic
def detach(attachment: Attachment, *, actor: Any) -> None:
    """Take a file off its content. The bytes stay for whatever else refers to them. Raises Refused."""
    _require_attaching(attachment.content, actor)
    content, name = attachment.content, attachment.name
    attachment.delete()
    record(FILE_DETACHED, content, actor=actor, data={"name": name})
