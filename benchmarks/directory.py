"""The directory at the size of the whole city: the sync with a real LDAP server, finding people, the org chart.

Twice, on SQLite and on PostgreSQL, each in a process of its own. The sync's CPU is that of its process and of the
database server; slapd's own is the city's and is only shown. Pages are measured as in `pages`.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap

from directory.slapd import PrivateSlapd

from . import surroundings, tables
from .load import Granian, cpu_seconds, get
from .pages import HELLO, Cost, Place, measure, signed_in

DATABASES = ("sqlite", "postgresql")
FULL, SMALL = 28_000, 500
# Seconds of CPU, megabytes, seconds of the clock where the target is one of waiting.
TARGETS = {
    "first sync, CPU s": 60.0,
    "first sync, MB": 300.0,
    "unchanged, s": 3.0,
    "full again, nothing changed, CPU s": None,
    "one change seen by a browser, s": 2.0,
    "org chart of the whole city, CPU s": 1.0,
}
TIMES = {"people": 8.0, "people, misspelt": 8.0, "people, a common title": 8.0, "suggestions": 4.0}


@dataclass(frozen=True)
class Figure:
    """One measure of the sync."""

    name: str
    value: float

    @property
    def is_missed(self) -> bool:
        target = TARGETS.get(self.name)
        return target is not None and self.value > target


def run(database: str, *, small: bool) -> int:
    """Measure on one database, print and write the report. The number of targets missed."""
    with contextlib.ExitStack() as stack:
        slapd = stack.enter_context(_directory(small=small))
        watched = stack.enter_context(_database(database, slapd, small=small))
        _fill(slapd, small=small)
        figures = _sync(watched)
        stack.enter_context(_told_the_planner())
        with Granian(surroundings.folder()) as server:
            places = list(_places())
            figures.append(_watch(slapd, server, places[0].cookie))
            requests = 20 if small else 60
            costs = [measure(one, places[0], server, [*watched, server.pid], requests) for one in places]
            figures.append(_chart(server, places[0].cookie, [*watched, server.pid]))
    return _report(database, figures, costs, small=small)


@contextlib.contextmanager
def _directory(*, small: bool) -> Iterator[PrivateSlapd]:
    """A slapd of its own. Django's settings name its address, so that it runs before they are read."""
    slapd = PrivateSlapd(surroundings.folder() / ("slapd_small" if small else "slapd"))
    slapd.start()
    try:
        yield slapd
    finally:
        slapd.stop()


def _fill(slapd: PrivateSlapd, *, small: bool) -> None:
    """The city's people, loaded again when the demo city changed."""
    from intranet.demo.load import ldif_entries
    from intranet.demo.people import people

    stamp = slapd.folder / "stamp"
    sources = [*(surroundings.ROOT / "intranet" / "demo").rglob("*"), *(surroundings.ROOT / "deploy/slapd").iterdir()]
    wanted = surroundings.fingerprint([one for one in sources if one.suffix in (".py", ".toml", ".schema", ".conf")])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    count = SMALL if small else FULL
    print(f"Loading the LDAP directory: {count:,} people", flush=True)
    slapd.stop()
    slapd.load(ldif_entries(people(count)))
    slapd.start()
    stamp.write_text(wanted)


@contextlib.contextmanager
def _database(database: str, slapd: PrivateSlapd, *, small: bool) -> Iterator[list[int]]:
    """Django on an empty database, pointed at `slapd`. Gives the processes of the database."""
    name = f"directory_{'small' if small else 'full'}"
    with contextlib.ExitStack() as stack:
        watched: list[int] = []
        if database == "postgresql":
            server = stack.enter_context(surroundings.server())
            url, watched = server.create_database(name), [server.pid]
        else:
            path = surroundings.folder() / f"{name}.sqlite3"
            for one in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                one.unlink(missing_ok=True)
            url = f"sqlite:///{path}"
        # The first sync stores the photos too.
        data = surroundings.folder() / f"{name}_data"
        shutil.rmtree(data, ignore_errors=True)
        surroundings.set_up(
            url,
            DATA_DIR=str(data),
            **surroundings.PRODUCTION
            | {
                "LDAP_URI": slapd.uri,
                "LDAP_CA_FILE": str(slapd.ca_file),
                "LDAP_BASE_DN": slapd.base_dn,
                "LDAP_BIND_DN": slapd.bind_dn,
                "LDAP_BIND_PASSWORD": slapd.bind_password,
            },
        )
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        surroundings.migrate()
        yield watched


def _command(*options: str) -> list[str]:
    return [sys.executable, str(surroundings.ROOT / "manage.py"), "sync_directory", *options]


def _sync(watched: list[int]) -> list[Figure]:
    """The first run, an unchanged one, and a full one that finds nothing changed."""

    def spent(*options: str) -> tuple[float, float, float]:
        """CPU seconds of the run and its database, peak megabytes, seconds of the clock."""
        before, start = cpu_seconds(watched), time.monotonic()
        process = subprocess.Popen(_command(*options), stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        if status:
            raise RuntimeError(f"sync_directory {' '.join(options)} ended with {os.waitstatus_to_exitcode(status)}")
        own = usage.ru_utime + usage.ru_stime
        return own + cpu_seconds(watched) - before, usage.ru_maxrss / 1024, seconds

    first, memory, _seconds = spent()
    print(f"  first sync: {first:.1f} s CPU, {memory:.0f} MB", flush=True)
    _cpu, _memory, unchanged = spent()
    again, _memory, _seconds = spent("--full")
    names = list(TARGETS)
    values = (first, memory, unchanged, again)
    return [Figure(name, value) for name, value in zip(names, values, strict=False)]


@contextlib.contextmanager
def _told_the_planner() -> Iterator[None]:
    """Statistics, as an evening's autovacuum would have made them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield


def _watch(slapd: PrivateSlapd, server: Granian, cookie: str) -> Figure:
    """From a change in LDAP to a page that shows it."""
    from directory.ldif import person_dn
    from directory.models import Person

    person = Person.objects.filter(kind="employee", is_active=True).order_by("pk")[7]
    number = f"514 555-01{int(time.time()) % 100:02d}, poste {int(time.time()) % 9000 + 1000}"
    process = subprocess.Popen(_command("--watch"), stdout=subprocess.DEVNULL)
    try:
        _wait_until_listening()
        administrator = _administrator(slapd)
        change = [(ldap.MOD_REPLACE, "telephoneNumber", number.encode())]
        administrator.modify_s(person_dn(person.username), change)
        start = time.monotonic()
        while number not in _text(server.port, f"/api/v1/people/{person.uuid}", cookie):
            if time.monotonic() - start > 60:
                raise RuntimeError("the watch does not see the change")
            time.sleep(0.02)
        seconds = time.monotonic() - start
        administrator.unbind_s()
    finally:
        process.terminate()
        process.wait(30)
    return Figure("one change seen by a browser, s", seconds)


def _wait_until_listening() -> None:
    from directory.models import SyncState

    before, deadline = SyncState.objects.values_list("watched", flat=True).first(), time.monotonic() + 60
    while SyncState.objects.values_list("watched", flat=True).first() == before:
        if time.monotonic() > deadline:
            raise RuntimeError("the watch does not start")
        time.sleep(0.1)


def _administrator(slapd: PrivateSlapd) -> Any:
    administrator = ldap.initialize(slapd.uri)
    administrator.set_option(ldap.OPT_X_TLS_CACERTFILE, str(slapd.ca_file))
    administrator.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    administrator.start_tls_s()
    administrator.simple_bind_s(slapd.admin_dn, slapd.admin_password)
    return administrator


def _text(port: int, path: str, cookie: str) -> str:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    try:
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _places() -> Iterator[Place]:
    from directory.models import Person
    from intranet.demo.people import BY_ROLE

    employee = Person.objects.with_unit().get(username=BY_ROLE["employee"].username)
    cookie = signed_in(employee)
    yield Place("hello", HELLO, cookie)
    yield Place("people", "/people/?q=tremblay", cookie)
    yield Place("people, misspelt", "/people/?q=trembaly", cookie)
    yield Place("people, a common title", "/people/?q=agente", cookie)
    yield Place("everybody", "/people/", cookie)
    yield Place("suggestions", "/people/suggest?q=trem", cookie)
    yield Place("person", Person.objects.get(username=BY_ROLE["manager"].username).get_absolute_url(), cookie)
    yield Place("API people", "/api/v1/people?q=tremblay", cookie)
    yield Place("elected officials", "/elected/", cookie)


def _chart(server: Granian, cookie: str, watched: list[int]) -> Figure:
    """The whole city drawn, every unit open."""
    path = "/units/chart/?open=all"
    get(server.port, path, cookie)
    before = cpu_seconds(watched)
    rounds = 5
    for _round in range(rounds):
        answer = get(server.port, path, cookie)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
    return Figure("org chart of the whole city, CPU s", (cpu_seconds(watched) - before) / rounds)


def _report(database: str, figures: list[Figure], costs: list[Cost], *, small: bool) -> int:
    count = SMALL if small else FULL
    title = f"The directory on {database}: {count:,} people, one in ten with a photo, {os.cpu_count()} cores."
    head = ["measure", "found", "target", "verdict"]
    rows = []
    for one in figures:
        target = TARGETS[one.name]
        verdict = "" if target is None else "FAIL" if one.is_missed else "PASS"
        rows.append([one.name, f"{one.value:.2f}", "" if target is None else f"{target:.0f}", verdict])
    page_head = ["page", "CPU ms", "x hello", "target", "queries", "bytes", "verdict"]
    page_rows, missed = [], [one.name for one in figures if one.is_missed]
    for cost in costs:
        target = TIMES.get(cost.place.name)
        is_missed = target is not None and cost.times > target
        missed += [cost.place.name] * is_missed
        verdict = "" if target is None else "FAIL" if is_missed else "PASS"
        goal = "" if target is None else f"{target:.0f}"
        figures_of_page = [f"{cost.ms:.1f}", f"{cost.times:.1f}", goal, str(cost.queries), f"{cost.size:,}", verdict]
        page_rows.append([cost.place.name, *figures_of_page])
    print(f"{title}\n\n{tables.text(head, rows)}\n\n{tables.text(page_head, page_rows)}\n")
    report = f"# {title}\n\n{tables.markdown(head, rows)}\n\n{tables.markdown(page_head, page_rows)}\n"
    (surroundings.folder() / f"directory_{database}.md").write_text(report)
    print("\n".join(f"FAIL  {one}" for one in missed) or "PASS")
    # Of little data only that it runs is asked.
    return 0 if small else len(missed)
