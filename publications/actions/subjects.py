"""What one does to subjects: the list publications are gathered under."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import SUBJECT_ADDED, SUBJECT_RENAMED, SUBJECT_WITHDRAWN
from ..models import Tag
from .drafts import slug_for

NAME_MAX = 80


def _names(name_fr: str, name_en: str, *, but: int = 0) -> tuple[str, str]:
    french, english = (" ".join(one.replace("\x00", "").split()) for one in (name_fr, name_en))
    if not slug_for(french):
        raise ValidationError({"name_fr": _("Give the subject a French name.")})
    if max(len(french), len(english)) > NAME_MAX:
        raise ValidationError({"name_fr": _("This is too long: at most %(max)s characters.") % {"max": NAME_MAX}})
    if Tag.objects.filter(name_fr__iexact=french).exclude(pk=but).exists():
        raise ValidationError({"name_fr": _("There is a subject of this name already.")})
    return french, english


@transaction.atomic
def add_subject(name_fr: str, name_en: str, *, actor: Any) -> Tag:
    """Add a subject; its address comes from its French name and stays. Raises Refused and ValidationError."""
    require(actor, "publications.keep_subjects", None)
    french, english = _names(name_fr, name_en)
    slug = slug_for(french)
    if Tag.objects.filter(slug=slug).exists():
        raise ValidationError({"name_fr": _("There is a subject of this name already.")})
    subject = Tag.objects.create(slug=slug, name_fr=french, name_en=english)
    record(SUBJECT_ADDED, None, actor=actor, data={"subject": slug, "name": french})
    return subject


@transaction.atomic
def rename_subject(subject: Tag, name_fr: str, name_en: str, *, actor: Any) -> None:
    """Change its names; what is gathered under it stays. Raises Refused and ValidationError."""
    require(actor, "publications.keep_subjects", None)
    subject.name_fr, subject.name_en = _names(name_fr, name_en, but=subject.pk)
    subject.save(update_fields=["name_fr", "name_en"])
    record(SUBJECT_RENAMED, None, actor=actor, data={"subject": subject.slug, "name": subject.name_fr})


@transaction.atomic
def withdraw_subject(subject: Tag, *, actor: Any) -> None:
    """Take it off the list, while nothing is gathered under it. Raises Refused and ValidationError."""
    require(actor, "publications.keep_subjects", None)
    if subject.notices.exists():
        raise ValidationError(_("Publications are gathered under this subject: rename it instead."))
    slug, name = subject.slug, subject.name_fr
    subject.delete()
    record(SUBJECT_WITHDRAWN, None, actor=actor, data={"subject": slug, "name": name})
