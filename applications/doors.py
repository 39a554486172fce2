"""The doors of an application, as links: what its page and programs are given."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from foundation.ui.addresses import address

from .models import DOOR_FIELDS, Application, Door
from .models.applications import DESKTOP, FORBIDDEN_SCHEMES, WEB

ICONS = {
    Door.WEB.value: "world",
    Door.NOTES.value: "notebook",
    Door.DESKTOP.value: "device-desktop",
    Door.PHONE.value: "phone",
}
_NOT_DIALLED = re.compile(r"[^0-9+,]")


@dataclass(frozen=True)
class Link:
    """One way to open it. kind: of `Door`; label: the kind in words; url: where the link leads; text: the address as
    one reads it."""

    kind: str
    label: str
    icon: str
    url: str
    text: str
    is_main: bool


def doors_of(application: Application) -> list[Link]:
    """Every way to open it, the one of its tile first. Asks no right: of an application one may open."""
    kinds = sorted(DOOR_FIELDS, key=lambda kind: kind != application.opens_with)
    links = [_link(application, Door(kind)) for kind in kinds]
    return [one for one in links if one is not None]


def dialled(phone: str) -> str:
    """The `tel:` address of a telephone number; the extension after a pause."""
    return f"tel:{_NOT_DIALLED.sub('', phone)}"


def _link(application: Application, kind: Door) -> Link | None:
    text = getattr(application, DOOR_FIELDS[kind.value])
    if not text or not _is_sound(kind, text):
        return None
    is_main = kind == application.opens_with
    if kind == Door.NOTES or (kind == Door.WEB and is_main):
        url = address("applications:open", application.uuid)
    else:
        url = dialled(text) if kind == Door.PHONE else text
    return Link(kind.value, str(kind.label), ICONS[kind.value], url, text, is_main)


def _is_sound(kind: Door, text: str) -> bool:
    """SECURITY: checked as it was written already; looked at again, for it becomes the address of a link."""
    try:
        if kind == Door.WEB:
            WEB(text)
        elif kind == Door.DESKTOP:
            DESKTOP(text)
            return text.partition(":")[0].lower() not in FORBIDDEN_SCHEMES
    except ValidationError:
        return False
    return True
