"""An agenda read over CalDAV: the calendars of the person, and in each the events of today and tomorrow.

SECURITY: the server is asked at the addresses of the settings and below, whatever addresses its answers hold; answers
are bounded, and read without document types or entities.
"""

import posixpath
import time
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.utils import timezone

from foundation.outgoing.http import Answer, request
from foundation.outgoing.problems import Problem

from .calendars import events_in, window
from .ics import basic, check_status
from .imap import trusted
from .interface import NextEvents, Who

# Seconds for all the questions together.
WHOLE = 10.0
LIMIT = 2 * 1024 * 1024
CALENDARS = 10
DEPTH = 40
DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
XML = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}

PROPFIND = (
    '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
    "<d:resourcetype/><c:supported-calendar-component-set/></d:prop></d:propfind>"
)
QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    '<d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
    '<c:time-range start="{}" end="{}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
)


class CalDavProvider:
    """The server of CALDAV_URL, with the city's service account or the person's own token."""

    def __init__(self) -> None:
        self.needs_secret = not settings.AGENDA_USER

    def server(self, who: Who) -> str:
        return urlsplit(settings.CALDAV_URL).netloc.lower()

    def read(self, who: Who) -> NextEvents:
        """At most ten seconds. Raises Problem."""
        home = who.fill(settings.CALDAV_URL, lambda value: quote(value, safe="@"))
        if self.needs_secret:
            user, password = who.fill(settings.CALDAV_LOGIN), who.secret
        else:
            user, password = settings.AGENDA_USER, settings.AGENDA_PASSWORD
        talk = _Talk(home, {**XML, **basic(user, password)}, is_own_token=self.needs_secret)
        begins, ends = window()
        query = QUERY.format(_utc(begins), _utc(ends)).encode()
        files = [
            data.encode()
            for address in _calendars(home, talk.ask("PROPFIND", home, PROPFIND.encode()))
            for one in talk.ask("REPORT", address, query).iter(f"{CAL}calendar-data")
            if (data := one.text)
        ]
        return NextEvents(events_in(files, who.email), timezone.now())


class _Talk:
    """Questions to one server, bounded together in time and size."""

    def __init__(self, home: str, headers: dict[str, str], *, is_own_token: bool) -> None:
        self._is_own_token = is_own_token
        self._headers, self._until, self._left = headers, time.monotonic() + WHOLE, LIMIT
        self._allow, self._context = (urlsplit(home).hostname or "",), trusted(settings.AGENDA_CA_FILE)

    def ask(self, method: str, address: str, body: bytes) -> ElementTree.Element:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Problem("slow", seconds=int(WHOLE))
        answer: Answer = request(
            method, address, self._headers, body,
            allow=self._allow, limit=self._left, whole=left, context=self._context,
        )  # fmt: skip
        self._left -= len(answer.body)
        check_status(answer.status, is_own_token=self._is_own_token)
        return _parsed(answer.body)


class _Builder(ElementTree.TreeBuilder):
    """SECURITY: a document type is where entities are defined; nothing of this protocol has one, nor is it deep."""

    depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise Problem("bad_answer")

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self.depth += 1
        if self.depth > DEPTH:
            raise Problem("bad_answer")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


def _parsed(body: bytes) -> ElementTree.Element:
    try:
        parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314
        parser.feed(body)
        found: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Problem("bad_answer") from None
    if found.tag != f"{DAV}multistatus":
        raise Problem("bad_answer")
    return found


def _calendars(home: str, answer: ElementTree.Element) -> list[str]:
    """Addresses of the calendars of events at `home` or right below it, ten at most."""
    found: list[str] = []
    for response in answer.iter(f"{DAV}response"):
        if next(response.iter(f"{CAL}calendar"), None) is None:
            continue
        kinds = {one.get("name", "").upper() for one in response.iter(f"{CAL}comp")}
        if kinds and "VEVENT" not in kinds:
            continue
        address = _below(home, response.findtext(f"{DAV}href", "").strip())
        if address and address not in found:
            found.append(address)
    return found[:CALENDARS]


def _below(home: str, href: str) -> str:
    """The address of a calendar of `home`; empty when it leads elsewhere.

    SECURITY: to another machine the credentials would go too, and another person's calendar is none of this one's.
    """
    try:
        address = urlsplit(urljoin(home, href))
    except ValueError:
        return ""
    base = urlsplit(home)
    path = posixpath.normpath(unquote(address.path))
    root = posixpath.normpath(unquote(base.path))
    if (address.scheme, address.netloc) != (base.scheme, base.netloc) or "\\" in path:
        return ""
    if path != root and not path.startswith(root.rstrip("/") + "/"):
        return ""
    return base._replace(path=quote(path + ("/" if address.path.endswith("/") else "")), query="").geturl()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
