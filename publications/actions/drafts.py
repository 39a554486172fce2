"""How the words of a notice are taken in: cleaned, checked, and put on the object."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation.audiences.actions import audience_of
from foundation.audiences.models import Audience
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from foundation.ui.rich_text import clean_rich_text
from foundation.ui.typography import tie_french

from ..models import BODY_MAX, Notice, Tag
from ..pairs import state_of

LINES = (
    "title",
    "title_translated",
    "summary",
    "summary_translated",
    "on_behalf",
    "on_behalf_translated",
    "contact_note",
    "event_place",
)
BODIES = ("body", "body_translated")
PLAIN = (
    "genre",
    "language",
    "unit",
    "contact",
    "event_starts",
    "event_ends",
    "acknowledgement",
    "acknowledge_within",
    "go_live_at",
    "expire_at",
)
TAGS_MAX = 8
# SECURITY: drawing a PDF costs by the paragraph and the cell: 24,000 of them take a minute and a gigabyte.
PARTS_MOST = 5000
_PART = re.compile(r"<[a-z]")


def addressed_to(principals: Collection[str], space: Space) -> Audience | None:
    """The audience of a notice: whom it is for, and the editors who answer for it. None: whoever reads the site."""
    return audience_of({*principals, principal("editors", space.pk)}) if principals else None


def addressees(audience: Audience | None) -> frozenset[str]:
    """Whom a notice is for, without its editors."""
    return frozenset(one for one in audience.principals if not one.startswith("editors:")) if audience else frozenset()


def fill(notice: Notice, values: Mapping[str, Any]) -> None:
    """Put `values` on a notice being written; those not given stay. Raises ValidationError by field.

    Keys: the fields of `DRAFTED` (bodies in any HTML or plain text), `audience` as principals, `translation_ready`.
    """
    errors: dict[str, str] = {}
    for name in LINES:
        if name in values:
            text = " ".join((values[name] or "").replace("\x00", "").split())
            most = getattr(Notice._meta.get_field(name), "max_length", None)
            if most is not None and len(text) > most:
                errors[name] = _("This is too long: at most %(max)s characters.") % {"max": most}
            setattr(notice, name, text)
    for name in BODIES:
        if name in values:
            if len(values[name] or "") > BODY_MAX:
                errors[name] = _("This is too long: at most %(max)s characters.") % {"max": BODY_MAX}
                continue
            text = str(clean_rich_text(values[name] or ""))
            if len(text) > BODY_MAX:
                errors[name] = _("This is too long: at most %(max)s characters.") % {"max": BODY_MAX}
            elif len(_PART.findall(text)) > PARTS_MOST:
                errors[name] = _("This has too many paragraphs and cells: attach a part of it as a file.")
            setattr(notice, name, text)
    for name in PLAIN:
        if name in values:
            setattr(notice, name, values[name])
    if "audience" in values:
        notice.audience = addressed_to(values["audience"] or (), notice.space)
    if not notice.title:
        errors["title"] = _("Give the notice a title.")
    if errors:
        raise ValidationError(errors)
    french = "" if notice.language == "fr" else "_translated"
    for name in ("title", "summary", "body"):
        setattr(notice, f"{name}{french}", tie_french(getattr(notice, f"{name}{french}")))
    if "translation_ready" in values:
        notice.translated_from = notice.original if values["translation_ready"] else {}
    notice.translation_state = state_of(notice, notice.other_language)


def tags_named(names: Collection[str]) -> list[Tag]:
    """The subjects of these addresses. Raises ValidationError for one there is not, and for too many."""
    if len(names) > TAGS_MAX:
        raise ValidationError({"tags": _("Choose at most %(max)s subjects.") % {"max": TAGS_MAX}})
    found = list(Tag.objects.filter(slug__in=names))
    if len(found) < len(set(names)):
        raise ValidationError({"tags": _("This subject does not exist.")})
    return found


def slug_for(name: str) -> str:
    """The address of a subject."""
    return slugify(name)[:60]
