"""Pages over HTTP as production serves them, and what the machine spent on them: CPU time, read from /proc.

CPU and not time: it is what a page costs whatever else the machine does, and what sizes the servers.
"""

import atexit
import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from directory.slapd import free_port
from tests.parts import HOST

TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What a page answered: its status and its size in bytes."""

    status: int
    size: int


class Granian:
    """The WSGI server of production: two processes, one blocking thread each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Granian":
        watch = shutil.which("setpriv")
        command = [
            *([watch, "--pdeathsig", "TERM", "--"] if watch else []),
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", HOST, "--port", str(self.port), "--workers", "2"),
            *("--blocking-threads", "1", "--no-ws", "--log-level", "warning", "intranet.wsgi:application"),
        ]
        with (self.folder / "granian.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        atexit.register(self._stop)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if get(self.port, "/health/live", "").status == 200:
                    return self
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.1)
                raise RuntimeError(f"granian stopped: {self.log}")
            if time.monotonic() > deadline:
                raise RuntimeError("granian does not answer")

    def __exit__(self, *error: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    @property
    def log(self) -> str:
        """What it said since it was started."""
        return (self.folder / "granian.log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The number of the first process; its workers are its children."""
        assert self._process is not None
        return self._process.pid


def get(port: int, path: str, cookie: str, connection: http.client.HTTPConnection | None = None) -> Answer:
    """One request, on `connection` or one of its own."""
    own = connection or http.client.HTTPConnection(HOST, port, timeout=30)
    own.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "identity"})
    response = own.getresponse()
    size = len(response.read())
    if connection is None:
        own.close()
    return Answer(response.status, size)


def ask(port: int, path: str, cookie: str, requests: int, connections: int) -> list[Answer]:
    """`requests` requests, shared among connections that each wait for one answer before they ask again."""
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def one_connection(share: int) -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            answers.extend([get(port, path, cookie, connection) for _one in range(share)])
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    shares = [requests // connections + (number < requests % connections) for number in range(connections)]
    threads = [threading.Thread(target=one_connection, args=(share,)) for share in shares if share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{path} failed") from failures[0]
    return answers


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time of these processes, their descendants, and those of them that have ended."""
    ticks, children = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            # The command's name, in parentheses, may hold anything: what follows the last one is fields.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            pid = int(entry.name)
            ticks[pid] = sum(int(one) for one in fields[11:15])
            children.setdefault(int(fields[1]), []).append(pid)
    total, waiting = 0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += ticks.get(pid, 0)
        waiting += children.get(pid, [])
    return total / TICK
