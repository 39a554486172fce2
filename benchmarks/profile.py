"""Where the time of one page goes: warm requests of the test client on PostgreSQL, by template, statement, function.

CPU time throughout, so that a busy machine changes little. The profiler slows Python down some three times: its shares
are right, its milliseconds are not; templates and statements are measured without it.
"""

import collections
import cProfile
import pstats
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import tables
from .explain import measure
from .pages import Place, browser, portal
from .surroundings import folder

REQUESTS = 30
LINES = 40
OURS = r"/(intranet|communities|applications|directory|foundation)/"


def profile(name: str, *, small: bool) -> int:
    """Print all of it. 2 for a page nobody knows."""
    with portal(small=small) as (_watched, places):
        known = {one.name: one for one in places}
        if name not in known:
            print(f"No such page: {name}. There are: {', '.join(known)}")
            return 2
        place = known[name]
        client = browser(place)
        for _warm in range(5):
            client.get(place.path)
        print(f"{name}: {place.path}, {REQUESTS} warm requests\n")
        _templates(client, place)
        _statements(client, place)
        _functions(client, place)
    return 0


def _templates(client: Client, place: Place) -> None:
    """CPU of each template, with and without those it includes."""
    start = time.process_time()
    with _timed_templates() as spent:
        for _one in range(REQUESTS):
            client.get(place.path)
    whole = (time.process_time() - start) * 1000 / REQUESTS
    rows = [
        [name, f"{calls / REQUESTS:.0f}", f"{total * 1000 / REQUESTS:.2f}", f"{own * 1000 / REQUESTS:.2f}"]
        for name, (calls, total, own) in sorted(spent.items(), key=lambda one: -one[1][2])
    ]
    print(f"Python: {whole:.1f} ms CPU a request\n")
    print(tables.text(["template", "times", "ms with its parts", "ms alone"], rows[:25]), "\n")


@contextmanager
def _timed_templates() -> Iterator[dict[str, tuple[int, float, float]]]:
    spent: dict[str, tuple[int, float, float]] = collections.defaultdict(lambda: (0, 0.0, 0.0))
    stack: list[float] = []
    original = Template._render

    def timed(self: Template, context: Any) -> str:
        stack.append(0.0)
        start = time.process_time()
        try:
            return original(self, context)
        finally:
            took = time.process_time() - start
            inside = stack.pop()
            if stack:
                stack[-1] += took
            calls, total, own = spent[str(self.name)]
            spent[str(self.name)] = (calls + 1, total + took, own + took - inside)

    Template._render = timed
    try:
        yield spent
    finally:
        Template._render = original


def _statements(client: Client, place: Place) -> None:
    """Each statement with the database's own time for it."""
    with CaptureQueriesContext(connection) as captured:
        client.get(place.path)
    rows = []
    for one in captured.captured_queries:
        statement = re.sub(r"^SELECT .*? FROM", "SELECT … FROM", one["sql"].replace('"', ""), count=1)
        cost = measure_one(one["sql"])
        rows.append([statement[:150], cost])
    print(tables.text(["statement", "ms"], rows), "\n")


def measure_one(statement: str) -> str:
    """Milliseconds of planning and execution; nothing for what is no question."""
    if not statement.startswith("SELECT"):
        return ""
    cost = measure(lambda: connection.cursor().execute(statement))
    return f"{cost.planning:.2f} + {cost.execution:.2f}"


def _functions(client: Client, place: Place) -> None:
    found = cProfile.Profile(time.process_time)
    found.enable()
    for _one in range(REQUESTS):
        client.get(place.path)
    found.disable()
    kept = folder() / f"{place.name.replace(' ', '_')}.prof"
    found.dump_stats(kept)
    print(f"For other readers of profiles: {kept}\n")
    statistics = pstats.Stats(found)
    print("Our own functions, with what they call")
    statistics.sort_stats("cumulative").print_stats(OURS, LINES)
    print("Every function, alone")
    statistics.sort_stats("tottime").print_stats(LINES)
