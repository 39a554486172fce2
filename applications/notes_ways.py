"""The ways in which a link to Notes can be opened, which of them a device has, and which one it remembers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directory.browsers import is_phone
from foundation.ui.notes_links import NotesLink, NotesLinkError

COOKIE = "parvis_notes"
YEAR = 365 * 24 * 3600
CLIENT, WEB, VERSE, FILE = "client", "web", "verse", "ndl"
# Where what a device remembers cannot be done with a link: what is closest.
INSTEAD = {VERSE: WEB, WEB: VERSE, FILE: CLIENT}
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]{1,400}", re.I)


@dataclass(frozen=True)
class WayKind:
    """A way in words. `verb`: what its button does; `says`: what it needs."""

    key: str
    name: str | Promise
    verb: str | Promise
    says: str | Promise
    symbol: str


KINDS = {
    one.key: one
    for one in (
        WayKind(
            CLIENT, _("With Notes"), _("Open in Notes"), _("When Notes is installed on this device."), "device-desktop"
        ),
        WayKind(WEB, _("On the web"), _("Open on the web"), _("In this browser, on any device."), "world"),
        WayKind(VERSE, _("With Verse"), _("Open with Verse"), _("In this browser, on any device."), "mail"),
        WayKind(
            FILE,
            _("With a link file"),
            _("Download the link file"),
            _("A small .ndl file that Notes opens, where addresses that begin with notes:// are blocked."),
            "file-description",
        ),
    )
}
SPECIAL_NAMES: Mapping[str, str | Promise] = {
    "mail": _("My Notes mail"),
    "contacts": _("My Notes contacts"),
    "subscriptions": _("My Notes subscriptions"),
    "bookmarks": _("My Notes bookmarks"),
}


@dataclass(frozen=True)
class Way:
    """One way to open one link. `url`: where it leads; of a link file, nothing: the page itself answers it."""

    kind: WayKind
    url: str = ""

    @property
    def key(self) -> str:
        return self.kind.key


def ways_of(link: NotesLink, request: HttpRequest) -> list[Way]:
    """The ways that `link` has, the best for this device first: on a telephone, the web."""
    found = {CLIENT: Way(KINDS[CLIENT], link.to_url())}
    if link.is_special:
        for key, name in ((WEB, link.special), (VERSE, "verse" if link.special == "mail" else "")):
            address = settings.NOTES_WEB_ADDRESSES.get(name, "")
            if _WEB_ADDRESS.fullmatch(address):
                found[key] = Way(KINDS[key], address)
    else:
        if base := web_host_of(link):
            found[WEB] = Way(KINDS[WEB], link.to_web(base))
        if link.replica:
            found[FILE] = Way(KINDS[FILE])
    order = (WEB, VERSE, CLIENT, FILE) if is_phone(request.headers.get("User-Agent", "")) else tuple(KINDS)
    return [found[key] for key in order if key in found]


def web_host_of(link: NotesLink) -> str:
    """The Domino web server that shows it; empty when none is set.

    SECURITY: one of the settings, whatever server the link names: nobody is led to a server of somebody else's choice.
    """
    for pattern, base in settings.DOMINO_WEB_HOSTS.items():
        if _WEB_ADDRESS.fullmatch(base) and _fits(link.server, pattern, base):
            return base
    return ""


def is_known(link: NotesLink) -> bool:
    """Whether the server it names is one of the city's, or left to the client."""
    named = (one for one in settings.DOMINO_WEB_HOSTS.items() if one[0] != "*")
    return not link.server or any(_fits(link.server, pattern, base) for pattern, base in named)


def _fits(server: str, pattern: str, base: str) -> bool:
    host = urlsplit(base).hostname or ""
    return fnmatchcase(server.lower(), pattern.lower()) or bool(server and host and server.lower() == host)


def remembered_way(request: HttpRequest) -> str:
    """What this device remembers: a key of `KINDS`, or nothing."""
    way = request.COOKIES.get(COOKIE, "")
    return way if way in KINDS else ""


def chosen(ways: list[Way], key: str) -> Way | None:
    """The way with that key, or the closest to it; None when `key` is empty."""
    by_key = {one.key: one for one in ways}
    return by_key.get(key) or by_key.get(INSTEAD.get(key, ""))


def remember(response: HttpResponse, way: str) -> None:
    """Have this device remember a way, or forget it when `way` is empty."""
    if way:
        response.set_cookie(
            COOKIE, way, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")


def facts_of(link: NotesLink) -> list[tuple[str | Promise, str]]:
    """What a link says, in words: (what, value)."""
    replica = f"{link.replica[:8]}:{link.replica[8:]}"
    facts = [
        (_("Server"), link.server),
        (_("Database"), link.path or (str(_("That of whoever opens it")) if link.is_special else replica)),
        (_("View"), link.view),
        (pgettext_lazy("notes link", "Document"), link.document),
    ]
    return [(label, value) for label, value in facts if value]


def name_of(link: NotesLink) -> str | Promise:
    """What it leads to, in a few words."""
    if link.is_special:
        return SPECIAL_NAMES[link.special]
    if link.document:
        return _("A document in Notes")
    return _("A view of a Notes database") if link.view else _("A Notes database")


def file_of(link: NotesLink, title: str) -> bytes | None:
    """The link file; None for a link that cannot be one."""
    try:
        return link.to_ndl(title).encode("windows-1252")
    except NotesLinkError:
        return None
