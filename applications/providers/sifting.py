"""Calendar files, line by line, before a library reads them: only what may touch a few days goes on, and nothing that
would keep a processor busy for long.

SECURITY: twenty thousand events cost a scan of lines, not twenty thousand objects; a rule that repeats each second is
left out; a file may not hold more than `EVENTS_MOST` events that matter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from foundation.outgoing.problems import Problem

EVENTS_MOST = 2_000
ZONES_MOST, ZONE_LINES = 50, 400
EVENT_LINES, LINE_LONGEST = 600, 4_000
# Repeated dates one event may list.
DATES_MOST = 2_000
# A rule whose end lies further back than this has no occurrence that lasts until now.
LONGEST_EVENT = timedelta(days=366)

_DAY = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_FAST = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BY(?:SECOND|MINUTE|HOUR)=[^;:]*,", re.I)
_UNTIL = re.compile(r"UNTIL=(\d{8})", re.I)
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_ZONE_RULE = re.compile(r"FREQ=YEARLY", re.I)


@dataclass
class Sifted:
    """What is left of one file."""

    zones: list[str] = field(default_factory=list)
    # By the key of their series: what repeats and what replaces one of its occurrences belong together.
    events: dict[str, list[str]] = field(default_factory=dict)

    def whole(self) -> str:
        """As one calendar."""
        return self._calendar(text for texts in self.events.values() for text in texts)

    def apart(self) -> Iterator[str]:
        """As one calendar for each series."""
        for texts in self.events.values():
            yield self._calendar(texts)

    def _calendar(self, events: Iterable[str]) -> str:
        parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parvis//", *self.zones, *events, "END:VCALENDAR", ""]
        return "\r\n".join(parts)


def sift(files: Iterable[bytes], since: date, until: date) -> list[Sifted]:
    """Of each file, what may touch the days from `since` to `until` (excluded). Raises Problem."""
    found, count = [], 0
    for raw in files:
        sifted = _sift(raw, since - timedelta(days=1), until + timedelta(days=1))
        count += sum(len(texts) for texts in sifted.events.values())
        if count > EVENTS_MOST:
            raise Problem("many_events")
        if sifted.events:
            found.append(sifted)
    return found


def _sift(raw: bytes, since: date, until: date) -> Sifted:
    found = Sifted()
    is_calendar = False
    stack: list[str] = []
    block: list[str] = []
    events = 0
    for line in _unfolded(raw):
        upper = line[:40].upper()
        if upper.startswith("BEGIN:"):
            stack.append(upper[6:].strip())
            if len(stack) > 8:
                raise Problem("bad_calendar")
            is_calendar = is_calendar or stack[0] == "VCALENDAR"
            if len(stack) == 2:
                block = []
        if len(stack) >= 2:
            block.append(line)
        if upper.startswith("END:") and stack:
            name = stack.pop()
            if len(stack) != 1:
                continue
            if name == "VTIMEZONE" and len(found.zones) < ZONES_MOST and _is_plain_zone(block):
                found.zones.append("\r\n".join(block))
            elif name == "VEVENT" and len(block) <= EVENT_LINES:
                series = _series_of_interest(block, since, until)
                if series is not None:
                    found.events.setdefault(series or f"#{events}", []).append("\r\n".join(_essential(block)))
                    events += 1
                    if events > EVENTS_MOST:
                        raise Problem("many_events")
            block = []
    if not is_calendar:
        raise Problem("bad_calendar")
    return found


def _unfolded(raw: bytes) -> Iterator[str]:
    """Lines, put together again where they were folded, each cut at `LINE_LONGEST`."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    held: list[str] = []
    size = 0
    for line in text.split("\n"):
        if line[:1] in (" ", "\t"):
            if size < LINE_LONGEST:
                held.append(line[1:])
                size += len(line)
            continue
        if held:
            yield "".join(held)[:LINE_LONGEST]
        held, size = [line], len(line)
    if held:
        yield "".join(held)[:LINE_LONGEST]


def _is_plain_zone(block: list[str]) -> bool:
    rules = [line for line in block if line[:5].upper() == "RRULE"]
    return len(block) <= ZONE_LINES and all(_ZONE_RULE.search(one) and not _FAST.search(one) for one in rules)


def _top_level(block: list[str]) -> Iterator[tuple[str, str]]:
    """(name, line) of an event's own properties, without its alarms'."""
    depth = 0
    for line in block:
        found = _NAME.match(line)
        name = found[0].upper() if found else ""
        depth -= name == "END"
        if depth == 1 and name not in ("BEGIN", "END"):
            yield name, line
        depth += name == "BEGIN"


def _series_of_interest(block: list[str], since: date, until: date) -> str | None:
    """The key of the event's series (possibly empty), or None when nothing of it touches the days."""
    days: dict[str, date] = {}
    uid, repeats, is_replacing, lasts, dates = "", False, False, False, 0
    for name, line in _top_level(block):
        value = line.partition(":")[2]
        if name == "RRULE":
            repeats = True
            ended = _UNTIL.search(line)
            last = _day(ended[1]) if ended else None
            if _FAST.search(line) or (last and last + LONGEST_EVENT < since):
                return None
        elif name in ("RDATE", "EXDATE"):
            repeats = repeats or name == "RDATE"
            dates += line.count(",") + 1
        elif name == "UID":
            uid = value.strip()[:200]
        elif name == "DURATION":
            lasts = True
        elif name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            is_replacing = is_replacing or name == "RECURRENCE-ID"
            day = _day(value)
            if day:
                days[name] = day
    if dates > DATES_MOST:
        return None
    begins = days.get("DTSTART")
    if begins is None:
        return None
    # What replaces an occurrence of these days takes it away from them, wherever it moved to.
    if is_replacing and since <= days.get("RECURRENCE-ID", begins) <= until:
        return uid
    if begins > until:
        return None
    return uid if repeats or lasts or days.get("DTEND", begins) >= since else None


def _day(text: str) -> date | None:
    found = _DAY.search(text[:20]) or re.match(r"\s*(\d{4})(\d{2})(\d{2})", text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


# What an event is made of here; descriptions and attachments stay behind.
ESSENTIAL = frozenset(
    {
        *("UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
        *("SUMMARY", "LOCATION", "STATUS", "ATTENDEE"),
    }
)


def _essential(block: list[str]) -> list[str]:
    lines = [line for name, line in _top_level(block) if name in ESSENTIAL]
    return ["BEGIN:VEVENT", *lines, "END:VEVENT"]
