"""What each page costs in production's shape, as a multiple of the bare signed-in view `/health/hello`.

Only the ratio carries over from one machine to another, so hello is measured again before and after each page.
"""

import contextlib
import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.parts import PrivateRedis

from . import freshness, surroundings, tables
from .load import Granian, ask, cpu_seconds, get

HELLO = "/health/hello"
CONNECTIONS = 4
ROUNDS = 3
REPLIES = 20
# The most CPU, as a multiple of hello's, and the most queries; None: measured, not judged.
TIMES = {"home": 8.0, "home (elected)": 8.0, "topic": 6.0, "topics": 6.0, "search": 8.0}
QUERIES = {"hello": 2, "home": 15, "home (elected)": 15}


@dataclass(frozen=True)
class Place:
    """One page, for one person."""

    name: str
    path: str
    cookie: str


@dataclass(frozen=True)
class Cost:
    """CPU in milliseconds a request, the multiple of hello's beside it, queries and bytes of the answer."""

    place: Place
    ms: float
    times: float
    queries: int
    size: int

    @property
    def misses(self) -> list[str]:
        """The targets this page misses, as words."""
        name, found = self.place.name, []
        if self.times > TIMES.get(name, float("inf")):
            found.append(f"{self.times:.1f} x hello, target {TIMES[name]:.0f}")
        if self.queries > QUERIES.get(name, 1_000_000):
            found.append(f"{self.queries} queries, target {QUERIES[name]}")
        return found


@contextlib.contextmanager
def portal(*, small: bool) -> Iterator[tuple[list[int], list[Place]]]:
    """The production's parts and the demo city: the processes to watch, and the pages to ask for."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(surroundings.server())
        watched, extra = [server.pid], {}
        if PrivateRedis.is_installed():
            redis = stack.enter_context(PrivateRedis(surroundings.folder() / "redis"))
            watched.append(redis.pid)
            extra["REDIS_URL"] = redis.url
        _prepare(server, small=small, **extra)
        yield watched, list(_places())


def run(*, small: bool, requests: int = 0) -> int:
    """Measure every page, print and write the report. The number of targets missed."""
    wanted = requests or (20 if small else 80)
    with portal(small=small) as (watched, places), Granian(surroundings.folder()) as server:
        costs = [measure(place, places[0], server, [*watched, server.pid], wanted) for place in places]
        report(costs, wanted)
        seconds = freshness.seconds_to_find()
        print(f"From saving to finding: {seconds:.2f} s (at most {freshness.TARGET:g})")
    missed = [f"FAIL  {one.place.name}: {miss}" for one in costs for miss in one.misses]
    missed += [f"FAIL  found after {seconds:.2f} s"] if seconds > freshness.TARGET else []
    print("\n".join(missed) or "PASS")
    return len(missed)


def _prepare(server: Any, *, small: bool, **extra: str) -> None:
    """Django in production's shape, on the demo city, made again when it or the schema changed."""
    name = "pages_small" if small else "pages"
    folder = surroundings.ROOT / "intranet" / "demo"
    demo = [one for one in folder.rglob("*") if one.suffix in (".py", ".toml", ".md")]
    index = str(surroundings.folder() / f"search_{name}")
    with surroundings.production(server, name, demo, SEARCH_DIR=index, **extra) as is_fresh:
        if not is_fresh:
            people = 500 if small else 2_000
            print(f"Making the demo city: {people:,} people", flush=True)
            call_command("demo", people=people)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE)")
        _index()


def _index() -> None:
    """Everything that waits, or all of it where there is no index of this version."""
    from foundation.search.indexer import Indexer

    indexer = Indexer()
    indexer.settle()
    indexer.close()


def _places() -> Iterator[Place]:
    """Hello first: it is everybody's yardstick."""
    from django.db.models import Count, Q

    from communities.models import Topic
    from directory.models import Person
    from foundation.spaces.models import Space
    from intranet.demo.people import BY_ROLE

    employee = Person.objects.with_unit().get(username=BY_ROLE["employee"].username)
    elected = Person.objects.with_unit().get(username=BY_ROLE["elected_official"].username)
    cookie = signed_in(employee)
    spaces = Space.objects.readable_by(employee).communities()
    space = spaces.annotate(n=Count("content", filter=Q(content__kind="topic"))).order_by("-n", "pk")[0]
    topic = _topic_with_replies(Topic.objects.visible_to(employee).published(), employee)
    yield Place("hello", HELLO, cookie)
    yield Place("home", "/", cookie)
    yield Place("home (elected)", "/", signed_in(elected))
    yield Place("topic", topic.get_absolute_url(), cookie)
    yield Place("topics", space.get_absolute_url(), cookie)
    yield Place("communities", "/communities/", cookie)
    yield Place("people", f"/people/?q={elected.family_name.split()[0].lower()}", cookie)
    yield Place("notifications", "/notifications/", cookie)
    yield Place("applications", "/apps/", cookie)
    yield Place("search", "/search/?q=travaux", cookie)
    yield Place("search box", "/search/suggest?q=trav", cookie)
    yield Place("API search", "/api/v1/search?q=travaux", cookie)
    yield Place("API communities", "/api/v1/communities", cookie)


def _topic_with_replies(topics: Any, person: Any) -> Any:
    """A topic with about `REPLIES` replies; the demo's longest is given the rest."""
    from .city import insert

    found = min(topics.with_row()[:500], key=lambda one: abs(one.comments.count() - REPLIES))
    missing = REPLIES - found.comments.count()
    if missing > 0:
        insert(
            "discussion.Comment", f"(SELECT id, row_number() OVER (ORDER BY id) AS n FROM directory_person "
            f"WHERE is_active AND kind = 'employee' ORDER BY id LIMIT {missing}) p",
            content_id=str(found.pk), author_id="id", created="now() - n * interval '1 hour'",
            body="repeat('Merci, c’est utile. ', 12)",
            body_html="'<p>' || repeat('Merci, c’est utile. ', 12) || '</p>'",
        )  # fmt: skip
    return found


def signed_in(person: Any) -> str:
    """A session made by Django itself, as the Cookie header that carries it."""
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())


def measure(place: Place, hello: Place, server: Granian, watched: list[int], requests: int) -> Cost:
    """What `place` costs beside `hello`: the median of ROUNDS rounds. `watched`: every process that works for it."""

    def spent(one: Place) -> float:
        before = cpu_seconds(watched)
        answers = ask(server.port, one.path, one.cookie, requests, CONNECTIONS)
        refused = [answer.status for answer in answers if answer.status != 200]
        if refused:
            raise RuntimeError(f"{one.path} answers {refused[0]}; the server said: {server.log[-3000:]}")
        return (cpu_seconds(watched) - before) * 1000 / requests

    for one in (place, hello):
        ask(server.port, one.path, one.cookie, max(8, requests // 8), CONNECTIONS)
    rounds = []
    for _round in range(ROUNDS):
        before, own, after = spent(hello), spent(place), spent(hello)
        rounds.append((own, own / ((before + after) / 2)))
    size = get(server.port, place.path, place.cookie).size
    middle = statistics.median
    return Cost(place, middle(own for own, _x in rounds), middle(x for _own, x in rounds), queries_of(place), size)


def browser(place: Place) -> Client:
    """The test client of the one who asks for `place`."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies.load(place.cookie)
    return client


def queries_of(place: Place) -> int:
    """The number of SQL statements of a warm request."""
    client = browser(place)
    client.get(place.path)
    with CaptureQueriesContext(connection) as captured:
        client.get(place.path)
    return len(captured)


def report(costs: list[Cost], requests: int) -> None:
    """The table, printed and as Markdown in pages.md."""
    from directory.models import Person
    from foundation.content.models import Content

    head = ["page", "CPU ms", "x hello", "target", "queries", "target", "bytes", "verdict"]
    rows = []
    for one in costs:
        name = one.place.name
        target = f"{TIMES[name]:.0f}" if name in TIMES else ""
        most = str(QUERIES[name]) if name in QUERIES else ""
        verdict = "" if not target and not most else "FAIL" if one.misses else "PASS"
        figures = [f"{one.ms:.1f}", f"{one.times:.1f}", target, str(one.queries), most, f"{one.size:,}", verdict]
        rows.append([name, *figures])
    title = (
        f"CPU of server and database a request: granian (2 processes, 1 blocking thread each), PostgreSQL, "
        f"{os.cpu_count()} cores, {Person.objects.count():,} people, {Content.objects.count():,} things; "
        f"the median of {ROUNDS} rounds of {requests} requests over {CONNECTIONS} connections."
    )
    print(f"{title}\n\n{tables.text(head, rows)}\n")
    (surroundings.folder() / "pages.md").write_text(
        f"# The cost of pages\n\n{title}\n\n{tables.markdown(head, rows)}\n"
    )
