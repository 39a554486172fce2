"""A whole running portal, and a watch on what browsers say about it."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Response,
    TimeoutError,
    WebSocket,
    expect,
)

from directory.slapd import PrivateSlapd, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = 300
START_SECONDS = 240
STOP_SECONDS = 30
PASSWORD = "demo-parvis-2026"
# Milliseconds for which a page is waited for; seconds for which a page that does not change by itself is opened again
# until the worker has done its part; widths of windows.
PATIENCE = 20_000
WORKER_SECONDS = 60
WIDE, PHONE, NARROW = 1440, 360, 320
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# The demonstration's sign-ins, by what they are (see intranet/demo/people.py).
EMPLOYEE = "cdubois"
MANAGER = "kbenali"
COMMUNICATIONS = "nsaintfleur"
HOST = "pferrante"
ELECTED = "mwhitfield"
ADMINISTRATOR = "elafreniere"


class Chromium:
    """The browser, as `tests.parts.require` asks for a part."""

    program = "chromium"
    package = "chromium"

    @classmethod
    def find(cls) -> str | None:
        return shutil.which(cls.program)

    @classmethod
    def is_installed(cls) -> bool:
        return cls.find() is not None


class Slapd:
    """The directory server, likewise."""

    program = "slapd"
    package = "slapd"
    is_installed = PrivateSlapd.is_installed


class Served:
    """A process of ours behind an address of its own, working in `folder`. `environment`: settings besides."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = dict(environment or {})
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"portal-{self.port}.log"

    def __enter__(self) -> Self:
        # Nothing of the tests' own environment: the portal must run as it does for people.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        env = {**kept, "DATA_DIR": str(self.folder), "PARVIS_IGNORE_ENV_FILE": "1", "PYTHONUNBUFFERED": "1"}
        env |= self.environment
        command = [sys.executable, str(ROOT / "manage.py"), *self._words()]
        if watch := shutil.which("setpriv"):
            # Told to stop by the kernel where we are killed and cannot do it ourselves.
            command = [watch, "--pdeathsig", "TERM", "--", *command]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        for _attempt in range(START_SECONDS * 5):
            if self._is_ready():
                return self
            # The pause between two tries is the wait for its possible end.
            try:
                self._process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
        self.__exit__(None, None, None)
        raise RuntimeError(f"the portal did not start:\n{self.log}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it as Ctrl-C would: what it started goes with it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(STOP_SECONDS)

    def start_again(self) -> None:
        """In the same folder, at the same address."""
        self.__enter__()

    @property
    def log(self) -> str:
        """What it said since it was started."""
        return self._log.read_text(errors="replace")

    def _words(self) -> list[str]:
        """The command of manage.py that it is."""
        raise NotImplementedError

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


class Portal(Served):
    """`manage.py start` in a folder of its own: database, demonstration city, directory server, pages, sockets, worker.

    What `make run` gives a newcomer, on a free port.
    """

    def _words(self) -> list[str]:
        return ["start", "--port", str(self.port), "--people", str(PEOPLE)]

    def kill_server(self) -> None:
        """As a machine that fails would: the server is killed, and ends nothing it began. What started it goes too."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in map(int, children):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"serve" in words:
                os.kill(child, signal.SIGKILL)
        self.__exit__(None, None, None)

    def second_server(self) -> "Server":
        """Another server of the same portal, to be entered while it runs. For a portal on PostgreSQL and Redis."""
        return Server(self.folder, self.environment)

    def newcomer(self) -> str:
        """The user name of an employee who belongs to no community and was told nothing yet."""
        with closing(sqlite3.connect(f"file:{self.folder}/parvis.sqlite3?mode=ro", uri=True)) as database:
            found = database.execute(
                "SELECT username FROM directory_person WHERE kind = 'employee' AND is_active AND id NOT IN"
                " (SELECT person_id FROM activity_notification WHERE person_id IS NOT NULL) AND id NOT IN"
                " (SELECT person_id FROM spaces_membership WHERE person_id IS NOT NULL) ORDER BY id DESC"
            ).fetchone()
        return str(found[0])


class Server(Served):
    """`manage.py serve`: pages and sockets alone, of a portal that is there."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, environment)
        self.environment["SITE_URL"] = self.url

    def _words(self) -> list[str]:
        return ["serve", "--port", str(self.port)]

    def kill_server(self) -> None:
        """In the middle of whatever it does."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)


@dataclass
class Watch:
    """Everything a context's pages complain about. `complaints` must be empty at the end of every test.

    `expected` holds what a test provokes on purpose: a status and the path it may come from.
    """

    portal: Served
    complaints: list[str] = field(default_factory=list)
    expected: list[tuple[int, re.Pattern[str]]] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page the context opens."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._request_failed)
        context.on("page", lambda page: page.on("websocket", self._websocket))

    def expect(self, status: int, path: str) -> None:
        """This status is provoked by the test, at paths matching the expression `path`."""
        self.expected.append((status, re.compile(path)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # Answers with a bad status are judged one by one below. A socket that a new page cuts short is no fault, and
        # offline is a test's own doing. htmx repeats on the console what failed.
        if message.text.startswith(("Failed to load resource", "htmx:")) or any(
            one in message.text for one in ("closed before the connection", "net::ERR_INTERNET_DISCONNECTED")
        ):
            return
        self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and not request.url.startswith(f"{self.portal.url}/"):
            self.complaints.append(f"asked another host: {request.url}")

    def _websocket(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).netloc != urlsplit(self.portal.url).netloc:
            self.complaints.append(f"socket to another host: {socket.url}")

    def _response(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if response.status < 400:
            return
        if not any(status == response.status and pattern.search(path) for status, pattern in self.expected):
            self.complaints.append(f"{response.status} at {response.request.method} {path}")

    def _request_failed(self, request: Request) -> None:
        # A page left, or a file being downloaded instead of shown, aborts its request. Offline is a test's own doing.
        if request.failure not in ("net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"):
            self.complaints.append(f"{request.failure} at {request.method} {request.url}")


def sign_in(page: Page, username: str, password: str = PASSWORD, *, next_page: str = "/") -> None:
    """Fill in the sign-in form and wait for the page behind it."""
    page.goto(f"/sign-in/?next={next_page}")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(password)
    page.locator("main form button").click()
    expect(page.locator("body[data-socket]")).to_be_attached()


def set_preference(page: Page, name: str, value: str) -> None:
    """Set `language` or `theme` of who is signed in, as a form of ours would, whatever is on the screen."""
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    answer = page.request.post(f"/settings/{name}/", form={name: value}, headers={"X-CSRFToken": token or ""})
    assert answer.ok, answer.status


def is_connected(page: Page) -> None:
    """Wait until the page's line to the server has said its first word: the badge then follows by itself."""
    page.wait_for_function("() => document.body.dataset.line === 'open'")


def comes(page: Page, address: str, wanted: Locator) -> None:
    """Open `address` until the worker has done what shows there: its pages do not change by themselves."""
    until = time.monotonic() + WORKER_SECONDS
    while True:
        page.goto(address, wait_until="load")
        try:
            wanted.wait_for(timeout=1_000)
        except TimeoutError:
            assert time.monotonic() < until, f"{wanted} did not come to {address}"
        else:
            return


def arrives(page: Page, address: str) -> str:
    """Wait until a click has led to an address matching the expression `address`; answers it.

    A click does not wait for the page it leads to: `page.url` right after it may still be the page before.
    """
    expect(page).to_have_url(re.compile(address))
    return page.url


def is_ready(page: Page) -> None:
    """Wait until a page that a click or a key led to has run its scripts: what is done before is not heard."""
    page.wait_for_load_state("load")


def has_suggested(page: Page, words: str) -> None:
    """Wait until the suggestions shown are those for all of what was typed: earlier ones are replaced."""
    expect(page.locator(f'[role=listbox][data-words="{words}"]')).to_be_visible()


def close(context: BrowserContext) -> None:
    """Close somebody's browser, whatever its pages are doing.

    A page that a test's last click has just sent on its way forgets that it was to close, and Playwright waits for its
    end for ever (Chromium 156). Sent nowhere first, it has no way left to go.
    """
    for page in context.pages:
        while not _goes_nowhere(page):
            pass
    context.close()


def _goes_nowhere(page: Page) -> bool:
    """Whether the page now stands still. Not where it was on its way already and has just come there."""
    try:
        page.goto("about:blank")
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            raise
        return False
    return True


def act(ending: str) -> str:
    """The selector of the buttons that send to an address with this ending, by a form of their own or the frame's."""
    return f"button[formaction$='{ending}'], form[action$='{ending}'] button"
