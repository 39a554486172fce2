"""Real processes on the test's own database and index: the worker with its indexer, and web servers."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from directory.slapd import free_port

from .halted import command as halted_command

# Seconds a test waits for another process.
PATIENCE = 60.0
MANAGE = str(settings.BASE_DIR / "manage.py")


def until(condition: Callable[[], bool]) -> None:
    """Ask again and again, for so long."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to be"


def environment() -> dict[str, str]:
    """What makes another process work on what this test works on."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PARVIS_IGNORE_ENV_FILE": "1",
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": _database_url(),
        "SEARCH_DIR": settings.HAYSTACK_CONNECTIONS["default"]["PATH"],
        "ALLOWED_HOSTS": "127.0.0.1",
        "WORKER_INTERVAL": "0.1",
    }


def worker(halted: tuple[str, int, str] | None = None) -> "subprocess.Popen[bytes]":
    """The worker, indexer included. Whoever starts it ends it. halted: where it stops by itself (see `halted`)."""
    command = [sys.executable, MANAGE, "worker"] if halted is None else halted_command(*halted, "worker")
    with Path(settings.DATA_DIR, "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), stdout=log, stderr=log)


def _database_url() -> str:
    made: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    login = f"{quote(made['USER'])}:{quote(made['PASSWORD'] or '')}"
    return f"postgres://{login}@{made['HOST']}:{made['PORT']}/{made['NAME']}"


@contextlib.contextmanager
def web_servers(count: int) -> Iterator[list[int]]:
    """Servers of pages as production runs them, one process each. Gives their ports."""
    ports = [free_port() for _one in range(count)]
    log_path = Path(settings.DATA_DIR, "web.log")
    options = ("--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "1", "--no-ws")
    started = []
    try:
        with log_path.open("wb") as log:
            for port in ports:
                command = [Path(sys.executable).with_name("granian"), *options, "--port", str(port)]
                started.append(
                    subprocess.Popen(
                        [*command, "intranet.wsgi:application"],
                        cwd=settings.BASE_DIR,
                        env=environment(),
                        stdout=log,
                        stderr=log,
                    )
                )
        for port, process in zip(ports, started, strict=True):
            end = time.monotonic() + 60
            while not _answers(port):
                # The pause between two tries is the wait for its possible end.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
                    raise RuntimeError(f"the server stopped: {log_path.read_text(errors='replace')}")
                assert time.monotonic() < end, "the server does not answer"
        yield ports
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return get(port, "/health/live", "")[0] == 200
    return False


def get(port: int, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
