"""Dates and hours as people read them, in Québec French and Canadian English."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.translation import gettext, ngettext

from foundation.ui.pairs import reading_language

NBSP = "\u00a0"
RECENT = timedelta(hours=12)


def _local(moment: datetime | date) -> datetime | date:
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def _day(moment: date, *, year: bool = True, month: str = "F") -> str:
    """« 1er mai 2026 », « 23 nov. »; "May 1, 2026", "Nov. 23"."""
    if reading_language() == "fr":
        number = "1er" if moment.day == 1 else str(moment.day)
        text = f"{number}{NBSP}{dateformat.format(moment, month)}"
        return f"{text} {moment.year}" if year else text
    text = dateformat.format(moment, f"{month} j").replace(" ", NBSP)
    return f"{text}, {moment.year}" if year else text


def clock(moment: datetime) -> str:
    """« 14 h 30 », « 9 h »; "2:30 p.m."."""
    local = _local(moment)
    assert isinstance(local, datetime)
    if reading_language() == "fr":
        return f"{local.hour}{NBSP}h" + (f"{NBSP}{local.minute:02d}" if local.minute else "")
    return dateformat.format(local, "P").replace(" ", NBSP)


def long(moment: datetime | date) -> str:
    """« lundi 23 novembre 2026 »; "Monday, November 23, 2026"."""
    local = _local(moment)
    comma = "" if reading_language() == "fr" else ","
    return f"{dateformat.format(local, 'l')}{comma} {_day(local)}"


def day(moment: datetime | date) -> str:
    """« 4 décembre », with its year when it is another one."""
    local = _local(moment)
    return _day(local, year=local.year != timezone.localdate().year)


def stamp(moment: datetime) -> str:
    """A day and an hour on record, always with the year: « 3 décembre 2026 à 14 h 30 »."""
    local = _local(moment)
    return gettext("%(date)s at %(time)s") % {"date": _day(local), "time": clock(moment)}


def full(moment: datetime | date) -> str:
    """The whole date, with the hour if there is one."""
    return _full(moment, reading_language())


@lru_cache(maxsize=4096)
def _full(moment: datetime | date, _language: str) -> str:
    # Kept: it is the title of every date of every list, and never changes.
    local = _local(moment)
    if not isinstance(local, datetime):
        return long(local)
    return gettext("%(date)s at %(time)s") % {"date": long(local), "time": clock(local)}


def relative(moment: datetime | date) -> str:
    """Near now, how long ago; yesterday; then the day, with its year when it is another one."""
    local = _local(moment)
    now = timezone.localtime()
    day = local.date() if isinstance(local, datetime) else local
    if isinstance(local, datetime):
        age = (now if timezone.is_aware(local) else now.replace(tzinfo=None)) - local
        if timedelta(0) <= age < timedelta(minutes=1):
            return gettext("just now")
        if timedelta(0) < age < timedelta(hours=1):
            minutes = int(age.total_seconds() // 60)
            return ngettext("%(count)d min ago", "%(count)d min ago", minutes) % {"count": minutes}
        if timedelta(0) < age and (day == now.date() or age < RECENT):
            hours = int(age.total_seconds() // 3600)
            return ngettext("%(count)d h ago", "%(count)d h ago", hours) % {"count": hours}
    if day == now.date() - timedelta(days=1):
        return gettext("yesterday")
    if day == now.date():
        return clock(local) if isinstance(local, datetime) else gettext("today")
    if day.year == now.year:
        return _day(day, year=False, month="N")
    return _day(day)
