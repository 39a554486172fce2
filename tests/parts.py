"""Real parts for tests and benchmarks: a private PostgreSQL and a private Redis, each in a folder of its own.

They listen on 127.0.0.1 only, on a free port and behind a password made for the folder, and go away with
the process that started them. Servers refuse to run as root: started by root they run as `postgres` or `nobody`.
"""

import atexit
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from directory.slapd import free_port, is_free

START_SECONDS = 30
STOP_SECONDS = 20
HOST = "127.0.0.1"

# What a test does not need to survive a power cut for, and what the planner should know of a modern disk.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "shared_buffers": "64MB",
    "work_mem": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
}


class PartError(RuntimeError):
    """The part is missing or did not start; the message says what it said."""


class _Private:
    """One server process. `folder` is kept: the same folder gives the same data and password."""

    package: ClassVar[str]
    program: ClassVar[str]
    users: ClassVar[tuple[str, ...]] = ("nobody",)

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).absolute()
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def find(cls) -> str | None:
        """The path of the server's program, None when it is not on this machine."""
        return shutil.which(cls.program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))

    @classmethod
    def is_installed(cls) -> bool:
        """Whether this machine has the server."""
        return cls.find() is not None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the server process. PartError while it does not run."""
        if self._process is None or not self.running:
            raise PartError(f"{self.program} does not run")
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers its own protocol. Nothing when it runs already.

        A stopped server starts again on the port it had. PartError when it is missing or does not come up.
        """
        if self.running:
            return
        self._prepare()
        for _attempt in range(3):
            if not self.port or not is_free(self.port):
                self.port = free_port()
            if self._try():
                atexit.unregister(self._leave)
                atexit.register(self._leave)
                return
        raise PartError(f"{self.program} did not start: {self.log.strip() or 'it said nothing'}")

    def stop(self) -> None:
        """Stop it and wait until it has gone. Nothing when it does not run."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Its children notice that it has gone and go too; those of its group need not.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)

    @property
    def log(self) -> str:
        """What it said since it was started."""
        path = self.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _try(self) -> bool:
        with (self.folder / "server.log").open("wb") as log:
            self._process = self._popen(self._command(), stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            # The pause between two tries is the wait for its possible end.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.03)
                self._process = None
                return False
            if time.monotonic() > deadline:
                self.stop()
                return False
        return True

    def _popen(self, command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        """Start a server of ours: as its own user, in its own group (Ctrl-C is for us), ended with us by the kernel
        where we are killed and cannot do it ourselves."""
        watch = shutil.which("setpriv") if sys.platform == "linux" else None
        prefix = [watch, "--pdeathsig", "INT", "--"] if watch else []
        return subprocess.Popen(
            [*prefix, *command], stdin=self._input(), cwd="/", start_new_session=True, **self._identity(), **options
        )

    def _identity(self) -> dict[str, Any]:
        """Who runs the server, for subprocess: another user when we are root."""
        if os.geteuid() != 0:
            return {}
        account = self._account()
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _account(self) -> pwd.struct_passwd:
        for name in self.users:
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise PartError(f"none of the users {', '.join(self.users)} exists on this machine")

    def _password(self) -> str:
        path = self.folder / "password"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text()

    def _leave(self) -> None:
        """At the end of the process that started it."""
        self.stop()

    def _prepare(self) -> None:
        if not self.is_installed():
            raise PartError(f"{self.program} is not on this machine: install Debian's package {self.package}")
        self.folder.mkdir(parents=True, exist_ok=True)

    def _input(self) -> Any:
        return subprocess.DEVNULL

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError


class PrivatePostgres(_Private):
    """A PostgreSQL server with one empty database, `parvis`, in UTF-8 and the C.UTF-8 collation.

    `settings` adds to TEST_SETTINGS, as postgresql.conf names them: `{"shared_buffers": "1GB"}`. `keep`: the data serve
    the next process too, even where they had to lie outside the folder.
    """

    package = "postgresql"
    program = "postgres"
    users = ("postgres", "nobody")

    def __init__(self, folder: Path | str, settings: Mapping[str, str] | None = None, *, keep: bool = False) -> None:
        super().__init__(folder)
        self.keep = keep
        self.settings = TEST_SETTINGS | dict(settings or {})
        self._data: Path | None = None

    @classmethod
    def find(cls) -> str | None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: int(one.parts[-3]))
        return str(found[-1]) if found else shutil.which("postgres")

    @property
    def url(self) -> str:
        """The DATABASE_URL of `parvis`: `postgres://parvis:…@127.0.0.1:port/parvis`."""
        return f"postgres://parvis:{self._password()}@{HOST}:{self.port}/parvis"

    @property
    def data(self) -> Path:
        """Where the cluster lies: in the folder, or beside it when the server's user cannot reach the folder."""
        if self._data is None:
            self._data = self._place()
        return self._data

    def create_database(self, name: str) -> str:
        """A new database, replacing one of that name, and its DATABASE_URL."""
        target = sql.Identifier(name)
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(target))
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """The DATABASE_URL of another database of this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def erase(self) -> None:
        """Stop it and forget all its data."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def _connect(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=HOST, port=self.port, user="parvis", password=self._password(), dbname=database, autocommit=True,
            connect_timeout=2,
        )  # fmt: skip

    def _place(self) -> Path:
        inside = self.folder / "data"
        if os.geteuid() != 0 or _reaches(self.folder, self._account()):
            return inside
        # A folder below one that is root's alone (a home, pytest's): the cluster goes to the temporary folder, and
        # the folder remembers where.
        note = self.folder / "elsewhere"
        if note.exists() and Path(note.read_text()).is_dir():
            return Path(note.read_text()) / "data"
        place = Path(tempfile.mkdtemp(prefix="parvis-postgres-"))
        os.chown(place, self._account().pw_uid, self._account().pw_gid)
        note.write_text(str(place))
        return place / "data"

    def _leave(self) -> None:
        super()._leave()
        # What lies elsewhere nobody else would ever clear away.
        if not self.keep and self._data is not None and self.folder not in self._data.parents:
            shutil.rmtree(self._data.parent, ignore_errors=True)
            (self.folder / "elsewhere").unlink(missing_ok=True)

    def _prepare(self) -> None:
        super()._prepare()
        if (self.data / "PG_VERSION").exists():
            return
        identity = self._identity()
        self.data.mkdir(mode=0o700, exist_ok=True)
        if identity:
            os.chown(self.data, identity["user"], identity["group"])
        # SECURITY: the password goes through a file of its reader alone; a command line is read by everyone.
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(self._password())
            password.flush()
            if identity:
                os.chown(password.name, identity["user"], identity["group"])
            done = subprocess.run(
                [
                    str(Path(str(self.find())).with_name("initdb")),
                    *("--pgdata", str(self.data), "--username", "parvis", "--pwfile", password.name),
                    *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
                ],
                cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, **identity,
            )  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise PartError(f"initdb failed: {(done.stdout + done.stderr).decode(errors='replace').strip()}")

    def _command(self) -> list[str]:
        forced = {"listen_addresses": HOST, "port": str(self.port), "unix_socket_directories": ""}
        options = [part for name, value in (self.settings | forced).items() for part in ("-c", f"{name}={value}")]
        return [str(self.find()), "-D", str(self.data), *options]

    def _answers(self) -> bool:
        try:
            with self._connect() as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'parvis'").fetchone()
                if not found:
                    connection.execute("CREATE DATABASE parvis")
        except psycopg.OperationalError:
            return False
        return True


class PrivateRedis(_Private):
    """A Redis server that keeps nothing on disk."""

    package = "redis-server"
    program = "redis-server"
    users = ("redis", "nobody")

    @property
    def url(self) -> str:
        """The REDIS_URL: `redis://:…@127.0.0.1:port/0`."""
        return f"redis://:{self._password()}@{HOST}:{self.port}/0"

    def _command(self) -> list[str]:
        return [str(self.find()), "-"]

    def _input(self) -> Any:
        # SECURITY: the password by the standard input, for the same reason as above.
        configuration = {
            "bind": HOST, "port": self.port, "requirepass": self._password(), "save": '""', "appendonly": "no",
            "daemonize": "no", "dir": "/",
        }  # fmt: skip
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in configuration.items())
        return os.fdopen(reading, "rb")

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                said = b""
                while b"+PONG" not in said:
                    more = connection.recv(256)
                    if not more or b"-" in more[:1]:
                        return False
                    said += more
                return True
        except OSError:
            return False


def require(part: type[_Private]) -> None:
    """Skip the calling test when this machine lacks the part; fail it in CI, which lacks none."""
    if not part.is_installed():
        refuse(f"{part.program} is not on this machine: install Debian's package {part.package}")


def require_program(program: str, package: str) -> None:
    """The same for a program without a class of its own."""
    if shutil.which(program) is None:
        refuse(f"{program} is not on this machine: install Debian's package {package}")


def refuse(missing: str) -> NoReturn:
    """Skip, or in CI fail, with the line that says what is missing and what brings it."""
    import pytest  # not needed by benchmarks, which start the same parts

    if os.environ.get("CI") == "true":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def _reaches(folder: Path, account: pwd.struct_passwd) -> bool:
    """Whether `account` may pass through every folder down to `folder`."""
    for one in (folder, *folder.parents):
        found = one.stat()
        if found.st_uid == account.pw_uid:
            bit = 0o100
        elif found.st_gid == account.pw_gid:
            bit = 0o010
        else:
            bit = 0o001
        if not found.st_mode & bit:
            return False
    return True
