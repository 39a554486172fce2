"""How an application did over the last days, from the history of its status: pure reckoning, ready for its bar."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .models import Status, StatusPeriod

DAYS = 30
# The bar, in units of its own: each day so wide, with so much between two, and so high.
WIDE, BETWEEN, HIGH = 8, 2, 24
HEIGHTS = {Status.UP.value: HIGH, Status.DEGRADED.value: 16, Status.DOWN.value: 8, Status.UNKNOWN.value: 3}
# Those that stand on a ground of their own, so that they are found.
GROUNDS = (Status.DOWN.value, Status.DEGRADED.value)


@dataclass
class Day:
    """One day: seconds by status, of those that have passed."""

    day: date
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(Status.values, 0.0))

    @property
    def state(self) -> str:
        """The worst of the day; unknown when nothing was known of it. Less than a minute is nothing."""
        for one in (Status.DOWN, Status.DEGRADED, Status.UP):
            if self.seconds[one] >= 60:
                return one
        return Status.UNKNOWN

    @property
    def down(self) -> timedelta:
        return timedelta(seconds=round(self.seconds[Status.DOWN]))

    @property
    def percent(self) -> float | None:
        """The share of the known time in which it worked, disturbed or not."""
        return percent_of([self])

    @property
    def words(self) -> str:
        """The day in words."""
        if self.state == Status.DOWN:
            return _("out of order for %(time)s") % {"time": duration(self.down)}
        words = {Status.UP: pgettext("day", "works"), Status.DEGRADED: pgettext("day", "disturbed")}
        return words.get(Status(self.state), pgettext("day", "not checked"))


@dataclass(frozen=True)
class History:
    """The days of one application, the oldest first."""

    days: Sequence[Day]

    @property
    def percent(self) -> float | None:
        return percent_of(self.days)

    @property
    def bars(self) -> list[tuple[str, str]]:
        """The drawing: paths, each with the name of its colour; the height of a bar says what the colour says.

        One path for all days of a state: a page has hundreds of these drawings.
        """
        shapes: dict[str, list[str]] = {}
        for number, state in enumerate(one.state for one in self.days):
            x, height = number * (WIDE + BETWEEN), HEIGHTS[state]
            if state in GROUNDS:
                shapes.setdefault(f"ground-{state}", []).append(f"M{x} 0h{WIDE}v{HIGH}h-{WIDE}z")
            shapes.setdefault(state, []).append(f"M{x} {HIGH - height}h{WIDE}v{height}h-{WIDE}z")
        # The grounds first: they lie below.
        return [(name, "".join(shapes[name])) for name in sorted(shapes, key=lambda one: "ground" not in one)]

    @property
    def newest(self) -> list[Day]:
        """The days, the newest first."""
        return list(reversed(self.days))

    @property
    def width(self) -> int:
        return len(self.days) * (WIDE + BETWEEN) - BETWEEN

    @property
    def words(self) -> str:
        """What the bar shows, for those who do not see it."""
        known = [one for one in self.days if one.state != Status.UNKNOWN]
        if not known:
            return _("Nothing is known of the last %(count)s days.") % {"count": len(self.days)}
        bad = [one for one in known if one.state == Status.DOWN]
        slow = [one for one in known if one.state == Status.DEGRADED]
        told = []
        if bad:
            total = sum((one.down for one in bad), timedelta())
            told.append(
                ngettext(
                    "out of order on %(count)d day, for %(time)s in all",
                    "out of order on %(count)d days, for %(time)s in all",
                    len(bad),
                )
                % {"count": len(bad), "time": duration(total)}
            )
        if slow:
            told.append(
                ngettext("disturbed on %(count)d day", "disturbed on %(count)d days", len(slow)) % {"count": len(slow)}
            )
        words = ", ".join(told) or _("no outage")
        return _("In the last %(count)s days: %(words)s.") % {"count": len(self.days), "words": words}


def percent_of(days: Iterable[Day]) -> float | None:
    """The share of the known time in which it worked, to a tenth; 100 only when it never failed. None: not known."""
    rows = list(days)
    known = sum(one.seconds[name] for one in rows for name in (Status.UP, Status.DEGRADED, Status.DOWN))
    down = sum(one.seconds[Status.DOWN] for one in rows)
    if not known:
        return None
    share = round(100 * (known - down) / known, 1)
    return min(share, 99.9) if down and share >= 100 else share


def first_moment(days: int = DAYS) -> datetime:
    """Where a history of so many days, today with them, begins."""
    return _begin_of(timezone.localdate() - timedelta(days=days - 1))


def history_of_each(applications: Sequence[int], days: int = DAYS) -> dict[int, History]:
    """The histories of applications, by their keys; of those that were never checked, none. One query.

    Whoever calls this has asked who may see them.
    """
    rows: dict[int, list[StatusPeriod]] = {}
    for one in StatusPeriod.objects.since(first_moment(days)).filter(application_id__in=applications):
        rows.setdefault(one.application_id, []).append(one)
    known = {pk: periods for pk, periods in rows.items() if any(one.status != Status.UNKNOWN for one in periods)}
    return {pk: history_of(periods, days) for pk, periods in known.items()}


def history_of(periods: Iterable[StatusPeriod], days: int = DAYS) -> History:
    """The last `days` days, today with them, from periods in the order of time."""
    now = timezone.now()
    dates, edges = _days(timezone.localdate(), days)
    rows = [Day(one) for one in dates]
    for period in periods:
        began, ended = max(period.began, edges[0]), min(period.ended or now, now)
        number = bisect_right(edges, began) - 1
        while number < days and began < ended:
            until = min(ended, edges[number + 1])
            rows[number].seconds[period.status] += (until - began).total_seconds()
            began, number = until, number + 1
    return History(rows)


@lru_cache(maxsize=16)
def _days(today: date, days: int) -> tuple[list[date], list[datetime]]:
    """The days and the moments between them, one more. Days of 23 and of 25 hours are what they are."""
    dates = [today - timedelta(days=one) for one in range(days - 1, -1, -1)]
    return dates, [_begin_of(one) for one in [*dates, today + timedelta(days=1)]]


def duration(lasted: timedelta) -> str:
    """« 2 h 10 min », « 3 j 4 h », "3 d 4 h"; never less than a minute."""
    minutes = max(1, round(lasted.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    # Three days and four hours: the minutes no longer matter.
    kept = [(days, _("%(count)d d")), (hours, _("%(count)d h")), (0 if days else minutes, _("%(count)d min"))]
    return " ".join(words % {"count": count} for count, words in kept if count).replace(" ", "\u00a0")


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
