"""The launcher at the size of the whole city: 400 applications, each with an audience of five principals (2,000
audience rules), among 2,000 audiences, for 28,000 people. What it costs as a multiple of the bare signed-in view.

In production's shape, on PostgreSQL. Two readers: one who sees all 400 applications, by which the target is judged, and
an ordinary one. Both have favourites, recents, counts and what the City and their unit put there.
"""

import contextlib
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from tests.parts import PrivateRedis

from . import surroundings, tables
from .load import Granian
from .pages import HELLO, Place, measure, signed_in

PEOPLE, APPLICATIONS, AUDIENCES, PRINCIPALS = 28_000, 400, 2_000, 5
FAVOURITES, OPENED = 12, 40
# Two who see all four hundred, one who looks at the grid and one at the list; and one like most.
READERS = ("p77", "p78", "p79")
# The most CPU, as a multiple of hello's, and the most queries. Others are measured, not judged.
TIMES = {"launcher": 5.0, "launcher (list)": 5.0, "launcher (?q=)": 5.0, "home": 8.0}
QUERIES = {"home": 15}
WORDS = ("Gestion", "Suivi", "Registre", "Demandes", "Inventaire", "Permis", "Budget", "Horaires", "Cartes", "Contrats")
THINGS = ("des travaux", "des véhicules", "des parcs", "du déneigement", "des salles", "des effectifs", "des requêtes",
          "des inspections", "de l’éclairage", "des bibliothèques")  # fmt: skip
SAID = (
    "Préparer, suivre et clore les dossiers de son équipe, avec les pièces et les échéances de chacun.",
    "Prepare, follow and close the files of one's team, with the documents and due dates of each.",
)


def run(*, small: bool, requests: int = 0) -> int:
    """Measure, print and write the report. The number of targets missed."""
    with portal(small=small) as (watched, places), Granian(surroundings.folder()) as server:
        wanted = requests or (20 if small else 100)
        costs = [measure(place, places[0], server, [*watched, server.pid], wanted) for place in places]
        people = _count()
    rows, missed = [], []
    for one in costs:
        name = one.place.name
        target, most = TIMES.get(name), QUERIES.get(name)
        if target and one.times > target:
            missed.append(f"FAIL  {name}: {one.times:.1f} x hello, target {target:.0f}")
        if most and one.queries > most:
            missed.append(f"FAIL  {name}: {one.queries} queries, target {most}")
        figures = [f"{one.ms:.1f}", f"{one.times:.1f}", f"{target:.0f}" if target else "", str(one.queries)]
        rows.append([name, *figures, f"{one.size:,}"])
    head = ["page", "CPU ms", "x hello", "target", "queries", "bytes"]
    title = (
        f"The launcher: {people:,} people, {APPLICATIONS} applications, {APPLICATIONS * PRINCIPALS:,} audience rules"
    )
    print(f"{title}\n\n{tables.text(head, rows)}\n")
    print("\n".join(missed) or "PASS")
    (surroundings.folder() / "applications.md").write_text(f"# {title}\n\n{tables.markdown(head, rows)}\n")
    return len(missed)


@contextlib.contextmanager
def portal(*, small: bool) -> Iterator[tuple[list[int], list[Place]]]:
    """The production's parts, filled: the processes to watch, and the pages to ask for."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(surroundings.server())
        watched, extra = [server.pid], {}
        if PrivateRedis.is_installed():
            redis = stack.enter_context(PrivateRedis(surroundings.folder() / "redis"))
            watched.append(redis.pid)
            extra["REDIS_URL"] = redis.url
        name = "applications_small" if small else "applications"
        made_by = [surroundings.ROOT / "benchmarks" / "applications.py"]
        with surroundings.production(server, name, made_by, **extra) as is_fresh:
            if not is_fresh:
                _fill(300 if small else PEOPLE)
        yield watched, list(_places())


def _fill(people: int) -> None:
    """Everybody; two thousand audiences; and four hundred applications, each for five of the city's principals."""
    from django.utils import timezone

    from applications.actions import add_application
    from applications.models import Application, Status
    from directory.models import Person, Unit
    from foundation.activity.actions import quietly
    from foundation.audiences.actions import audience_of
    from foundation.audiences.principals import ELECTED, EVERYONE, principal
    from foundation.spaces.models import Membership, Role, Space

    from .acknowledgements import _people

    chance = random.Random(39)
    print(f"Making {people:,} people and {APPLICATIONS} applications", flush=True)
    keeper = _people(people)
    units = [principal("unit", pk) for pk in Unit.objects.order_by("pk").values_list("pk", flat=True)]
    for _number in range(AUDIENCES):
        audience_of({principal("person", one) for one in chance.sample(range(1, people), PRINCIPALS)})
    register = Space.objects.create(
        kind=Space.Kind.SITE, slug="register", name_fr="Registre", name_en="Register", audience=audience_of({EVERYONE})
    )
    Membership.objects.create(space=register, person=keeper, role=Role.OWNER)
    readers = list(Person.objects.filter(username__in=READERS).order_by("username"))
    seeing_all = [principal("person", one.pk) for one in readers[:2]]
    categories, icons = Application.Category.values, ("cash", "map", "truck", "school", "ticket", "beach", "receipt")
    stages = ["in_service"] * 16 + ["pilot", "announced", "retiring", "in_service"]
    made = []
    with quietly():
        for number in range(APPLICATIONS):
            others = chance.sample(units, PRINCIPALS - 3)
            # A third for everyone; the rest for units, the elected and named people.
            wide = EVERYONE if number % 3 == 0 else ELECTED
            audience = audience_of({wide, *seeing_all, *others})
            one = add_application(
                register,
                actor=keeper,
                title=f"{WORDS[number % 10]} {THINGS[number // 10 % 10]} {number}",
                title_translated=f"Application number {number}",
                audience=audience,
                description_fr=SAID[0],
                description_en=SAID[1],
                category=categories[number % len(categories)],
                icon=icons[number % len(icons)],
                order=number % 7,
                address=f"https://application-{number}.ville.example/",
                entry="request" if number % 9 == 0 else "open",
                stage=stages[number % len(stages)],
                service_from=timezone.now() - timedelta(days=number % 400),
            )
            made.append(one)
    Application.objects.filter(pk__in=[one.pk for one in made]).update(status=Status.UP)
    Application.objects.filter(pk__in=[one.pk for one in made[::40]]).update(status=Status.DOWN)
    for person in readers:
        _own(person, made, keeper)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _own(person: Any, made: list[Any], keeper: Any) -> None:
    """Favourites, openings, counts, and what was put there for everyone."""
    from django.utils import timezone

    from applications.models import AccessGrant, Badge, Favourite, LauncherDefault, Opening

    now = timezone.now()
    Favourite.objects.bulk_create(
        Favourite(person=person, application=one, position=n) for n, one in enumerate(made[: FAVOURITES * 3 : 3])
    )
    Opening.objects.bulk_create(
        Opening(person=person, application=one, last=now - timedelta(hours=n)) for n, one in enumerate(made[:OPENED])
    )
    Badge.objects.bulk_create(
        Badge(person=person, application=one, count=n, updated=now, expires=now + timedelta(days=300))
        for n, one in enumerate(made[:30:3], 1)
    )
    AccessGrant.objects.bulk_create(AccessGrant(person=person, application=one, by=keeper) for one in made[:90:9])
    for n, one in enumerate(made[90:99:3]):
        row = LauncherDefault(application=one, principal="everyone", is_forced=n == 0, position=n, by=keeper)
        LauncherDefault.objects.bulk_create([row], ignore_conflicts=True)


def _count() -> int:
    from directory.models import Person

    return Person.objects.count()


def _places() -> Iterator[Place]:
    """Hello first: it is everybody's yardstick."""
    from applications.actions import choose_view
    from directory.models import Person

    everything, other_way, ordinary = Person.objects.with_unit().filter(username__in=READERS).order_by("username")
    choose_view("list", actor=other_way)
    cookie, other = signed_in(everything), signed_in(ordinary)
    yield Place("hello", HELLO, cookie)
    yield Place("launcher", "/apps/", cookie)
    yield Place("launcher (?q=)", "/apps/?q=permis", cookie)
    yield Place("launcher (ordinary reader)", "/apps/", other)
    yield Place("launcher (list)", "/apps/", signed_in(other_way))
    yield Place("menu", "/apps/menu/", cookie)
    yield Place("counts", "/apps/badges/", cookie)
    yield Place("home", "/", cookie)
    yield Place("API favourites", "/api/v1/applications/favourites", cookie)
