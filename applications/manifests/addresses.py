"""Where the doors of an application may lead.

SECURITY: no scheme that runs something in the page or reads a file, no name or password inside, only the machines that
the system was allowed, whatever the door.
"""

import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from foundation.ui.notes_links import NotesLinkError, parse_link

from ..models.applications import DESKTOP, FORBIDDEN_SCHEMES, PHONE, WEB
from .hosts import judge
from .problems import Flaw

# Known ways to run something on the computer by its address alone.
DANGEROUS = frozenset(
    {"ms-msdt", "ms-officecmd", "search-ms", "search", "shell", "mhtml", "mk", "res", "its", "ms-its"}
)
_BAD_SIGNS = re.compile(r"[\s\x00-\x20\x7f\\<>\"'`^{|}]")
_INNER = re.compile(r"([a-z][a-z0-9+.-]*):(?://)?([^/?#|\s]*)", re.IGNORECASE)


def flaws_of_web(address: str, hosts: Collection[str]) -> Iterator[Flaw]:
    """What is wrong with a web address. A Flaw that `is_warning` refuses nothing."""
    scheme = address.partition(":")[0].strip().lower()
    if scheme in FORBIDDEN_SCHEMES | DANGEROUS or (":" in address and scheme not in ("http", "https")):
        yield Flaw("scheme", data={"scheme": scheme[:30]})
        return
    if _BAD_SIGNS.search(address):
        yield Flaw("bad_address")
        return
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError:
        yield Flaw("bad_address")
        return
    if parts.scheme not in ("http", "https") or not host or port == 0:
        yield Flaw("bad_address")
        return
    if "@" in parts.netloc:
        yield Flaw("credentials")
        return
    found = judge(host, hosts)
    if found is not None:
        yield found
        return
    try:
        WEB(address)
    except ValidationError:
        yield Flaw("bad_address")
        return
    if parts.scheme == "http":
        yield Flaw("not_protected", is_warning=True)


def flaws_of_desktop(address: str, hosts: Collection[str]) -> Iterator[Flaw]:
    """What is wrong with the address of a program, and with what it is made to open."""
    scheme, _sep, rest = address.partition(":")
    if scheme.strip().lower() in FORBIDDEN_SCHEMES | DANGEROUS | {"http", "https", "notes", "tel"}:
        yield Flaw("scheme", data={"scheme": scheme[:30]})
        return
    try:
        DESKTOP(address)
    except ValidationError:
        yield Flaw("bad_program")
        return
    # SECURITY: "ms-word:ofe|u|https://…" opens what stands inside; written with percent signs too.
    seen = rest
    for _layer in range(3):
        for inner in _INNER.finditer(seen):
            name = inner[1].lower()
            if name in FORBIDDEN_SCHEMES | DANGEROUS:
                yield Flaw("scheme", data={"scheme": name[:30]})
                return
            if name in ("http", "https", "ftp", "smb", "dav", "davs", "ws", "wss"):
                host = inner[2].rpartition("@")[2].partition(":")[0]
                found = judge(host, hosts) if "@" not in inner[2] else Flaw("credentials")
                if found is not None:
                    yield found
                    return
        if seen.startswith("\\\\"):
            yield Flaw("bad_program")
            return
        seen = unquote(seen)


def flaws_of_notes(address: str, _hosts: Collection[str]) -> Iterator[Flaw]:
    """What is wrong with a Notes link. It leads into the city's own Notes: there is no list of machines."""
    try:
        parse_link(address)
    except NotesLinkError:
        yield Flaw("bad_notes")


def flaws_of_phone(number: str, _hosts: Collection[str]) -> Iterator[Flaw]:
    """What is wrong with a telephone number."""
    try:
        PHONE(number)
    except ValidationError:
        yield Flaw("bad_phone")


def flaws_of_email(text: str, _hosts: Collection[str]) -> Iterator[Flaw]:
    """What is wrong with an e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        yield Flaw("bad_email")


Judge = Callable[[str, Collection[str]], Iterator[Flaw]]
DOORS: dict[str, Judge] = {
    "web": flaws_of_web,
    "notes": flaws_of_notes,
    "desktop": flaws_of_desktop,
    "phone": flaws_of_phone,
}
