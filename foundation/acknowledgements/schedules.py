"""When things fall due: reminders, escalation, more time for who joins later. Pure functions of dates."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

# Who joins later, or must acknowledge again, has at least this long.
GRACE = timedelta(days=7)


def next_reminder(due: datetime | None, reminders: Iterable[int], now: datetime) -> datetime | None:
    """The first reminder still to come; None without a due date or after the last.

    What passed unsent is not made up for: after a down-time people get one reminder, not several.
    """
    if due is None:
        return None
    return next((at for days in sorted(reminders) if (at := due + timedelta(days=days)) > now), None)


def escalation(due: datetime | None, after: int | None) -> datetime | None:
    """When the manager is to be told; None for never."""
    return None if due is None or after is None else due + timedelta(days=after)


def due_for(due: datetime | None, since: datetime, *, joined: bool) -> datetime | None:
    """The due date of somebody asked since `since`."""
    return max(due, since + GRACE) if due is not None and joined else due


def cleaned(reminders: Sequence[int]) -> list[int]:
    """Days in order, once each. ValueError for what is no day within a year, or too many."""
    days = sorted(set(reminders))
    if len(days) > 10 or any(not isinstance(one, int) or not -365 <= one <= 365 for one in days):
        raise ValueError("reminders are at most ten days, within a year of the due date")
    return days
