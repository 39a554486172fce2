"""The one rule at a million rows: six questions asked through the real querysets, for people of every sort.

The questions are those every page is made of. Each must cost the database less than `LIMIT_MS`, for the person who sees
everything as for the one whose spaces all sleep: that one is what exposes a form that walks the whole table.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from . import city, surroundings, tables
from .city import FULL, SMALL, SPECIMENS, Size, Specimen
from .explain import Cost, measure

LIMIT_MS = 10.0
# Long plans would bury the file: the 600 constants of an array say nothing.
LONGEST_LINE = 600


@dataclass(frozen=True)
class Result:
    """One question for one person; the dearest of its variants."""

    person: str
    question: str
    cost: Cost

    @property
    def is_good(self) -> bool:
        return self.cost.ms < LIMIT_MS


# The columns of the table, in the order of the questions' letters.
QUESTIONS = {
    "newest": "the newest 20 of everything",
    "kind": "the newest 20 of one kind",
    "space": "the newest 20 in one space (the dearest of six spaces, readable or not)",
    "feed": "the newest 20 of my spaces",
    "recheck": "which of 20 given ids may I read",
    "one": "may I read this one",
}
MORE = {
    "page 50": "the newest 20 after a date two years back",
    "topics": "a page of topics with their replies counted (the dearest of the same spaces)",
    "badge": "how many notifications I have not read",
    "resolve": "once per request: principals, roles, spaces, shares",
}


def run(*, small: bool) -> int:
    """Build or reuse the data, measure, print and write the report. The number of targets missed."""
    size = SMALL if small else FULL
    with surroundings.server() as server:
        _prepare(server, size)
        results = list(_measure(size))
        missed = [one for one in results if one.question in QUESTIONS and not one.is_good]
        report(size, results)
    for one in missed:
        print(f"FAIL  {one.person}, {one.question}: {one.cost.ms:.1f} ms")
    print("PASS" if not missed else f"FAIL: {len(missed)} of {len(results)} above {LIMIT_MS:.0f} ms")
    return len(missed)


def _prepare(server: Any, size: Size) -> None:
    """The data, made again when the schema or the generator changed."""
    name = f"visibility_{size.name}"
    stamp = server.folder / f"{name}.stamp"
    wanted = surroundings.fingerprint(city.sources())
    is_fresh = stamp.exists() and stamp.read_text() == wanted
    url = server.url_of(name) if is_fresh else server.create_database(name)
    surroundings.set_up(url)
    if is_fresh:
        return
    stamp.unlink(missing_ok=True)
    print(f"Making the {size.name} city: {size.people:,} people, {size.content:,} things", flush=True)
    surroundings.migrate()
    city.build(size, lambda text: print(text, flush=True))
    stamp.write_text(wanted)


def _measure(size: Size) -> Iterator[Result]:
    from directory.models import Person  # after Django is set up

    places = _places(size)
    for specimen in SPECIMENS:
        pk = city.specimen_id(size, specimen)
        resolution = measure(lambda pk=pk: _resolve(Person.objects.with_unit().get(pk=pk)))
        person = Person.objects.with_unit().get(pk=pk)
        _resolve(person)
        for question, variants in _questions(person, places, size, specimen).items():
            yield Result(specimen.key, question, max((measure(one) for one in variants), key=lambda cost: cost.ms))
        yield Result(specimen.key, "resolve", resolution)


def _resolve(person: Any) -> None:
    from foundation.content.querysets import _shared_content
    from foundation.spaces.querysets import readable_space_ids

    readable_space_ids(person)
    _shared_content(person)


def _places(size: Size) -> list[int]:
    """Spaces to ask about: the largest open, restricted and hidden one, the largest dormant one, the two special."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT DISTINCT ON (access, sleeps) id FROM (
                SELECT s.id, s.access, mod(s.id, 10) = 7 AS sleeps, count(*) AS n
                FROM spaces_space s JOIN content_content c ON c.space_id = s.id GROUP BY s.id) x
            WHERE n > 0 AND id <= %s ORDER BY access, sleeps, n DESC""", [size.spaces - 2])  # fmt: skip
        return [*(row[0] for row in cursor.fetchall()), size.spaces - 1, size.spaces]


def _questions(person: Any, places: list[int], size: Size, specimen: Specimen) -> dict[str, list[Callable[[], Any]]]:
    """Each question as the calls that ask it."""
    from communities.models import Topic
    from foundation.activity.models import Notification
    from foundation.content.models import Content
    from foundation.spaces.models import Space

    chance = random.Random(specimen.key)
    ids = [chance.randint(1, size.content) for _one in range(20)]
    own = list(Space.objects.of_member(person).values_list("pk", flat=True)[:2])
    spaces = [Space.objects.get(pk=pk) for pk in dict.fromkeys([*places, *own])]
    some = Content.objects.filter(pk__in=ids[:4])
    newest = list(Content.objects.newest_for(person, 2))
    uuids = [one.uuid for one in [*some, *newest]]
    back = (timezone.now() - timedelta(days=730), 1)
    return {
        "newest": [lambda: list(Content.objects.newest_for(person))],
        "kind": [lambda kind=kind: list(Content.objects.newest_for(person, kind=kind)) for kind in ("notice", "topic")],
        "space": [
            lambda space=space: list(Content.objects.in_space(space).visible_to(person).published().newest_first()[:20])
            for space in spaces
        ],
        "feed": [lambda: list(Content.objects.feed_of(person))],
        "recheck": [lambda: list(Content.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))],
        "one": [lambda uuid=uuid: Content.objects.visible_to(person).filter(uuid=uuid).exists() for uuid in uuids],
        "page 50": [
            lambda: list(Content.objects.newest_for(person, before=back)),
            lambda: list(Content.objects.feed_of(person, before=back)),
        ],
        "topics": [
            lambda space=space: list(
                Topic.objects.in_space(space).visible_to(person).published().with_row().newest_first()[:21]
            )
            for space in spaces
        ],
        "badge": [lambda: Notification.objects.unread_count(person)],
    }


def report(size: Size, results: list[Result]) -> None:
    """The table, printed; with every plan in visibility.txt and as Markdown in visibility.md."""
    columns = [*QUESTIONS, *MORE]
    head = ["milliseconds / buffers", *columns, f"< {LIMIT_MS:.0f} ms"]
    found = {(one.person, one.question): one for one in results}
    rows = []
    for specimen in SPECIMENS:
        mine = [found[specimen.key, column] for column in columns]
        verdict = all(one.is_good for one in mine if one.question in QUESTIONS)
        cells = [f"{one.cost.ms:.2f} / {one.cost.buffers:,}" for one in mine]
        rows.append([specimen.key, *cells, "PASS" if verdict else "FAIL"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        server = cursor.fetchone()[0].split(" on ")[0]
    title = (
        f"Visibility, {size.content:,} things, {size.people:,} people, {size.spaces:,} spaces, "
        f"{size.audiences:,} audiences. {server}, warm cache, planning included, best of 3."
    )
    legend = [f"{key}: {says}" for key, says in (QUESTIONS | MORE).items()]
    people = [f"{one.key}: {one.says}" for one in SPECIMENS]
    table = tables.text(head, rows)
    print(f"{title}\n\n{table}\n")
    plans = [
        f"{'=' * 100}\n{one.person}, {one.question}: {one.cost.planning:.2f} + {one.cost.execution:.2f} ms\n\n"
        + "\n\n".join(one.cost.plans)
        for one in results
    ]
    lines = "\n\n".join([title, table, *plans]).splitlines()
    full = "\n".join(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …" for line in lines)
    (surroundings.folder() / "visibility.txt").write_text(full + "\n")
    notes = "\n".join(f"- {one}" for one in [*legend, *people])
    summary = f"# The visibility rule\n\n{title}\n\n{tables.markdown(head, rows)}\n\n{notes}\n"
    (surroundings.folder() / "visibility.md").write_text(summary)
