"""Real server processes for tests of rooms, on the test's own database."""

import contextlib
import http.client
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client

from directory.slapd import free_port
from tests.processes import environment, get, until
from tests.realtime.client import Network, YClient, room_path

STOP_SECONDS = 30


class Server:
    """One process, on a port that it keeps when it starts again."""

    def __init__(self, redis: str = "", alive: float | None = None) -> None:
        self.port = free_port()
        self._arguments = [str(self.port), *([] if alive is None else [str(alive)])]
        self._environment = {**environment(), "LOG_LEVEL": "WARNING"}
        if redis:
            self._environment["REDIS_URL"] = redis
        self._process: subprocess.Popen[bytes] | None = None
        self.log = Path(settings.DATA_DIR, f"rooms-{self.port}.log")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.realtime.rooms.served", *self._arguments],
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        until(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        # The pause between two tries is the wait for its possible end.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.1)
            raise RuntimeError(f"the server stopped: {self.log.read_text(errors='replace')}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return get(self.port, "/health/live", "")[0] == 200
        return False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> None:
        """Ask it to end, as an operator does."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> int:
        """Its exit status."""
        assert self._process is not None
        return self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)

    def browser(self, client: Client, kind: str, uuid: UUID) -> YClient:
        """Somebody's browser, not connected yet."""
        cookie = f"parvis_session={client.cookies['parvis_session'].value}"
        return YClient(lambda: Network.to(cookie, self.port, room_path(kind, uuid)), has_document=kind != "page")


@contextlib.contextmanager
def servers(count: int, redis: str = "", alive: float | None = None) -> Iterator[list[Server]]:
    """So many processes; with Redis' address they hear each other. alive: seconds until a sign of life is asked for."""
    made = [Server(redis, alive) for _one in range(count)]
    try:
        for one in made:
            one.start()
        yield made
    finally:
        for one in made:
            if one.running:
                one.kill()


@contextlib.contextmanager
def locked_database() -> Iterator[None]:
    """Nobody else can write shared documents meanwhile."""
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(made["NAME"], isolation_level=None)) as locker:
            locker.execute("BEGIN IMMEDIATE")
            yield
    else:
        login = {"user": made["USER"], "password": made["PASSWORD"], "host": made["HOST"], "port": made["PORT"]}
        with contextlib.closing(psycopg.connect(dbname=made["NAME"], **login)) as other:
            other.execute("LOCK TABLE realtime_documentupdate IN EXCLUSIVE MODE")
            yield
