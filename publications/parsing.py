"""What sources send, read into items: Atom, RSS and JSON. Everything is read before anything is written.

SECURITY: hostile until proved otherwise: encodings are a short list and checked strictly, entities are refused before
any parser could expand them, depth and number are bounded, HTML is cleaned here and again when a notice is written.
"""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from xml.parsers import expat

import feedparser
import nh3
from django.utils import timezone

from foundation.outgoing.problems import Problem
from foundation.ui.rich_text import plain_text

from .feed_values import absolute, cut, from_struct, language_of, moment_of, one_line, plain, short_id, web_address
from .models import BODY_MAX, Notice

ITEMS_MAX = 200
DEEPEST = 100
OLDEST = timedelta(days=3653)
ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin-1", "windows-1252", "cp1252"}
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]*\?>""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_JSON_FIELDS = ("title", "summary", "body")


@dataclass(frozen=True)
class Item:
    """One publication as its source gives it, in one language; `other`: the texts in the other one, if it has both."""

    external_id: str
    language: str
    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    # Addresses of the same publication in the other language.
    alternates: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    event_starts: datetime | None = None
    event_ends: datetime | None = None
    event_place: str = ""
    subjects: tuple[str, ...] = ()
    other: dict[str, str] = field(default_factory=dict)
    is_withdrawn: bool = False

    @property
    def digest(self) -> str:
        """Of everything that is taken over, not of the date of change: a feed may say « now » each time."""
        parts = [
            *(self.language, self.title, self.summary, self.body, self.url, self.event_place, str(self.is_withdrawn)),
            *(one.isoformat() if one else "" for one in (self.event_starts, self.event_ends)),
            *self.subjects,
            *(f"{name}={text}" for name, text in sorted(self.other.items())),
        ]
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Parsed:
    """Items, the oldest first, and what was wrong with single ones: {"code", "item", "data"}."""

    items: list[Item] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def note(self, code: str, item: str = "", **data: Any) -> None:
        self.problems.append({"code": code, "item": item[:200], "data": data})


def read_feed(body: bytes, content_type: str, base: str, language: str) -> Parsed:
    """The items of an Atom or RSS document. `language`: that of items which do not say theirs, or of all (fr, en); or
    auto. Raises Problem when the whole cannot be read."""
    text = _decoded(body, content_type)
    _check(text)
    # Bytes in a stream: a text could be taken for an address or the name of a file.
    found = feedparser.parse(
        io.BytesIO(_DECLARATION.sub("", text).lstrip().encode()), sanitize_html=False, resolve_relative_uris=False
    )
    if found.bozo and not isinstance(found.bozo_exception, feedparser.NonXMLContentType):
        raise Problem("bad_xml", line=getattr(found.bozo_exception, "getLineNumber", lambda: 1)())
    parsed = Parsed()
    for entry in found.entries:
        _entry(parsed, entry, base, language, found.feed.get("language", ""))
    return _settled(parsed)


def read_json(body: bytes, base: str, language: str) -> Parsed:
    """The items of a push: an object with `items`, a list, or one item. Raises Problem when it cannot be read."""
    try:
        found = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Problem("encoding", encoding="utf-8") from None
    except (ValueError, RecursionError):
        raise Problem("bad_json") from None
    if isinstance(found, dict) and "items" in found:
        found = found["items"]
    items = [found] if isinstance(found, dict) else found
    if not isinstance(items, list) or not items or not all(isinstance(one, dict) for one in items):
        raise Problem("bad_shape")
    if len(items) > ITEMS_MAX:
        raise Problem("too_many", count=ITEMS_MAX)
    parsed = Parsed()
    for one in items:
        _json_item(parsed, one, base, language)
    return _settled(parsed)


# -- the document -----------------------------------------------------------------------------------------------------


def _decoded(body: bytes, content_type: str) -> str:
    """The text, in the encoding it says it is in: its mark, its declaration, the answer's, or UTF-8."""
    encoding = next((name for mark, name in MARKS if body.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(body[:400].decode("latin-1"))
        charset = re.search(r"charset=\"?([A-Za-z0-9._-]{1,40})", content_type)
        encoding = (declared[1] if declared else charset[1] if charset else "utf-8").lower()
        # SECURITY: Python knows "encodings" that are none.
        if encoding not in ENCODINGS:
            raise Problem("encoding_unknown", encoding=encoding)
    try:
        text = body.decode(encoding)
    except UnicodeError:
        raise Problem("encoding", encoding=encoding.removesuffix("-sig")) from None
    return text.removeprefix("\ufeff")


def _check(text: str) -> None:
    """That it is one well-formed feed, by a parser that stops at the first thing it should not hold."""
    head = text.lstrip()[:400].lower()
    if head.startswith(("<!doctype html", "<html")) or not head.startswith("<"):
        raise Problem("html" if head.startswith("<") else "not_feed")
    parser, depth, root = expat.ParserCreate("utf-8"), 0, ""

    def start(name: str, _attributes: Any) -> None:
        nonlocal depth, root
        depth += 1
        root = root or name
        if depth > DEEPEST:
            raise Problem("too_deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_values: Any) -> None:
        # SECURITY: "a billion laughs", and files or addresses named by an entity.
        raise Problem("entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = entity
    try:
        parser.Parse(_DECLARATION.sub("", text).lstrip().encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise Problem("bad_xml", line=error.lineno) from None
    name = root.rpartition(":")[2].lower()
    if name not in ("feed", "rss", "rdf"):
        raise Problem("html" if name == "html" else "not_feed")


# -- items ------------------------------------------------------------------------------------------------------------


def _entry(parsed: Parsed, entry: Any, base: str, language: str, of_feed: str) -> None:
    links = [one for one in entry.get("links", []) if one.get("rel", "alternate") == "alternate"]
    contents = entry.get("content") or []
    said = next(
        (one.get("language") for one in [*contents, entry.get("title_detail") or {}] if one.get("language")), ""
    )
    spoken = language_of(language, entry.get("language") or entry.get("dc_language") or said or of_feed)
    others = [one for one in links if one.get("hreflang") and language_of("auto", one["hreflang"]) != spoken]
    mine = [one for one in links if one not in others]
    url = web_address(mine[0]["href"] if mine and mine[0].get("href") else entry.get("link", ""), base)
    summary = entry.get("summary", "")
    _add(
        parsed,
        Item(
            external_id=str(entry.get("id") or url),
            language=spoken,
            title=one_line(plain(entry.get("title_detail") or {}, entry.get("title", ""))),
            summary=summary,
            body=contents[0].get("value", "") if contents else "",
            url=url,
            alternates=tuple(web_address(one.get("href", ""), base) for one in others),
            published=from_struct(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
            # Past its own `get`, which gives one date for the other.
            updated=from_struct(dict.get(entry, "updated_parsed")),
            event_starts=moment_of(entry.get("ev_startdate") or entry.get("xcal_dtstart") or ""),
            event_ends=moment_of(entry.get("ev_enddate") or entry.get("xcal_dtend") or ""),
            event_place=one_line(str(entry.get("ev_location") or entry.get("xcal_location") or "")),
            subjects=tuple(str(one.get("term") or "") for one in entry.get("tags") or [] if one.get("term"))[:8],
        ),
    )


def _json_item(parsed: Parsed, one: Mapping[str, Any], base: str, language: str) -> None:
    """{"id", "language", "title", "summary", "body", "url", "published", "event": {"starts", "ends", "place"},
    "subjects": […], "withdrawn": true}; a text may be {"fr": …, "en": …}."""
    event = one.get("event") or {}
    texts = {name: one.get(name) for name in _JSON_FIELDS}
    if not isinstance(event, dict) or not all(isinstance(text, str | dict | None) for text in texts.values()):
        raise Problem("bad_shape")
    spoken = language_of(language, str(one.get("language") or ""))
    if isinstance(texts["title"], dict) and not texts["title"].get(spoken):
        spoken = "en" if spoken == "fr" else "fr"
    unspoken = "en" if spoken == "fr" else "fr"
    mine = {name: _in(text, spoken) for name, text in texts.items()}
    theirs = {name: _in(text, unspoken) if isinstance(text, dict) else "" for name, text in texts.items()}
    _add(
        parsed,
        Item(
            external_id=str(one.get("id") or ""),
            language=spoken,
            title=one_line(mine["title"]),
            summary=mine["summary"],
            body=mine["body"],
            url=web_address(str(one.get("url") or ""), base),
            published=moment_of(str(one.get("published") or "")),
            updated=moment_of(str(one.get("updated") or "")),
            event_starts=moment_of(str(event.get("starts") or "")),
            event_ends=moment_of(str(event.get("ends") or "")),
            event_place=one_line(str(event.get("place") or "")),
            subjects=tuple(str(tag) for tag in one.get("subjects") or [] if isinstance(tag, str))[:8],
            other=theirs if theirs["title"] and theirs["body"] else {},
            is_withdrawn=one.get("withdrawn") is True,
        ),
    )


def _in(text: Any, language: str) -> str:
    return str(text.get(language) or "") if isinstance(text, dict) else str(text or "")


def _add(parsed: Parsed, item: Item) -> None:
    """Keep the item as a notice can hold it, or say why it is left out."""
    name = item.title or item.external_id
    if not item.external_id.strip():
        parsed.note("no_id", name)
        return
    if not item.title and not item.is_withdrawn:
        parsed.note("no_title", name)
        return
    if max(len(item.body), len(item.summary), *map(len, item.other.values())) > BODY_MAX:
        parsed.note("too_long", name)
        return
    item = replace(
        item,
        external_id=short_id(item.external_id),
        published=_believable(parsed, item.published, name),
        **_texts(item.title, item.summary, item.body, item.url),
    )
    if item.other:
        item = replace(
            item, other=_texts(one_line(item.other["title"]), item.other["summary"], item.other["body"], item.url)
        )
    starts, ends = item.event_starts, item.event_ends
    if ends and (not starts or ends < starts):
        item = replace(item, event_ends=None)
    parsed.items.append(item)


def _texts(title: str, summary: str, body: str, url: str) -> dict[str, str]:
    """Title, summary and body that fit a notice. Links that lead from the source's own page are completed: here they
    would lead into the portal."""
    lead = one_line(plain_text(absolute(summary, url))) if summary else ""
    text = absolute(body or summary, url)
    if not text.strip() and url:
        text = f'<p><a href="{nh3.clean_text(url)}">{nh3.clean_text(title)}</a></p>'
    return {
        "title": cut(title, Notice._meta.get_field("title").max_length),
        # The same words twice help nobody.
        "summary": cut(lead, 400) if body else "",
        "body": text,
    }


def _settled(parsed: Parsed) -> Parsed:
    """Each id once in each language, the oldest first, and no more than may be."""
    newest: dict[tuple[str, str], Item] = {}
    for one in parsed.items:
        key = (one.external_id, one.language)
        before = newest.get(key)
        if before is not None:
            parsed.note("twice", one.title)
            if _age(one) <= _age(before):
                continue
        newest[key] = one
    items = sorted(newest.values(), key=lambda one: one.published or timezone.now())
    if len(items) > ITEMS_MAX:
        parsed.note("too_many", count=ITEMS_MAX)
    parsed.items = items[-ITEMS_MAX:]
    return parsed


def _age(item: Item) -> float:
    moment = item.updated or item.published
    return moment.timestamp() if moment else 0.0


def _believable(parsed: Parsed, moment: datetime | None, name: str) -> datetime | None:
    """The date of publication, within reason. A clock a few minutes fast is no news."""
    now = timezone.now()
    if moment is None:
        return None
    if moment > now:
        if moment > now + timedelta(hours=1):
            parsed.note("future", name)
        return None
    if moment < now - OLDEST:
        parsed.note("ancient", name)
        return None
    return moment
