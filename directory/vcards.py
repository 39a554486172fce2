"""vCards: a person as an address book reads them.

Version 3.0 (RFC 2426), which telephones, Outlook and Notes all read.
"""

import base64
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.conf import settings

LINE = 75


def vcard_of(person: Any, shown: frozenset[str], photo: bytes | None = None) -> bytes:
    """The card of a `person` read with their unit. `shown`: the fields the reader may read (`privacy.shown_to`);
    `photo`: a JPEG, for a reader who may see it."""
    first, family = person.preferred_name or person.given_name, person.family_name
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_text(family)};{_text(first)};;;",
        f"FN:{_text(person.name)}",
        f"UID:urn:uuid:{person.uuid}",
        f"URL:{settings.SITE_URL}{person.get_absolute_url()}",
        f"ORG:{_text(settings.CITY_NAME)}" + (f";{_text(person.unit.name)}" if person.unit else ""),
        *_filled("TITLE", person.title),
        *_filled("TEL;TYPE=WORK,VOICE", person.phone),
        *(_filled("TEL;TYPE=CELL", person.mobile) if "mobile" in shown else ()),
        *_filled("EMAIL;TYPE=INTERNET,WORK", person.email),
    ]
    if person.site or person.room:
        lines.append(f"ADR;TYPE=WORK:;{_text(person.room)};{_text(person.site)};;;;")
    if photo and "photo" in shown:
        lines.append(f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(photo).decode()}")
    lines.append("END:VCARD")
    return b"".join(folded for line in lines for folded in _folded(line))


def _filled(name: str, value: str) -> list[str]:
    return [f"{name}:{_text(value)}"] if value else []


def _text(value: str) -> str:
    """SECURITY: a line break in a name would begin a property of its own choosing."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    value = "\\n".join(value.splitlines())
    return "".join(one for one in value if unicodedata.category(one) != "Cc")


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 bytes, none of which cuts a letter in two."""
    rest, room = line.encode(), LINE
    while len(rest) > room:
        cut = room
        while rest[cut] & 0b1100_0000 == 0b1000_0000:
            cut -= 1
        yield rest[:cut] + b"\r\n "
        # The blank that begins each further line counts.
        rest, room = rest[cut:], LINE - 1
    yield rest + b"\r\n"
