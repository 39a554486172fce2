"""Acknowledgements at the size of the whole city: freezing 28,000 people, what is pending, the register's files.

Once on each database, each in a process of its own. Half of the people have acknowledged. "Pending" is
asked by one who has twenty requests among several hundred thousand rows, most of them done.
"""

import os
import resource
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import surroundings, tables

DATABASES = ("sqlite", "postgresql")
FULL, SMALL = 28_000, 400
REQUESTS = 20
# Seconds, milliseconds, megabytes.
TARGETS = {
    "asking, ms": 100.0,
    "freezing, s": 30.0,
    "looking for joiners, ms": 1000.0,
    "pending, ms": 5.0,
    "register page, ms": 500.0,
    "CSV, s": 10.0,
    "CSV, peak MB": 50.0,
    "PDF, s": 30.0,
    "PDF, peak MB": 50.0,
}


@dataclass(frozen=True)
class Figure:
    """One measure."""

    name: str
    value: float

    @property
    def is_missed(self) -> bool:
        return self.name in TARGETS and self.value > TARGETS[self.name]


def run(database: str, *, small: bool) -> int:
    """Measure on one database, print and write the report. The number of targets missed."""
    with _database(database, small=small):
        figures, plan = _measure(SMALL if small else FULL)
    rows = [
        [
            one.name,
            f"{one.value:,.2f}",
            f"{TARGETS[one.name]:,.0f}" if one.name in TARGETS else "",
            "FAIL" if one.is_missed else "",
        ]
        for one in figures
    ]
    head = [f"acknowledgements, {database}", "measured", "target", ""]
    print(tables.text(head, rows))
    report = f"{tables.markdown(head, rows)}\n\n```\n{plan}\n```\n"
    (surroundings.folder() / f"acknowledgements_{database}.md").write_text(report)
    print(plan)
    missed = [one for one in figures if one.is_missed]
    return len(missed)


@contextmanager
def _database(database: str, *, small: bool) -> Iterator[None]:
    """Django on an empty database."""
    name = f"acknowledgements_{'small' if small else 'full'}"
    if database == "postgresql":
        with surroundings.server() as server:
            surroundings.set_up(server.create_database(name))
            surroundings.migrate()
            yield
        return
    path = surroundings.folder() / f"{name}.sqlite3"
    for one in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        one.unlink(missing_ok=True)
    surroundings.set_up(f"sqlite:///{path}")
    surroundings.migrate()
    yield


def _people(count: int) -> Any:
    """People in sixty units under nineteen boroughs. The host of the community they all read."""
    from directory.models import Person, Unit

    city = Unit.objects.create(code="V", name_fr="Ville", kind="city", path="/1/")
    Unit.objects.filter(pk=city.pk).update(path=f"/{city.pk}/")
    units = []
    for number in range(60):
        one = Unit.objects.create(code=f"U{number}", name_fr=f"Unité {number}", parent=city, path="/")
        one.path = f"/{city.pk}/{one.pk}/"
        one.save(update_fields=["path"])
        units.append(one)
    Person.objects.bulk_create(
        (
            Person(
                username=f"p{n}",
                given_name=f"Prénom{n % 900}",
                family_name=f"Nguyễn-Tremblay {n}",
                search_name=f"nguyen tremblay {n:05}",
                unit=units[n % 60],
            )
            for n in range(count)
        ),
        batch_size=1000,
    )
    return Person.objects.get(username="p0")


def _measure(count: int) -> tuple[list[Figure], str]:
    from django.db import connection, reset_queries
    from django.utils import timezone

    from communities.actions import create_community, start_topic
    from directory.models import Person
    from foundation.acknowledgements.actions import ask, check, remind_now, settle
    from foundation.acknowledgements.activities import REMINDED
    from foundation.acknowledgements.bars import pending_for
    from foundation.acknowledgements.models import Request, Target
    from foundation.acknowledgements.pdf import pdf_pieces
    from foundation.acknowledgements.registers import csv_lines, figures_of, rows_of
    from foundation.activity.actions import fan_out
    from foundation.activity.models import Activity

    host = _people(count)
    community = create_community(actor=host, name_fr="Tous")
    figures: list[Figure] = []
    made = []
    for number in range(REQUESTS):
        topic = start_topic(community, f"Avis {number}", "Texte", actor=_fresh(host))
        asking, request = _timed(
            lambda topic=topic: ask(
                topic, actor=host, mode="read", due=timezone.now() + timedelta(days=9), texts={"fr": "Texte"}
            )
        )
        freezing, _batches = _timed(lambda request=request: settle(request.pk))
        made.append(request)
        if number == 0:
            figures += [Figure("asking, ms", asking * 1000), Figure("freezing, s", freezing)]
    last = Request.objects.select_related("content__space", "asked_by", "current").get(pk=made[-1].pk)
    _acknowledge(made, last, count)
    Request.objects.update(checked=timezone.now() - timedelta(hours=1))
    Request.objects.exclude(pk=last.pk).update(checked=timezone.now())
    figures.append(Figure("looking for joiners, ms", _timed(lambda: check(timezone.now()))[0] * 1000))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    reader = _fresh(Person.objects.get(username=f"p{count - 1}"))
    pending_for(reader)
    best = min(_timed(lambda: pending_for(reader, 50))[0] for _run in range(20))
    figures.append(Figure("pending, ms", best * 1000))
    plan = _plan(Target, reader)
    page, _rows = _timed(lambda: (figures_of(last), rows_of(last, state="pending"), rows_of(last)))
    figures.append(Figure("register page, ms", page * 1000))
    reset_queries()
    for name, pieces in (("CSV", lambda: csv_lines(last, "fr")), ("PDF", lambda: pdf_pieces(last, host))):
        seconds, size = _timed(lambda pieces=pieces: sum(len(one) for one in pieces()))
        figures += [Figure(f"{name}, s", seconds), Figure(f"{name}, MB", size / 1e6)]
        figures.append(Figure(f"{name}, peak MB", _peak(pieces)))
    reminding, waiting = _timed(lambda: remind_now(last.content, actor=host))
    telling, _count = _timed(lambda: [fan_out(one) for one in Activity.objects.waiting().filter(verb=REMINDED.key)])
    figures += [Figure("reminding by hand, ms", reminding * 1000), Figure(f"telling {waiting:,} of it, s", telling)]
    figures.append(Figure("whole process, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    return figures, plan


def _acknowledge(made: list[Any], last: Any, count: int) -> None:
    """Half of the people did the last one; all but a few did all the others. As the action writes it, in bulk."""
    from django.utils import timezone

    from foundation.acknowledgements.models import Acknowledgement, Target

    half = Target.objects.on(last).order_by("pk")[: count // 2]
    Acknowledgement.objects.bulk_create(
        (
            Acknowledgement(
                request=last,
                target=one,
                person_id=one.person_id,
                version=last.current,
                language="fr",
                content_hash=last.current.hashes["fr"],
                mode="read",
                at=timezone.now(),
            )
            for one in half
        ),
        batch_size=1000,
    )
    Target.objects.filter(pk__in=half.values("pk")).update(done=1, is_pending=False)
    Target.objects.exclude(request=last).exclude(person__username=f"p{count - 1}").update(done=1, is_pending=False)


def _fresh(person: Any) -> Any:
    from directory.models import Person

    return Person.objects.with_unit().get(pk=person.pk)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def _peak(pieces: Callable[[], Any]) -> float:
    """Megabytes Python holds at most while the pieces pass by. Apart from the timing: watching slows it down."""
    tracemalloc.start()
    for _one in pieces():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _plan(targets: Any, reader: Any) -> str:
    """How the database finds what is pending."""
    found = targets.objects.of(reader).pending().open_only().with_content().most_urgent_first()[:50]
    return str(found.explain(analyze=True) if os.environ["DATABASE_URL"].startswith("postgres") else found.explain())
