"""The database time of what Django really sends: its statements captured, then explained and run again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

RUNS = 3
# A figure above this is taken again, up to so many times in all: the machine may have been busy with something else.
SUSPECT_MS, MOST_RUNS = 8.0, 12


@dataclass
class Cost:
    """Milliseconds (planning and execution, the best of `RUNS` after a warm-up), buffers touched, and the plans."""

    planning: float = 0.0
    execution: float = 0.0
    buffers: int = 0
    statements: int = 0
    plans: list[str] = field(default_factory=list)

    @property
    def ms(self) -> float:
        return self.planning + self.execution

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.planning + other.planning,
            self.execution + other.execution,
            self.buffers + other.buffers,
            self.statements + other.statements,
            [*self.plans, *other.plans],
        )


def statements_of(question: Callable[[], Any]) -> list[str]:
    """The SQL `question` sends, as the server receives it: values in place, since the portal binds on the client."""
    with CaptureQueriesContext(connection) as captured:
        question()
    return [one["sql"] for one in captured.captured_queries]


def measure(question: Callable[[], Any]) -> Cost:
    """What the statements of `question` cost the database, together."""
    total = Cost()
    for statement in statements_of(question):
        total = total + explain(statement)
    return total


def explain(statement: str) -> Cost:
    """The cost of one SELECT."""
    with connection.cursor() as cursor:
        runs: list[dict[str, Any]] = []
        best: dict[str, Any] = {}
        while len(runs) <= RUNS or (len(runs) < MOST_RUNS and _ms(best) > SUSPECT_MS):
            # Without the clock of each node, which costs more than the nodes do.
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + statement)
            answer = cursor.fetchone()[0]
            runs.append((answer if isinstance(answer, list) else json.loads(answer))[0])
            best = min(runs[1:] or runs, key=_ms)
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + statement)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    buffers = best["Plan"]["Shared Hit Blocks"] + best["Plan"]["Shared Read Blocks"]
    return Cost(best["Planning Time"], best["Execution Time"], buffers, 1, [f"{statement}\n\n{plan}"])


def _ms(explained: dict[str, Any]) -> float:
    return float(explained["Planning Time"] + explained["Execution Time"])
