"""A Yjs client in Python: what the stock `y-websocket` client does, over any line, for tests of rooms."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

from asgiref.testing import ApplicationCommunicator
from django.test import Client
from pycrdt import Doc, Map, Text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from foundation.realtime.encoding import read_varbytes, varbytes, varuint
from foundation.realtime.rooms.presence import read_states
from intranet.asgi import application

# Seconds a test waits for what must come.
PATIENCE = 60.0
STEP_1, STEP_2, UPDATE = b"\x00\x00", b"\x00\x01", b"\x00\x02"


class Hung(Exception):
    """The other side hung up, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Line(Protocol):
    """How frames come and go."""

    async def send(self, frame: bytes | str) -> None:
        """Raises Hung."""

    async def receive(self) -> bytes | str:
        """The next frame; raises Hung."""

    async def hang_up(self) -> None:
        """Go."""


class InProcess:
    """A line to the application in this very process."""

    def __init__(self, communicator: ApplicationCommunicator) -> None:
        self._communicator = communicator

    @classmethod
    async def to(cls, client: Client | None, path: str, origin: str = "http://testserver") -> "InProcess":
        headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
        if client is not None:
            headers.append((b"cookie", f"parvis_session={client.cookies['parvis_session'].value}".encode()))
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        line = cls(ApplicationCommunicator(application, scope))
        await line._communicator.send_input({"type": "websocket.connect"})
        answer = await line._communicator.receive_output(PATIENCE)
        if answer["type"] != "websocket.accept":
            raise Hung(answer.get("code", 0))
        return line

    async def send(self, frame: bytes | str) -> None:
        key = "bytes" if isinstance(frame, bytes) else "text"
        await self._communicator.send_input({"type": "websocket.receive", key: frame})

    async def receive(self) -> bytes | str:
        # The communicator's own wait ends the application when it takes too long.
        message = await self._communicator.output_queue.get()
        if message["type"] == "websocket.close":
            raise Hung(message.get("code", 1000))
        return message["bytes"] if message.get("bytes") is not None else message["text"]

    async def hang_up(self) -> None:
        await self._communicator.send_input({"type": "websocket.disconnect", "code": 1001})
        with contextlib.suppress(asyncio.CancelledError):
            await self._communicator.wait(PATIENCE)


class Network:
    """A line through a real WebSocket to a real server."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    @classmethod
    async def to(cls, cookie: str, port: int, path: str) -> "Network":
        headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
        address = f"ws://127.0.0.1:{port}{path}"
        return cls(await connect(address, additional_headers=headers, max_size=None, open_timeout=PATIENCE))

    async def send(self, frame: bytes | str) -> None:
        try:
            await self.connection.send(frame)
        except ConnectionClosed as closed:
            raise Hung(closed.rcvd.code if closed.rcvd else 1006) from closed

    async def receive(self) -> bytes | str:
        try:
            return await self.connection.recv()
        except ConnectionClosed as closed:
            raise Hung(closed.rcvd.code if closed.rcvd else 1006) from closed

    async def hang_up(self) -> None:
        await self.connection.close()

    def cut(self) -> None:
        """Without a word, as a network does."""
        self.connection.transport.abort()


Dial = Callable[[], Any]


class YClient:
    """A document that is kept in step with a room. `dial` opens a line.

    Like the stock client: at each connection it says what it has and asks for the rest, answers when it is asked, sends
    its changes while it is connected, and keeps what it changed while it is not.
    """

    def __init__(self, dial: Dial, *, has_document: bool = True) -> None:
        self._dial, self._has_document = dial, has_document
        self.doc = Doc()
        self.line: Line | None = None
        self.welcome: dict[str, Any] | None = None
        self.said: list[dict[str, Any]] = []
        self.closed: int | None = None
        self.saved = self.changes = 0
        self.is_synced = False
        # What it shows of itself, and what others show: {client id: (clock, state)}.
        self.shown: dict[int, tuple[int, Any]] = {}
        self.frames: list[bytes] = []
        self._clock = 0
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def connect(self) -> "YClient":
        """Open a line, and read from it from now on."""
        self.closed, self.is_synced, self.saved, self.changes, self.welcome = None, False, 0, 0, None
        self.shown = {}
        self.line = await self._dial()
        self._reader = asyncio.create_task(self._read(self.line))
        if self._has_document:
            await self._send(STEP_1 + varbytes(self.doc.get_state()))
        return self

    async def disconnect(self) -> None:
        """Hang up."""
        line, self.line = self.line, None
        if line is not None:
            if self._reader is not None:
                self._reader.cancel()
            await line.hang_up()

    def cut(self) -> None:
        """The network goes."""
        line, self.line = self.line, None
        assert isinstance(line, Network)
        line.cut()

    async def change(self, work: Callable[[Doc], None]) -> None:
        """Change the document; the change is sent when there is a line."""
        before = self.doc.get_state()
        deleted = self.doc.get_update(before)
        with self.doc.transaction():
            work(self.doc)
        update = self.doc.get_update(before)
        if update != deleted or self.doc.get_state() != before:
            await self.send_update(update)

    async def put(self, key: str, value: Any) -> None:
        """One entry of the map `elements`."""
        await self.change(lambda doc: doc.get("elements", type=Map).__setitem__(key, value))

    async def write(self, at: int, words: str) -> None:
        """Insert into the text `text`."""
        await self.change(lambda doc: doc.get("text", type=Text).insert(at, words))

    async def send_update(self, update: bytes) -> None:
        """An update, whatever it holds."""
        await self._send(UPDATE + varbytes(update), changing=True)

    async def show(self, state: Any, *, client: int | None = None, clock: int | None = None) -> None:
        """Show something of oneself."""
        self._clock += 1
        words = json.dumps(state).encode()
        entry = varuint(client or self.doc.client_id) + varuint(self._clock if clock is None else clock)
        await self._send(b"\x01" + varbytes(varuint(1) + entry + varbytes(words)))

    async def send_raw(self, frame: bytes | str) -> None:
        """Anything."""
        await self._send(frame)

    async def _send(self, frame: bytes | str, *, changing: bool = False) -> None:
        if self.line is None:
            return
        if changing:
            self.changes += 1
        try:
            await self.line.send(frame)
        except Hung as hung:
            self._hung(hung)

    async def _read(self, line: Line) -> None:
        try:
            while True:
                await self._hear(await line.receive())
                self._news.set()
        except Hung as hung:
            if self.line is line:
                self._hung(hung)

    def _hung(self, hung: Hung) -> None:
        self.line, self.closed = None, hung.code
        self._news.set()

    async def _hear(self, frame: bytes | str) -> None:
        if isinstance(frame, str):
            self.said.append(json.loads(frame))
            return
        self.frames.append(frame)
        if frame[0] == 0:
            payload, _at = read_varbytes(frame, 2)
            if frame[1] == 0:
                await self._send(STEP_2 + varbytes(self.doc.get_update(payload)), changing=True)
            else:
                self.doc.apply_update(payload)
                self.is_synced = self.is_synced or frame[1] == 1
        elif frame[0] == 1:
            self._see(read_varbytes(frame, 1)[0])
        elif frame[0] == 4:
            self._is_told(json.loads(read_varbytes(frame, 1)[0]))

    def _see(self, states: bytes) -> None:
        """As y-protocols takes awareness in."""
        for client, clock, words in read_states(states):
            known = self.shown.get(client, (-1, None))
            state = json.loads(words)
            if known[0] < clock or (known[0] == clock and state is None and known[1] is not None):
                self.shown[client] = clock, state

    def _is_told(self, said: dict[str, Any]) -> None:
        self.said.append(said)
        if said["type"] == "welcome":
            self.welcome = said
        elif said["type"] == "saved":
            self.saved = said["count"]

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something that what is heard makes true."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_synced(self) -> None:
        await self.until(lambda: self.is_synced)

    async def until_saved(self) -> None:
        """Everything it sent is in the database."""
        await self.until(lambda: (self.is_synced and self.saved == self.changes) or self.closed is not None)
        assert self.closed is None, f"closed with {self.closed}"

    async def until_closed(self) -> int:
        """The code it was closed with."""
        await self.until(lambda: self.closed is not None)
        assert self.closed is not None
        return self.closed

    @property
    def elements(self) -> dict[str, Any]:
        return self.doc.get("elements", type=Map).to_py() or {}

    @property
    def text(self) -> str:
        return str(self.doc.get("text", type=Text))

    @property
    def people(self) -> list[Any]:
        """What others show just now."""
        return [state for _clock, state in self.shown.values() if state is not None]


def room_path(kind: str, uuid: UUID) -> str:
    """The address of a room."""
    return f"/ws/rooms/{kind}/{uuid}"


@asynccontextmanager
async def in_room(client: Client, kind: str, uuid: UUID) -> AsyncIterator[YClient]:
    """A browser of `client` in a room of this process."""
    one = YClient(lambda: InProcess.to(client, room_path(kind, uuid)), has_document=kind != "page")
    await one.connect()
    try:
        yield one
    finally:
        await one.disconnect()


async def until_same(people: Sequence[YClient]) -> None:
    """Wait until all of them have the same."""
    async with asyncio.timeout(PATIENCE):
        while True:
            # Before the look: what is heard after it must wake us.
            for one in people:
                one._news.clear()
            if all((one.elements, one.text) == (people[0].elements, people[0].text) for one in people):
                return
            waits = [asyncio.create_task(one._news.wait()) for one in people]
            _done, rest = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in rest:
                wait.cancel()
