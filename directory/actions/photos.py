"""Photos: LDAP's, one's own, and which of them others see."""

import hashlib
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.files.actions import store_blob, store_blobs
from foundation.files.models import Blob

from ..activities import PHOTO_CHANGED
from ..models import Person
from ..photos import MAX_BYTES, OWN_LEAST, NotAPicture, TooSmall, is_picture, own_picture
from ..privacy import NOBODY, level_of

BATCH = 500
_FIELDS = ("privacy", "is_active", "photo_id", "own_photo_id", "ldap_photo_id")


def _photo_of(person: Person) -> str | None:
    """Which picture others see: the person's own before LDAP's, none when they hide it or have left."""
    if not person.is_active or level_of(person, "photo") == NOBODY:
        return None
    return person.own_photo_id or person.ldap_photo_id


def refresh_photos(person_ids: Collection[int]) -> None:
    """Make what others see of these people what it must be now. Bounded queries, whatever their number."""
    people = Person.objects.filter(pk__in=person_ids).only(*_FIELDS)
    changed = []
    for person in people:
        shown = _photo_of(person)
        if shown != person.photo_id:
            person.photo_id = shown
            changed.append(person)
    Person.objects.bulk_update(changed, ["photo"], batch_size=BATCH)


@transaction.atomic
def set_photo(person: Person, upload: File, *, actor: Any) -> None:
    """Show this picture of oneself. Raises Refused and ValidationError."""
    require(actor, "directory.change_profile", person)
    if (upload.size or 0) > MAX_BYTES:
        too_large = _("This picture is too large: at most %(max)s MB.") % {"max": MAX_BYTES // 1024 // 1024}
        raise ValidationError({"photo": too_large})
    try:
        data = own_picture(upload.file or upload)
    except TooSmall as error:
        too_small = _("This picture is too small: at least %(least)s pixels wide and high.") % {"least": OWN_LEAST}
        raise ValidationError({"photo": too_small}) from error
    except NotAPicture as error:
        wrong = _("This file is not a picture we can show: choose a JPEG, PNG, GIF or WebP file.")
        raise ValidationError({"photo": wrong}) from error
    person.own_photo = store_blob(ContentFile(data))
    _keep(person, actor)


@transaction.atomic
def remove_photo(person: Person, *, actor: Any) -> None:
    """Take one's own picture away: LDAP's, if there is one, is shown again. Raises Refused."""
    require(actor, "directory.change_profile", person)
    if person.own_photo_id is None:
        return
    person.own_photo = None
    _keep(person, actor)


def _keep(person: Person, actor: Any) -> None:
    person.photo_id = _photo_of(person)
    person.save(update_fields=["own_photo", "photo"])
    record(PHOTO_CHANGED, None, actor=actor, data={"person": str(person.uuid), "fields": ["photo"]})


def keep_ldap_photos(photos: "dict[int, bytes | None]") -> list[int]:
    """Make LDAP's photos of these people (by id; None: no longer one) those given. Answers the ids whose bytes are no
    picture: they keep the one they had."""
    refused = [pk for pk, data in photos.items() if data is not None and not is_picture(data)]
    wanted = {pk: data for pk, data in photos.items() if pk not in set(refused)}
    ids = list(wanted)
    for start in range(0, len(ids), BATCH):
        _keep_batch({pk: wanted[pk] for pk in ids[start : start + BATCH]})
    return refused


@transaction.atomic
def _keep_batch(photos: "dict[int, bytes | None]") -> None:
    digests = {pk: hashlib.sha256(data).hexdigest() if data else None for pk, data in photos.items()}
    wanted = {digest: photos[pk] for pk, digest in digests.items() if digest}
    # Bytes already there cost their hash, and are not written again.
    kept = set(Blob.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    store_blobs(ContentFile(data) for digest, data in wanted.items() if digest not in kept and data)
    changed = []
    for person in Person.objects.filter(pk__in=photos).only(*_FIELDS):
        before = (person.ldap_photo_id, person.photo_id)
        person.ldap_photo_id = digests[person.pk]
        person.photo_id = _photo_of(person)
        if (person.ldap_photo_id, person.photo_id) != before:
            changed.append(person)
    Person.objects.bulk_update(changed, ["ldap_photo", "photo"])
