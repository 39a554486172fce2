"""The time an application took to answer, drawn on the server as points of an SVG: pure reckoning."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models.health import DOWN

# In units of its own. One point per quarter of an hour: a phone shows no more.
WIDE, HIGH, SPAN, POINTS = 384, 72, timedelta(hours=24), 96


@dataclass(frozen=True)
class Chart:
    """A day of one check. `lines`: points of each run without a gap; `marks`: where it failed, by x."""

    lines: list[str]
    marks: list[int]
    most: int
    mean: int
    failures: int
    width: int = WIDE
    height: int = HIGH


def chart_of(rows: Iterable[tuple[datetime, str, int | None]], now: datetime) -> Chart | None:
    """A chart of (when, outcome, milliseconds), the oldest first; None when nothing was answered in its time."""
    began, step = now - SPAN, SPAN / POINTS
    sums: dict[int, list[int]] = {}
    failed: set[int] = set()
    failures = 0
    for at, outcome, ms in rows:
        slot = min(POINTS - 1, int((at - began) / step))
        if slot < 0:
            continue
        if outcome == DOWN:
            failed.add(slot)
            failures += 1
        elif ms is not None:
            sums.setdefault(slot, []).append(ms)
    if not sums and not failed:
        return None
    means = {slot: sum(values) // len(values) for slot, values in sums.items()}
    # A quarter more than the slowest: the line does not touch the top.
    most = max(means.values(), default=0)
    scale = (HIGH - 4) / max(1, most * 1.25)
    lines: list[list[str]] = []
    last: int | None = None
    for slot in sorted(means):
        x, y = _x(slot), round(HIGH - 2 - means[slot] * scale, 1)
        # An hour without a point is a gap, not a straight line.
        if last is None or slot - last > 4 or any(one in failed for one in range(last, slot + 1)):
            lines.append([])
        lines[-1].append(f"{x},{y}")
        last = slot
    everything = [one for values in sums.values() for one in values]
    return Chart(
        # A point alone is a line of no length, which the round ends of lines show.
        [" ".join(one if len(one) > 1 else one * 2) for one in lines],
        [_x(slot) for slot in sorted(failed)],
        max(everything, default=0),
        sum(everything) // max(1, len(everything)),
        failures,
    )


def _x(slot: int) -> int:
    return round(slot * WIDE / (POINTS - 1))
