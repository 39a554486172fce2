"""What a calendar file says of today and tomorrow. It comes from outside: `sifting` passes on only what may matter."""

import threading
import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import recurring_ical_events
from django.utils import timezone

from foundation.outgoing.problems import Problem

from .interface import Event
from .limits import at_most
from .sifting import Sifted, sift
from .texts import clean

# Seconds of processor time for all the calendars of one reading.
WORK = 2.0
EVENTS_MOST = 40
PLACE_LONGEST = 80
# SECURITY: the library keeps the time zones that files define, by name, for everybody: one at a time, and none is kept.
_ALONE = threading.Lock()
# What the libraries say of a damaged file.
DAMAGED = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, ArithmeticError)


def window() -> tuple[datetime, datetime]:
    """Today and tomorrow in the city: 47 or 49 hours when clocks change."""
    today = timezone.localdate()
    return _midnight(today), _midnight(today + timedelta(days=2))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def events_in(files: Iterable[bytes], email: str = "") -> tuple[Event, ...]:
    """The events of iCalendar files that touch the window, by hour.

    Without the cancelled, and without those that `email` declined. Raises Problem (bad_calendar, many_events,
    slow_calendar).
    """
    begins, ends = window()
    sifted = sift(files, begins.date(), ends.date())
    found: list[Event] = []
    with _ALONE, at_most(WORK, "slow_calendar"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in sifted:
            # Forgets the time zones of the file before.
            icalendar.use_zoneinfo()
            found += _read(one, begins, ends, email.lower())
        icalendar.use_zoneinfo()
    found.sort(key=lambda one: (one.begins, not one.is_all_day, one.title))
    return tuple(found[:EVENTS_MOST])


def _read(sifted: Sifted, begins: datetime, ends: datetime, email: str) -> list[Event]:
    try:
        return _events(sifted.whole(), begins, ends, email)
    except DAMAGED:
        pass
    # One damaged event must not hide the others.
    found: list[Event] = []
    fine = 0
    for text in sifted.apart():
        try:
            found += _events(text, begins, ends, email)
            fine += 1
        except DAMAGED:
            continue
    if not fine:
        raise Problem("bad_calendar")
    return found


def _events(text: str, begins: datetime, ends: datetime, email: str) -> list[Event]:
    calendar = icalendar.Calendar.from_ical(text)
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    events = (_event(one, begins, ends, email) for one in query.between(begins, ends))
    return [one for one in events if one is not None]


def _event(component: Any, begins: datetime, ends: datetime, email: str) -> Event | None:
    if str(component.get("STATUS", "")).upper() == "CANCELLED" or _declined(component, email):
        return None
    start, end = component["DTSTART"].dt, component["DTEND"].dt if "DTEND" in component else component["DTSTART"].dt
    is_all_day = not isinstance(start, datetime)
    first, last = _moment(start), _moment(end)
    if last <= first:
        last = first + timedelta(days=1) if is_all_day else first
    # What ends as the window begins is over.
    if first >= ends or last < begins or (last == begins and first < begins):
        return None
    title = clean(str(component.get("SUMMARY", "")))
    return Event(title, first, last, clean(str(component.get("LOCATION", "")), PLACE_LONGEST), is_all_day)


def _moment(value: datetime | date) -> datetime:
    """In the city's time. A floating hour, and a whole day, are the city's."""
    if not isinstance(value, datetime):
        return _midnight(value)
    zone = timezone.get_default_timezone()
    # There and back: an hour that the change of clocks leaves out becomes the one people then read.
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def _declined(component: Any, email: str) -> bool:
    if not email:
        return False
    given = component.get("ATTENDEE", [])
    for one in given if isinstance(given, list) else [given]:
        if str(one).lower().removeprefix("mailto:") == email:
            return str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return False
