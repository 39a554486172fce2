"""The figures of all rounds as one table, and which targets are missed.

Targets are ratios to Hocuspocus, each taken within a round, where both met the same machine; the median of the rounds
counts. Times are told, not judged, but for the late joiner's.
"""

import json
from collections.abc import Mapping, Sequence
from statistics import median

from .. import tables
from .servers import Hocuspocus, Ours

Figures = Mapping[str, float]
# Of one round: the name of a server -> what was found.
Round = Mapping[str, Figures]

# At most so many times Hocuspocus' figure.
AT_MOST = {
    "A: CPU ms per 1,000 deliveries": 0.7,
    "B: CPU ms per 1,000 deliveries": 1.0,
    "A: latency p50 ms": 2.0,
    "B: latency p50 ms": 2.0,
    "A: latency p95 ms": 1.0,
    "B: latency p95 ms": 1.0,
    "memory, after A": 0.6,
}
AT_LEAST = {"joins/s": 0.8}
SECONDS_AT_MOST = {"large board, late joiner s": 3.0, "large board, late joiner after a restart s": 3.0}


def table(rounds: Sequence[Round], *, judged: bool) -> tuple[list[str], list[list[str]], int]:
    """Head, rows, and the number of targets missed; without `judged` no target is looked at."""
    servers = list(rounds[0])
    head = ["median of the rounds", *servers, "ours / Hocuspocus", "target", "verdict"]
    rows, missed = [], 0
    for name in rounds[0][Ours.name]:
        values = [_median([one[server][name] for one in rounds if name in one[server]]) for server in servers]
        ratios = [one[Ours.name][name] / one[Hocuspocus.name][name] for one in rounds if one[Hocuspocus.name].get(name)]
        ratio = _median(ratios)
        target, is_met = _target(name, ratio, values[servers.index(Ours.name)])
        verdict = "" if target is None or not judged else "PASS" if is_met else "FAIL"
        missed += verdict == "FAIL"
        rows.append([name, *map(_shown, values), _shown(ratio), target or "", verdict])
    return head, rows, missed


def text(head: list[str], rows: list[list[str]]) -> str:
    """For the terminal."""
    return tables.text(head, rows)


def markdown(head: list[str], rows: list[list[str]], rounds: Sequence[Round]) -> str:
    """The table, and every round for whoever doubts it."""
    raw = "\n".join(json.dumps(one) for one in rounds)
    return f"{tables.markdown(head, rows)}\n\n```json\n{raw}\n```\n"


def _target(name: str, ratio: float | None, value: float | None) -> tuple[str | None, bool]:
    if name in SECONDS_AT_MOST:
        return f"<= {SECONDS_AT_MOST[name]:g} s", value is not None and value <= SECONDS_AT_MOST[name]
    if name in AT_MOST:
        return f"<= {AT_MOST[name]:g}", ratio is not None and ratio <= AT_MOST[name]
    if name in AT_LEAST:
        return f">= {AT_LEAST[name]:g}", ratio is not None and ratio >= AT_LEAST[name]
    return None, True


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
