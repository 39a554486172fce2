"""How long it takes to tell a thousand open browsers, from the change to the last one told.

A real server (`manage.py serve`, or with Redis also `manage.py worker`), a thousand signed-in people with one socket
each, opened from this process. The clock is the machine's; sockets, server and worker share its processors.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from websockets.asyncio.client import ClientConnection, connect

from directory.slapd import free_port
from tests.parts import HOST, PrivateRedis

from . import surroundings
from .load import cpu_seconds, get

FULL, SMALL = 1000, 20
TARGET = 2.0
# Sockets opened at a time: browsers come back one by one.
AT_ONCE = 50
LAYERS = ("memory", "redis")
WAIT = 60.0


@dataclass(frozen=True)
class Figure:
    """One measure: seconds until half of the browsers, 95 %, and the last had been told; CPU of server and worker."""

    name: str
    told: list[float]
    expected: int
    cpu: float

    def at(self, share: float) -> float:
        return self.told[min(len(self.told) - 1, int(share * len(self.told)))] if self.told else float("inf")

    @property
    def is_missed(self) -> bool:
        return len(self.told) < self.expected or self.at(1.0) > TARGET

    def __str__(self) -> str:
        times = " ".join(f"{self.at(share):8.2f}" for share in (0.5, 0.95, 1.0))
        return f"{self.name:44} {len(self.told):5} {times} {self.cpu:8.2f}" + ("  MISSED" if self.is_missed else "")


def run(layer: str, *, small: bool) -> int:
    """Measure on one layer, print and write the report. The number of targets missed."""
    count = SMALL if small else FULL
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count * 4 + 1000), hard))
    with contextlib.ExitStack() as stack:
        environment = {}
        if layer == "redis":
            redis = stack.enter_context(PrivateRedis(surroundings.folder() / "redis"))
            environment = {"REDIS_URL": redis.url}
        database = surroundings.folder() / f"push-{layer}.sqlite3"
        for one in database.parent.glob(f"{database.name}*"):
            one.unlink()
        surroundings.set_up(f"sqlite:///{database}", **environment)
        surroundings.migrate()
        call_command("collectstatic", interactive=False, verbosity=0)
        city = _City(count)
        server = stack.enter_context(_Server(layer, len(environment) > 0))
        figures = asyncio.run(_measure(city, server, layer))
    what = f"seconds, {layer}, {count} browsers"
    head = f"{what:44} {'told':>5} {'p50':>8} {'p95':>8} {'last':>8} {'CPU s':>8}"
    text = "\n".join([head, *map(str, figures)])
    print(text, flush=True)
    (surroundings.folder() / f"push-{layer}.txt").write_text(text + "\n")
    return sum(one.is_missed for one in figures)


class _City:
    """People with sessions, who all belong to one community."""

    def __init__(self, count: int) -> None:
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

        from communities.actions import create_community
        from directory.actions import create_person, create_unit
        from directory.models import Person
        from directory.sessions import SessionStore
        from foundation.spaces.models import Membership, Role

        unit = create_unit("VILLE", "Ville", name_en="City", kind="city")
        self.unit = unit
        self.author = create_person(username="auteur", given_name="Anne", family_name="Auteur", unit=unit)
        Person.objects.bulk_create(
            Person(
                username=f"p{number}", given_name="P", family_name=str(number), unit=unit, kind="employee",
                language="en" if number % 5 == 0 else "fr",
            )
            for number in range(count)
        )  # fmt: skip
        people = list(Person.objects.exclude(pk=self.author.pk))
        self.community = create_community(actor=self.author, name_fr="Déneigement", name_en="Snow")
        Membership.objects.bulk_create(
            Membership(space=self.community, person=one, role=Role.CONTRIBUTOR) for one in people
        )
        self.site = self._city_site()
        self.cookies = []
        for one in people:
            store = SessionStore()
            store[SESSION_KEY] = str(one.pk)
            store[BACKEND_SESSION_KEY] = "directory.backends.LocalBackend"
            store[HASH_SESSION_KEY] = one.get_session_auth_hash()
            store.save()
            self.cookies.append(f"parvis_session={store.session_key}")

    def _city_site(self) -> Any:
        from foundation.audiences.actions import audience_of
        from foundation.audiences.principals import EVERYONE
        from foundation.spaces.actions import create_space
        from foundation.spaces.models import Space
        from publications.models import Site

        space = create_space(
            Space.Kind.SITE, actor=self.author, name_fr="Ville", name_en="City", audience=audience_of({EVERYONE})
        )
        return Site.objects.create(space=space, unit=self.unit, is_city=True)


class _Server:
    """`manage.py serve`, and the worker where it is a process of its own."""

    def __init__(self, layer: str, has_worker: bool) -> None:
        self.port = free_port()
        self._log = surroundings.folder() / f"push-{layer}.log"
        self._commands = [["serve", "--port", str(self.port)], *([["worker"]] if has_worker else [])]
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "_Server":
        watch = shutil.which("setpriv")
        guard = [watch, "--pdeathsig", "TERM", "--"] if watch else []
        with self._log.open("wb") as log:
            for one in self._commands:
                command = [*guard, sys.executable, str(surroundings.ROOT / "manage.py"), *one]
                self._processes.append(
                    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ))
                )
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                if get(self.port, "/health/live", "").status == 200:
                    return self
            if time.monotonic() > deadline or self._processes[0].poll() is not None:
                self.__exit__()
                raise RuntimeError(f"the server did not start: {self._log.read_text()}")
            time.sleep(0.1)

    def __exit__(self, *error: object) -> None:
        for one in self._processes:
            one.terminate()
        for one in self._processes:
            one.wait(30)

    @property
    def cpu(self) -> float:
        return cpu_seconds([one.pid for one in self._processes])


class _Browsers:
    """The open sockets; `told` says when each of them was sent what one waits for."""

    def __init__(self) -> None:
        self.wanted: Callable[[str], bool] = lambda text: False
        self.told: dict[int, float] = {}
        self.lost = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, port: int, cookies: list[str]) -> None:
        gate, first = asyncio.Semaphore(AT_ONCE), []
        for number, cookie in enumerate(cookies):
            heard = asyncio.Event()
            first.append(heard)
            self._tasks.append(asyncio.create_task(self._listen(number, port, cookie, gate, heard)))
        await asyncio.wait_for(asyncio.gather(*(one.wait() for one in first)), 180)

    async def _listen(self, number: int, port: int, cookie: str, gate: asyncio.Semaphore, heard: asyncio.Event) -> None:
        async with gate:
            line: ClientConnection = await connect(
                f"ws://{HOST}:{port}/ws/notifications/",
                additional_headers={"Cookie": cookie},
                origin=f"http://{HOST}:{port}",  # type: ignore[arg-type]
                open_timeout=60,
                ping_interval=None,
            )
            await line.recv()
            heard.set()
        try:
            async for text in line:
                if self.wanted(str(text)):
                    self.told.setdefault(number, time.time())
        finally:
            self.lost += 1

    async def until_told(self, count: int, wanted: Callable[[str], bool], begin: Callable[[], float]) -> list[float]:
        """Begins, and waits for all to be told. Answers the sorted delays. `begin` gives the moment to count from."""
        self.told, self.wanted = {}, wanted
        start = await asyncio.to_thread(begin)
        deadline = time.monotonic() + WAIT
        while len(self.told) < count and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return sorted(one - start for one in self.told.values())

    async def close(self) -> None:
        for one in self._tasks:
            one.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _measure(city: _City, server: _Server, layer: str) -> list[Figure]:
    browsers, count = _Browsers(), len(city.cookies)
    figures = []
    begun = time.time()
    await browsers.open(server.port, city.cookies)
    print(f"{count} sockets open after {time.time() - begun:.1f} s", flush=True)
    await asyncio.sleep(1)
    for name, wanted, begin in _changes(city, layer):
        before = server.cpu
        told = await browsers.until_told(count, wanted, begin)
        figures.append(Figure(name, told, count, server.cpu - before))
        await asyncio.sleep(1)
    await browsers.close()
    return figures


def _changes(city: _City, layer: str) -> Iterator[tuple[str, Callable[[str], bool], Callable[[], float]]]:
    """What is measured: its name, what each browser must be sent, what begins it."""
    is_notification = lambda text: '"notification"' in text  # noqa: E731
    yield "notification, a row per member", is_notification, lambda: _start_topic(city)
    if layer == "redis":
        yield "notification, one row for everyone", is_notification, lambda: _tell_everyone(city)
    yield "alert, by the clock", lambda text: "alert--critical" in text, lambda: _schedule(city)
    yield "alert, ended by the clock", lambda text: '"alerts"' in text and "alert--" not in text, lambda: _end(city)
    if layer == "redis":
        yield "alert, raised now", lambda text: "alert--warning" in text, lambda: _raise(city)


def _start_topic(city: _City) -> float:
    from communities.actions import start_topic

    start_topic(city.community, "Une question", "Texte.", actor=city.author)
    return time.time()


def _tell_everyone(city: _City) -> float:
    """One notification for the whole city, told from this process as a worker would."""
    from django.db import transaction

    from communities.activities import TOPIC_STARTED
    from communities.models import Topic
    from foundation.activity.actions import quietly, record
    from foundation.activity.models import Notification
    from foundation.activity.signals import notified
    from foundation.audiences.actions import audience_of
    from foundation.audiences.principals import EVERYONE

    with quietly(), transaction.atomic():
        activity = record(TOPIC_STARTED, Topic.objects.get(), actor=city.author)
        made = Notification.objects.create(
            activity=activity, audience=audience_of({EVERYONE}), reason=Notification.Reason.AUDIENCE
        )
    begun = time.time()
    notified.send(type(activity), activity=activity, notifications=[made])
    return begun


def _schedule(city: _City) -> float:
    """A critical alert that begins in two seconds and ends eight seconds later, both by the worker's clock."""
    from django.utils import timezone

    starts = timezone.now() + timedelta(seconds=2)
    _alert(city, "critical", starts, starts + timedelta(seconds=8))
    return starts.timestamp()


def _end(city: _City) -> float:
    """The end of the same."""
    from publications.models import Alert

    return float(Alert.objects.values_list("expires", flat=True).get().timestamp())


def _raise(city: _City) -> float:
    """A warning raised by this process, as a page would."""
    from django.utils import timezone

    begun = time.time()
    _alert(city, "warning", None, timezone.now() + timedelta(hours=1))
    return begun


def _alert(city: _City, severity: str, starts: Any, ends: Any) -> None:
    from foundation.audiences.principals import EVERYONE
    from publications.actions.alerts import Wording, raise_alert
    from publications.models import Severity

    words = Wording("Panne de courant", "Power outage", "Rentrez chez vous.", "Go home.")
    level = Severity[severity.upper()].value
    raise_alert(city.site, words, actor=city.author, severity=level, starts=starts, ends=ends, audience={EVERYONE})
