"""The values of a feed, one at a time: texts, dates, addresses, languages, as a notice can hold them."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from foundation.ui.rich_text import ATTRIBUTES, SCHEMES, TAGS, clean_rich_text, plain_text

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def absolute(html: str, url: str) -> str:
    """Safe HTML. SECURITY: no link of a stranger's text becomes an address of the portal."""
    # Cleaned first: that bounds the depth any parser sees.
    safe = str(clean_rich_text(CONTROL.sub("", html), with_notes=False))
    how: Any = ("rewrite_with_base", url) if url else "deny"
    return nh3.clean(safe, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, url_relative=how, link_rel=None)


def language_of(wanted: str, said: str) -> str:
    """fr or en: what the source was set to, or what the item says, or French."""
    if wanted in ("fr", "en"):
        return wanted
    return "en" if said.lower().startswith("en") else "fr"


def one_line(text: str) -> str:
    return " ".join(CONTROL.sub("", text).split())


def plain(detail: Mapping[str, Any], text: str) -> str:
    """A title without its tags, if it is said to be HTML."""
    is_html = "html" in str(detail.get("type", ""))
    return plain_text(nh3.clean(text, tags=set(), link_rel=None)).replace("\n", " ") if is_html else text


def cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[: most - 1].rstrip()}…"


def short_id(text: str) -> str:
    text = CONTROL.sub("", text).strip()
    return text if len(text) <= 300 else "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def web_address(text: str, base: str) -> str:
    """An address of the web, complete; empty for any other."""
    try:
        url = urljoin(base, text.strip()) if text.strip() else ""
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    return url if is_web and len(url) <= 500 and not re.search(r"[\s\x00-\x1f\"<>]", url) else ""


def from_struct(value: Any) -> datetime | None:
    """What feedparser read, which is in UTC."""
    try:
        return datetime(*value[:6], tzinfo=UTC) if value else None
    except (ValueError, TypeError):
        return None


def moment_of(text: str) -> datetime | None:
    """A date with or without its hour, in ISO's or iCalendar's form; without a zone, the city's."""
    text = re.sub(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$", _spelled, text.strip())
    try:
        found = parse_datetime(text)
        day: date | None = None if found else parse_date(text)
    except (ValueError, OverflowError):
        return None
    if found is None:
        found = datetime.combine(day, clock.min) if day else None
    if found is None:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _spelled(match: re.Match[str]) -> str:
    hour = f"T{match[4]}:{match[5]}:{match[6]}{match[7]}" if match[4] else ""
    return f"{match[1]}-{match[2]}-{match[3]}{hour}"
