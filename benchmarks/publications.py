"""Notices at the size of the whole city: 20,000 of them, 28,000 people. What the list and one notice cost as multiples
of the bare signed-in view, and what publishing to everybody writes.

In production's shape, on PostgreSQL. See also `push` (1,000 open browsers) and `acknowledgements` (what is pending).
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from tests.parts import PrivateRedis

from . import surroundings, tables
from .load import Granian
from .pages import HELLO, Place, measure, signed_in

PEOPLE, NOTICES, SITES = 28_000, 20_000, 60
TIMES = {"notice": 6.0, "notices": 6.0, "notices of a genre": 6.0}
# Rows that publishing to everybody may write, whatever their number, and the milliseconds it may take.
ROWS, PUBLISH_MS = 20, 500.0
BODY = "<p>" + "La cour de voirie ouvre à 6 h 30 pendant la saison du déneigement. " * 12 + "</p>"


def run(*, small: bool, requests: int = 0) -> int:
    """Measure, print and write the report. The number of targets missed."""
    wanted = requests or (20 if small else 80)
    with _portal(small=small) as (watched, places), Granian(surroundings.folder()) as server:
        costs = [measure(place, places[0], server, [*watched, server.pid], wanted) for place in places]
        rows, ms, seen = _publishing()
        people = _count()
    head = ["publications", "CPU ms", "x hello", "target", "queries", "verdict"]
    lines = []
    for one in costs:
        target = TIMES.get(one.place.name)
        verdict = "" if target is None else "FAIL" if one.times > target else "PASS"
        figures = [f"{one.ms:.1f}", f"{one.times:.1f}", f"{target:.0f}" if target else "", str(one.queries)]
        lines.append([one.place.name, *figures, verdict])
    print(tables.text(head, lines))
    told = f"Publishing to {people:,} people: {rows} rows (at most {ROWS}), {ms:.0f} ms; seen at the next page: {seen}"
    print(told)
    (surroundings.folder() / "publications.md").write_text(f"{tables.markdown(head, lines)}\n\n{told}\n")
    return sum(line[-1] == "FAIL" for line in lines) + (rows > ROWS) + (ms > PUBLISH_MS) + (not seen)


@contextlib.contextmanager
def _portal(*, small: bool) -> Iterator[tuple[list[int], list[Place]]]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(surroundings.server())
        watched, extra = [server.pid], {}
        if PrivateRedis.is_installed():
            redis = stack.enter_context(PrivateRedis(surroundings.folder() / "redis"))
            watched.append(redis.pid)
            extra["REDIS_URL"] = redis.url
        name = "publications_small" if small else "publications"
        made_by = [surroundings.ROOT / "benchmarks" / "publications.py"]
        with surroundings.production(server, name, made_by, **extra) as is_fresh:
            if not is_fresh:
                _fill(300 if small else PEOPLE, 400 if small else NOTICES)
        yield watched, list(_places())


def _fill(people: int, notices: int) -> None:
    """Everybody, sixty sites, and notices that go back ten years, a third of them narrowed to a unit."""
    from django.utils import timezone

    from directory.models import Unit
    from foundation.audiences.actions import audience_of
    from foundation.audiences.principals import EVERYONE, principal
    from foundation.content.models import Content
    from foundation.spaces.models import Membership, Role, Space
    from publications.models import Notice, Site

    from .acknowledgements import _people

    print(f"Making {people:,} people and {notices:,} notices", flush=True)
    keeper = _people(people)
    everyone = audience_of({EVERYONE})
    spaces, audiences = [], []
    for number, unit in enumerate(Unit.objects.exclude(parent=None).order_by("pk")[:SITES]):
        space = Space.objects.create(
            kind=Space.Kind.SITE, slug=f"site-{number}", name_fr=f"Site {number}", name_en="", audience=everyone
        )
        Site.objects.create(space=space, unit=unit, code=f"S{number}", is_city=number == 0)
        Membership.objects.create(space=space, principal=principal("unit", unit.pk), role=Role.READER)
        spaces.append(space)
        audiences.append(audience_of({principal("unit", unit.pk), principal("editors", space.pk)}))
    Membership.objects.create(space=spaces[0], person=keeper, role=Role.OWNER)
    now, genres = timezone.now(), ("notice", "news", "circular", "press")
    rows = [
        Content(
            kind="notice",
            space=spaces[n % SITES],
            audience=audiences[n % SITES] if n % 3 == 0 else None,
            title=f"Avis numéro {n} sur le déneigement",
            title_translated=f"Notice number {n} on snow removal",
            language="fr",
            author=keeper,
            owner=keeper,
            created=now - timedelta(hours=4 * n),
            updated=now - timedelta(hours=4 * n),
            published=now - timedelta(hours=4 * n),
            expires=now - timedelta(hours=n) if n % 5 == 4 else None,
        )
        for n in range(notices)
    ]
    made = Content.objects.bulk_create(rows, batch_size=1000)
    fields = Notice._meta.local_concrete_fields
    holders = ", ".join(["%s"] * len(fields))
    names = ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor:
        values = []
        for n, content in enumerate(made):
            original = {"title": content.title, "summary": "", "body": BODY}
            notice = Notice(
                content_ptr=content,
                genre=genres[n % 4],
                stage="published",
                body=BODY,
                body_translated=BODY,
                translated_from=original,
                translation_state="current",
                series=f"S{n % SITES}/{genres[n % 4]}",
                year=content.published.year,
                number=n,
                unit_id=spaces[n % SITES].site.unit_id,
                live=True,
            )
            values.append([one.get_db_prep_save(getattr(notice, one.attname), connection) for one in fields])
        cursor.executemany(f"INSERT INTO {Notice._meta.db_table} ({names}) VALUES ({holders})", values)
        cursor.execute("VACUUM (ANALYZE)")


def _count() -> int:
    from directory.models import Person

    return Person.objects.count()


def _places() -> Iterator[Place]:
    """Hello first: it is everybody's yardstick."""
    from directory.models import Person
    from publications.models import Notice

    reader = Person.objects.with_unit().get(username="p77")
    cookie = signed_in(reader)
    seen = Notice.objects.visible_to(reader).in_force().newest_first()[7]
    yield Place("hello", HELLO, cookie)
    yield Place("notice", f"/notices/{seen.uuid}/", cookie)
    yield Place("notices", "/notices/", cookie)
    yield Place("notices of a genre", "/notices/?genre=news", cookie)
    yield Place("notices of a year", "/notices/?year=2019", cookie)
    yield Place("API notices", "/api/v1/notices", cookie)
    yield Place("home", "/", cookie)


def _publishing() -> tuple[int, float, bool]:
    """The rows that publishing one notice to everybody writes, its milliseconds, and whether a reader sees it next."""
    from directory.models import Person
    from foundation.activity.tasks import fan_out_waiting
    from foundation.audiences.principals import EVERYONE
    from publications.actions import publish_now, start_draft
    from publications.models import Notice, Site

    site = Site.objects.select_related("space").get(is_city=True)
    site.four_eyes = False
    site.save(update_fields=["four_eyes"])
    keeper = Person.objects.with_unit().get(username="p0")
    values = {"title": "À tout le monde", "body": BODY, "audience": {EVERYONE}, "acknowledgement": "read"}
    draft = start_draft(site.space, values, actor=keeper)
    before = _rows_written()
    start = time.perf_counter()
    publish_now(draft, actor=keeper)
    ms = (time.perf_counter() - start) * 1000
    fan_out_waiting(timedelta(seconds=-5))
    rows = _rows_written() - before
    reader = Person.objects.with_unit().get(username="p77")
    return rows, ms, Notice.objects.visible_to(reader).in_force().filter(pk=draft.pk).exists()


def _rows_written() -> int:
    """Every row of every table of ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        names = [name for (name,) in cursor.fetchall()]
        total = 0
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            total += cursor.fetchone()[0]
    return total
