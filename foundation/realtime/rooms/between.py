"""Between processes: each holds its own copy of a room; what one hears it tells the others, over one group of the
layer.

Messages of a process are numbered. Who sees a number missing (Redis was away), or a process it did not know, asks for
what it lacks in the rooms they may share: state vectors there, differences back. So a lost message costs a few seconds,
never a change. Only the process that took a change from a browser writes it, and says so; the others keep it until
then, and write it themselves when that process ends before it did.

With the layer in memory there is one process, and nothing of this happens.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from channels.layers import InMemoryChannelLayer, get_channel_layer

from ..actions import ROOMS
from ..documents import NOTHING, Key
from ..updates import read_update

if TYPE_CHECKING:
    from .registry import Rooms
    from .room import Room

logger = logging.getLogger(__name__)

# Seconds during which what goes out is gathered.
GATHER = 0.01
# Seconds between two signs of life of an idle process, and of silence after which one is dead.
BEAT, DEAD = 3.0, 12.0
# Seconds after which what another process still did not write is written here.
ADOPT = 20.0
# Seconds for one message to get to Redis; before trying again to listen.
SENDING, AGAIN_AFTER = 5.0, 1.0
# So many rooms are asked about with one message, so many bytes are answered with one.
ROOMS_TOGETHER, BYTES_TOGETHER = 200, 1_000_000
# What is kept at most for others to write.
MAX_UNWRITTEN = 32 * 1000 * 1000


@dataclass(slots=True)
class Peer:
    """Another process. seen: the number of its last message; written: up to which of its messages all is in the
    database. unwritten: (number, when, document, update) of what is not."""

    seen: int
    heard: float
    written: int = 0
    unwritten: deque[tuple[int, float, Key, bytes]] = field(default_factory=deque)


@dataclass(slots=True)
class Parcel:
    """What goes out about one room."""

    updates: list[bytes] = field(default_factory=list)
    clients: set[int] = field(default_factory=set)


class Between:
    """This process among the others."""

    def __init__(self, rooms: "Rooms") -> None:
        self.name = uuid4().hex
        self._rooms = rooms
        self._loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        self._layer: Any = None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer
        self._peers: dict[str, Peer] = {}
        self._parcels: dict[Key, Parcel] = {}
        self._letters: list[dict[str, Any]] = []
        self._sent = self._written = 0
        self._unwritten_bytes = 0
        self._last_beat = 0.0
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def has_others(self) -> bool:
        """Whether there may be other processes at all."""
        return self._layer is not None

    def begin(self) -> None:
        """Listen and speak, from now on."""
        if self._layer is not None:
            self._tasks = [self._loop.create_task(self._listen()), self._loop.create_task(self._speak())]

    async def end(self) -> None:
        """Say goodbye: those who were here are gone."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._send({"type": "rooms.goodbye"})

    # -- Speaking ------------------------------------------------------------------------------------------------------

    def pass_on(self, key: Key, data: bytes) -> None:
        """A change that a browser made here."""
        if self._layer is not None:
            self._parcel(key).updates.append(data)

    def show(self, key: Key, clients: list[int]) -> None:
        """Something changed about sockets here."""
        if self._layer is not None:
            self._parcel(key).clients.update(clients)

    def _parcel(self, key: Key) -> Parcel:
        self._something.set()
        return self._parcels.setdefault(key, Parcel())

    def ask(self, rooms: "list[Room]", to: str = "") -> None:
        """Have the others, or one of them, say what is lacking here."""
        if self._layer is None:
            return
        for start in range(0, len(rooms), ROOMS_TOGETHER):
            asked = [[*_words(one.key), one.doc.get_state()] for one in rooms[start : start + ROOMS_TOGETHER]]
            self._letters.append({"type": "rooms.ask", "to": to, "rooms": asked})
        self._something.set()

    def mark(self) -> int:
        """The number of the message that carries all that was passed on until now."""
        return self._sent + bool(self._parcels)

    def is_written(self, mark: int) -> None:
        """All of it up to this message is in the database: the others may forget it."""
        if self._layer is not None and mark > self._written:
            self._written = mark
            self._last_beat = 0.0
            self._something.set()

    async def _speak(self) -> None:
        while True:
            await asyncio.sleep(GATHER)
            if not self._something.is_set():
                with_beat = self._last_beat + BEAT - self._loop.time()
                try:
                    # Not `wait_for`: in Python 3.11 it may lose that it was cancelled.
                    async with asyncio.timeout(max(with_beat, 0.01)):
                        await self._something.wait()
                except TimeoutError:
                    self._last_beat = 0.0
                await asyncio.sleep(GATHER)
            self._something.clear()
            parcels, self._parcels = self._parcels, {}
            letters, self._letters = self._letters, []
            if parcels or self._last_beat == 0.0:
                # Numbered before it is sent: one that does not arrive is missed.
                self._sent += bool(parcels)
                self._last_beat = self._loop.time()
                packed = [self._packed(key, one) for key, one in parcels.items()]
                said = {"type": "rooms.said", "number": self._sent, "written": self._written, "rooms": packed}
                await self._send(said)
            for letter in letters:
                await self._send({**letter, "number": self._sent})

    def _packed(self, key: Key, parcel: Parcel) -> list[Any]:
        room = self._rooms.open.get(key)
        shown = room.presence.encode(parcel.clients) if room is not None and parcel.clients else b""
        return [*_words(key), parcel.updates, shown]

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SENDING):
                await self._layer.group_send(ROOMS, {**message, "from": self.name})
        except Exception as error:
            logger.warning("other processes could not be told: %s", error)

    # -- Hearing -------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel("rooms.")
                await self._layer.group_add(ROOMS, channel)
                # Whoever is there learns that this one is, and asks; and is asked.
                self._last_beat = 0.0
                self._something.set()
                while True:
                    self._hear(await self._layer.receive(channel))
            except Exception:
                logger.exception("other processes cannot be heard")
                await asyncio.sleep(AGAIN_AFTER)

    def _hear(self, message: dict[str, Any]) -> None:
        """One message. Whatever is wrong with it, the next one is heard."""
        try:
            kind = message["type"]
            if kind == "rooms.ring":
                self._rooms.hear(message)
            elif message["from"] != self.name:
                if kind == "rooms.said":
                    self._hear_said(message)
                elif kind == "rooms.goodbye":
                    self._is_dead(message["from"])
                elif message["to"] in ("", self.name):
                    if kind == "rooms.ask":
                        self._hear_ask(message)
                    else:
                        self._take_in(message["from"], message["number"], message["rooms"])
        except Exception:
            logger.exception("a message of another process is left out")

    def _hear_said(self, message: dict[str, Any]) -> None:
        name, number, now = message["from"], message["number"], self._loop.time()
        peer = self._peers.get(name)
        is_next = peer is not None and number == peer.seen + bool(message["rooms"])
        if peer is None:
            peer = self._peers[name] = Peer(number, now)
        peer.seen, peer.heard = number, now
        self._take_in(name, number, message["rooms"])
        peer.written = max(peer.written, message["written"])
        while peer.unwritten and peer.unwritten[0][0] <= peer.written:
            self._unwritten_bytes -= len(peer.unwritten.popleft()[3])
        if not is_next:
            self.ask([one for one in self._rooms.open.values() if one.ready.is_set()], to=name)

    def _take_in(self, name: str, number: int, rooms: list[Any]) -> None:
        peer, now = self._peers.get(name), self._loop.time()
        for kind, uuid, updates, shown in rooms:
            key = (kind, UUID(uuid))
            room = self._rooms.open.get(key)
            for data in updates:
                if peer is not None:
                    peer.unwritten.append((number, now, key, data))
                    self._unwritten_bytes += len(data)
                if room is not None:
                    self._rooms.take_from_elsewhere(room, data, read_update(data))
            if room is not None and shown:
                self._rooms.show_others(room, room.presence.take_from(name, shown, now))

    def _hear_ask(self, message: dict[str, Any]) -> None:
        answers: list[Any] = []
        size = 0
        for kind, uuid, state in message["rooms"]:
            room = self._rooms.open.get((kind, UUID(uuid)))
            if room is None or not room.ready.is_set():
                continue
            update = self._lacking(room, state)
            here = room.presence.clients_here()
            if update or here:
                shown = room.presence.encode(here) if here else b""
                answers.append([kind, uuid, [update] if update else [], shown])
                size += len(update) + len(shown)
            if size > BYTES_TOGETHER:
                self._answer(message["from"], answers)
                answers, size = [], 0
        if answers:
            self._answer(message["from"], answers)
        if message["from"] not in self._peers:
            self._last_beat = 0.0
            self._something.set()

    def _lacking(self, room: "Room", state: bytes) -> bytes:
        """What a process with this state lacks; empty when that is nothing. Deletions are always said: a state does not
        show whether somebody has them."""
        update = room.doc.get_update(state) if room.kind.has_document else NOTHING
        return b"" if update == NOTHING else update

    def _answer(self, to: str, answers: list[Any]) -> None:
        self._letters.append({"type": "rooms.answer", "to": to, "rooms": answers})
        self._something.set()

    # -- What others have to write -------------------------------------------------------------------------------------

    def unwritten(self, key: Key) -> list[tuple[str, int]]:
        """The messages with changes of this document that are not in the database as far as is known."""
        return [(name, max(marks)) for name, peer in self._peers.items() if (marks := _marks(peer, key))]

    def is_in_database(self, marks: list[tuple[str, int]]) -> bool:
        """Whether what these messages brought is: or at least with the writer here, which comes to the same."""
        return not any(name in self._peers and self._peers[name].written < number for name, number in marks)

    def look_after(self) -> None:
        """Once a second: who died, and what they left unwritten."""
        now = self._loop.time()
        for name, peer in list(self._peers.items()):
            if now - peer.heard > DEAD:
                self._is_dead(name)
            while peer.unwritten and (peer.unwritten[0][1] < now - ADOPT or self._unwritten_bytes > MAX_UNWRITTEN):
                self._adopt(peer)

    def _is_dead(self, name: str) -> None:
        peer = self._peers.pop(name, None)
        while peer is not None and peer.unwritten:
            self._adopt(peer)
        for room in self._rooms.open.values():
            self._rooms.show_others(room, room.presence.leave_all(name, self._loop.time()))

    def _adopt(self, peer: Peer) -> None:
        number, _when, key, data = peer.unwritten.popleft()
        self._unwritten_bytes -= len(data)
        peer.written = max(peer.written, number)
        self._rooms.writer.add(key, data, None)

    def forget(self, key: Key) -> None:
        """The document was deleted."""
        for peer in self._peers.values():
            peer.unwritten = deque(one for one in peer.unwritten if one[2] != key)


def _words(key: Key) -> tuple[str, str]:
    return key[0], key[1].hex


def _marks(peer: Peer, key: Key) -> list[int]:
    return [number for number, _when, one, _data in peer.unwritten if one == key]
