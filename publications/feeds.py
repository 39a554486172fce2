"""What one may read, for feed readers and calendars: Atom, RSS, iCalendar. Each is `visible_to` one person, as now."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from foundation.ui.rich_text import plain_text

from .feed_values import CONTROL
from .models import Genre, Notice
from .pairs import READABLE, state_of

ENTRIES, DATED = 50, 500
# What took place stays in calendars for a while.
PAST = timedelta(days=90)


class AtomFeed(Atom1Feed):
    """Atom, with the whole text, and the language of each entry, which need not be the feed's."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["spoken"]}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["text"]:
            handler.addQuickElement("content", item["text"], {"type": "html"})


class RssFeed(Rss201rev2Feed):
    """RSS 2.0, with the whole text. An entry has no language of its own there."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["text"]:
            handler.addQuickElement("content:encoded", item["text"])


FORMATS: dict[str, Any] = {"atom": AtomFeed, "rss": RssFeed}


def stream(found: QuerySet, *, genre: str = "", subject: str = "", language: str = "") -> Any:
    """Narrow what one may see to what was asked for. `language`: only what can be read in it."""
    found = found.in_force()
    if genre:
        found = found.of_genre(genre)
    if subject:
        found = found.tagged(subject)
    rows = found.with_row().newest_first()
    if not language:
        return list(rows[:ENTRIES])
    # What a language is worth is not a column: a few more are looked at.
    return [one for one in rows[: ENTRIES * 4] if state_of(one, language) in READABLE][:ENTRIES]


def dated(found: QuerySet) -> list[Notice]:
    """What takes place, from a while ago on."""
    since = timezone.now() - PAST
    return list(found.in_force().filter(event_starts__gte=since).with_row().order_by("event_starts", "pk")[:DATED])


def etag_of(person: Any, notices: Sequence[Notice], *said: str) -> str:
    """Of these very notices as they are, for this person, as asked for: one that may no longer be read changes it."""
    parts = [str(person.pk), *said, *(f"{one.pk}:{one.updated.timestamp()}" for one in notices)]
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:40]}"'


def last_change(notices: Sequence[Notice]) -> datetime | None:
    return max((one.updated for one in notices), default=None)


def feed_of(
    notices: Sequence[Notice], form: str, *, title: str, address: str, language: str, page: str = "publications:notices"
) -> str:
    """The document. `address`: of the feed itself, without its key; `language`: of who reads it."""
    made = FORMATS[form](
        title=_clean(title),
        link=absolute(reverse(page)) if _is_there(page) else settings.SITE_URL,
        description=_("Notices and news of %(city)s.") % {"city": settings.CITY_NAME},
        language=language,
        feed_url=address,
        feed_guid=address,
    )
    for one in notices:
        text = one.shown
        moment = one.published or one.created
        made.add_item(
            title=_clean(text["title"]),
            link=absolute(one.get_absolute_url()),
            description=_clean(text["summary"]),
            text=_clean(text["body"]),
            unique_id=one.uuid.urn,
            unique_id_is_permalink=False,
            pubdate=moment,
            updateddate=max(one.updated, moment),
            author_name=_clean(str(one.unit or one.space.name)),
            categories=[str(Genre(one.genre).label)],
            spoken=text["language"],
        )
    return str(made.writeString("utf-8"))


def calendar_of(notices: Sequence[Notice], *, title: str) -> bytes:
    """The calendar of what takes place, in the city's time zone."""
    made = Calendar()
    made.add("prodid", f"-//{settings.BRAND_NAME}//notices//")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", title)
    made.add("x-wr-timezone", settings.TIME_ZONE)
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for one in notices:
        made.add_component(_event(one))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(notice: Notice) -> Event:
    text, made = notice.shown, Event()
    assert notice.event_starts is not None
    made.add("uid", notice.uuid.urn)
    made.add("dtstamp", notice.updated)
    made.add("last-modified", notice.updated)
    made.add("created", notice.created)
    # Grows with each change, whoever makes it, and never goes back.
    made.add("sequence", max(0, int(notice.updated.timestamp() - notice.created.timestamp())))
    starts, ends = _span(notice.event_starts, notice.event_ends)
    made.add("dtstart", starts)
    if ends is not None:
        made.add("dtend", ends)
    made.add("summary", _clean(text["title"]))
    url = absolute(notice.get_absolute_url())
    lead = _clean(text["summary"]) or _clean(plain_text(text["body"]))[:400]
    made.add("description", f"{lead}\n\n{url}".strip())
    made.add("url", url)
    if notice.event_place:
        made.add("location", _clean(notice.event_place))
    made.add("categories", [str(Genre(notice.genre).label)])
    return made


def _span(starts: datetime, ends: datetime | None) -> tuple[Any, Any]:
    """The hours in the city's zone; whole days where it says no hour."""
    begin = timezone.localtime(starts)
    end = timezone.localtime(ends) if ends else None
    whole = (clock.min, clock(23, 59))
    if begin.time() == clock.min and (end is None or (end.time().replace(second=0) in whole and end > begin)):
        last = end or begin
        # In calendars the end of whole days is the day after.
        days = 0 if end is not None and last.time() == clock.min else 1
        return begin.date(), last.date() + timedelta(days=days)
    return begin, end


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _clean(text: str) -> str:
    """SECURITY: a control character would make the whole document unreadable."""
    return CONTROL.sub("", text)


def _is_there(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
