"""All servers, round by round, and the report."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.parts import PrivateRedis

from .. import surroundings
from . import report
from .scenarios import ALONE, FULL, SMALL, Run, Size
from .servers import Hocuspocus, Ours, Server, YWebsocket

DATABASES = ("sqlite", "postgresql")
ROUNDS = 3


def run(database: str, *, small: bool) -> int:
    """Measure on one database, print and write the report. The number of targets missed, and of faults.

    On SQLite the targets are judged. PostgreSQL with Redis is told: one process, and two.
    """
    size, rounds, faults = SMALL if small else FULL, [], []
    with _portal(database) as folder:
        from .city import City  # its models need Django set up

        city = City(size.many)
        kinds: list[Callable[[Path], Server]] = [Ours, Hocuspocus]
        kinds.append(YWebsocket if database == "sqlite" else _two_processes)
        for number in range(1 if small else ROUNDS):
            found = {}
            for which in range(len(kinds)):
                make = kinds[(which + number) % len(kinds)]
                name, figures, failed = _once(make, city, size, folder / f"{number}-{which}")
                found[name] = figures
                faults += failed
            rounds.append({name: found[name] for name in sorted(found, key=_order)})
    head, rows, missed = report.table(rounds, judged=database == "sqlite")
    print(f"rooms, {database}\n" + report.text(head, rows))
    print("\n".join(faults) or "All converged, nothing was lost, the database replays to the same.")
    name = f"rooms-{database}.md"
    (surroundings.folder() / name).write_text(report.markdown(head, rows, rounds) + "\n".join(faults))
    return missed + len(faults)


def profile(database: str, name: str, *, small: bool) -> int:
    """Where the time of one thing goes (`joins`, `A` or `B`), by the threads of our server: printed, and left in the
    folder of the run. 2 when there is no such thing."""
    if name not in ALONE:
        print(f"nothing of the rooms is called {name}: {', '.join(ALONE)}")
        return 2
    size = SMALL if small else FULL
    with _portal(database) as folder:
        from .city import City  # its models need Django set up

        told = folder / f"profile-{name}.txt"
        server = Ours(folder / "profiled", profile=told)
        Run(server, City(size.many).place(size.rooms), size, folder / "profiled").alone(name)
        print(told.read_text())
    return 0


def _once(
    make: Callable[[Path], Server], city: Any, size: Size, folder: Path
) -> tuple[str, dict[str, float], list[str]]:
    """One server through everything: its name, figures, and what went wrong."""
    server = make(folder)
    place = city.place(size.rooms)
    print(f"{server.name} ...", flush=True)
    done = Run(server, place, size, folder).go()
    faults = list(done.faults)
    if isinstance(server, Ours):
        faults += city.differences(place, folder)
    return server.name, done.figures, [f"{server.name}, {one}" for one in faults]


def _order(name: str) -> tuple[bool, str]:
    return name != Ours.name, name


def _two_processes(folder: Path) -> Server:
    server = Ours(folder, processes=2)
    server.name = "ours, two processes"
    return server


@contextlib.contextmanager
def _portal(database: str) -> Iterator[Path]:
    """Django in production's settings on an empty database; answers the folder of the run."""
    folder = surroundings.folder() / f"rooms-{database}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        if database == "sqlite":
            _on_sqlite(folder / "portal.sqlite3")
        else:
            server = stack.enter_context(surroundings.server())
            redis = stack.enter_context(PrivateRedis(surroundings.folder() / "redis"))
            # The sockets' process has threads of its own (see `rooms.threads`): the default pool, not that of pages.
            settings = {**surroundings.PRODUCTION, "DATABASE_POOL": "8"}
            surroundings.set_up(server.create_database("rooms"), **settings, REDIS_URL=redis.url)
            surroundings.migrate()
        yield folder


def _on_sqlite(database: Path) -> None:
    """Migrated once for each schema: that takes longer than a round."""
    empty, stamp = surroundings.folder() / "rooms-empty.sqlite3", surroundings.folder() / "rooms-empty.stamp"
    wanted = surroundings.fingerprint([])
    is_fresh = stamp.exists() and stamp.read_text() == wanted
    if is_fresh:
        shutil.copyfile(empty, database)
    surroundings.set_up(f"sqlite:///{database}", **surroundings.PRODUCTION)
    if not is_fresh:
        surroundings.migrate()
        with sqlite3.connect(database) as source, sqlite3.connect(empty) as target:
            source.backup(target)
        stamp.write_text(wanted)
