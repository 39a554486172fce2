"""The rooms of this process: which are open, who is in them, and what keeps them going.

One per event loop, and in that loop only. Others are called from here: the doorkeeper asks who may come in, the writer
keeps what changes, the upkeep settles, compacts and looks after what was missed.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.utils import timezone

from ..actions import rooms_live_here
from ..documents import Key, Replayed, replay, stored
from ..encoding import Malformed
from ..updates import Update, read_update, unpacked
from . import frames, pages
from .between import Between
from .doorkeeper import Doorkeeper, Visit
from .limits import MAX_SOCKETS
from .room import Room
from .upkeep import Upkeep
from .writer import Writer

if TYPE_CHECKING:
    from .socket import RoomSocket

logger = logging.getLogger(__name__)

# Seconds for which a room stays open when the last person left: who reloads the page finds it as it was.
LINGER = 10.0
# Seconds after which the door is asked again without anything having happened: LDAP, a lost ring.
ASK_AGAIN = 120.0
# So many updates of other processes wait for one that is missing.
MANY_WAITING = 2000
# So many are asked about again at a time.
TOGETHER = 20
# Seconds before a question that could not be answered is asked again.
LATER = 5.0


class Rooms:
    """The rooms of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.open: dict[Key, Room] = {}
        self.doorkeeper = Doorkeeper()
        self.between = Between(self)
        self.writer = Writer(self._written, self.between)
        self.upkeep = Upkeep(self)
        self.is_closing = False
        # Of each person, how many sockets.
        self._sockets: dict[int, int] = {}
        # What was rung lately, so that nobody comes in between the question and the answer.
        self._rung: deque[tuple[int, dict[str, Any]]] = deque(maxlen=500)
        self._rings = 0
        self._doubted: dict[RoomSocket, None] = {}
        self._asking: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._clock: asyncio.Task[None] | None = None
        rooms_live_here(loop, self.hear)

    # -- Coming and going ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Look after rooms from now on. Twice changes nothing."""
        if self._clock is None:
            self._clock = self._loop.create_task(self.upkeep.run())
            self.between.begin()

    async def enter(self, socket: "RoomSocket", visit: Visit) -> None:
        """Let a socket in, or close it. Raises what kept the doorkeeper from answering."""
        if self.is_closing:
            socket.close(frames.RESTART)
            return
        self.begin()
        before, room = self._rings, self.open.get(visit.key)
        visit.needs_document = visit.kind.has_document and room is None
        await self.doorkeeper.ask(visit)
        if visit.refusal or visit.person is None or visit.admission is None:
            # A browser in which somebody else signed in meanwhile learns that it was not refused to its person.
            socket.close(visit.refusal, visit.person.id if visit.person else "")
            return
        if self._sockets.get(visit.person.pk, 0) >= MAX_SOCKETS:
            socket.close(frames.FLOOD)
            return
        room = self.open.get(visit.key)
        if room is None:
            if visit.kind.has_document and visit.made is None:
                # It was open when the question was asked, and is not any more.
                visit.made = await self.doorkeeper.run(load, visit.key)
            room = self.open.get(visit.key) or self._open(visit)
        if not room.ready.is_set():
            await room.ready.wait()
        if self.is_closing:
            socket.close(frames.RESTART)
            return
        room.sockets.add(socket)
        room.empty_since = None
        self._sockets[visit.person.pk] = self._sockets.get(visit.person.pk, 0) + 1
        socket.asked_again_at = self._holds_until(visit, ASK_AGAIN * random.uniform(0.75, 1.25))  # noqa: S311
        socket.welcome(room, visit.person, visit.admission)
        pages.came(self, socket)
        if any(number > before and _concerns(ring, socket) for number, ring in self._rung):
            self.doubt([socket])

    def _open(self, visit: Visit) -> Room:
        room = Room(visit.kind, visit.uuid, self._store, self._tell_others)
        self.open[room.key] = room
        if visit.made is not None:
            room.open_with(visit.made)
            self.writer.knows(room)
            self.upkeep.is_opened(room)
        self.between.ask([room])
        return room

    def leave(self, socket: "RoomSocket") -> None:
        """A socket is gone. Twice changes nothing."""
        room = socket.room
        if room is None:
            return
        room.sockets.discard(socket)
        self.hide(socket)
        socket.room = None
        left = self._sockets.get(socket.person.pk, 1) - 1
        if left:
            self._sockets[socket.person.pk] = left
        else:
            self._sockets.pop(socket.person.pk, None)
        self._doubted.pop(socket, None)
        if not room.sockets:
            room.empty_since = self._loop.time()
            self.upkeep.is_left(room)

    def close_idle(self) -> None:
        """Close the rooms that nobody came back to."""
        now = self._loop.time()
        for room in list(self.open.values()):
            lingers = room.empty_since is None or now - room.empty_since < LINGER
            if not lingers and not self.writer.has_pending(room.key) and not self.upkeep.needs(room):
                self._close(room)

    def _close(self, room: Room) -> None:
        room.stop()
        self.open.pop(room.key, None)
        self.writer.forget(room.key)

    # -- Documents -----------------------------------------------------------------------------------------------------

    def _store(self, room: Room, data: bytes, person: int) -> None:
        self.writer.add(room.key, data, person)

    def _tell_others(self, room: Room, data: bytes) -> None:
        self.between.pass_on(room.key, data)

    def take_from_elsewhere(self, room: Room, data: bytes, update: Update) -> None:
        """What another process has of a room."""
        if room.ready.is_set():
            room.take_from_elsewhere(data, update)
        else:
            # Taken in as soon as the document is there.
            room.waiting.append((data, update))
        if len(room.waiting) > MANY_WAITING:
            # They are in the database, or will be: it is made anew from there.
            room.waiting.clear()
            self.make_anew(room)

    def _written(self, rows: dict[Key, int], gone: set[Key]) -> None:
        for key, pk in rows.items():
            room = self.open.get(key)
            if room is not None:
                room.document = pk
                room.written += 1
                self.upkeep.has_changed(room)
        for key in gone:
            self._is_deleted(key)

    def _is_deleted(self, key: Key) -> None:
        """What it was about is gone. Its browsers must not come back with what they have: it would begin again."""
        room = self.open.get(key)
        self.writer.forget(key)
        self.between.forget(key)
        if room is not None:
            for socket in list(room.sockets):
                socket.close(frames.NOT_FOUND)
            self._close(room)

    def make_anew(self, room: Room) -> None:
        """The document of a room cannot be trusted: make it from what is stored, and what is about to be."""
        if room.ready.is_set():
            room.close_document()
            self.spawn(self._make_anew(room))

    async def _make_anew(self, room: Room) -> None:
        while self.open.get(room.key) is room:
            # First what is not written: what is written meanwhile is then in the database.
            unwritten = self.writer.updates_of(room.key)
            try:
                made: Replayed = await self.doorkeeper.run(load, room.key)
            except Exception:
                logger.exception("%s cannot be made anew yet", room.key)
                await asyncio.sleep(LATER)
                continue
            room.open_with(made)
            for data in unwritten:
                room.take_from_elsewhere(data, read_update(data))
            # What others passed on and nobody wrote yet.
            self.between.ask([room])
            return

    def take_rows(self, key: Key, rows: Iterable[tuple[int, bytes]]) -> None:
        """The portal's own changes of an open document."""
        room = self.open.get(key)
        if room is None or not room.ready.is_set():
            return
        for pk, data in rows:
            if pk in room.rows:
                continue
            room.rows.add(pk)
            try:
                for one in unpacked(data):
                    room.take_from_elsewhere(one, read_update(one))
            except Malformed:
                logger.exception("row %s of %s cannot be read", pk, key)

    # -- Presence ------------------------------------------------------------------------------------------------------

    def show(self, socket: "RoomSocket", data: bytes) -> None:
        """What a browser shows of its person. SECURITY: of who chose to be invisible, nothing goes out."""
        room = socket.room
        if room is None or socket.person.is_invisible:
            return
        changed = room.presence.take(socket, data, self._loop.time())
        if changed is not None:
            self._show(room, [changed])

    def show_words(self, socket: "RoomSocket", state: dict[str, Any]) -> None:
        """The same in a room without a document."""
        room = socket.room
        if room is None or socket.person.is_invisible:
            return
        self._show(room, [room.presence.set(socket, state, self._loop.time())])

    def hide(self, socket: "RoomSocket") -> None:
        """It shows nothing of itself any more."""
        room = socket.room
        if room is not None and socket.client is not None:
            left = room.presence.leave(socket, self._loop.time())
            if left is not None:
                self._show(room, [left])

    def _show(self, room: Room, clients: list[int]) -> None:
        self.between.show(room.key, clients)
        self.show_others(room, clients)

    def show_others(self, room: Room, clients: list[int]) -> None:
        """Something changed about who is there, in another process too."""
        if not clients:
            return
        if room.kind.has_document:
            room.show(clients)
        else:
            pages.show(room)

    # -- Asking again --------------------------------------------------------------------------------------------------

    def hear(self, ring: dict[str, Any]) -> None:
        """Something happened that rooms must know of (see `actions.tell_rooms`)."""
        self._rings += 1
        self._rung.append((self._rings, ring))
        what = ring["what"]
        if what == "changed":
            self.upkeep.look_for_server_rows()
        elif what == "deleted":
            self._is_deleted((ring["kind"], UUID(ring["uuid"])))
        else:
            concerned = [one for room in self.open.values() for one in room.sockets if _concerns(ring, one)]
            if what == "sessions_ended":
                # SECURITY: at once, without asking anybody.
                for socket in concerned:
                    socket.close(frames.NOT_SIGNED_IN)
            else:
                self.doubt(concerned)

    def doubt(self, sockets: Iterable["RoomSocket"]) -> None:
        """Have the door asked again about these."""
        self._doubted.update(dict.fromkeys(sockets))
        if self._doubted and (self._asking is None or self._asking.done()):
            self._asking = self.spawn(self._ask_again())

    def doubt_the_oldest(self) -> None:
        """Those nobody asked about for long."""
        now = self._loop.time()
        self.doubt(one for room in self.open.values() for one in room.sockets if one.asked_again_at <= now)

    async def _ask_again(self) -> None:
        while self._doubted:
            sockets = list(self._doubted)[:TOGETHER]
            for one in sockets:
                del self._doubted[one]
            visits = [Visit(one.session, one.kind, one.uuid) for one in sockets]
            answers = await asyncio.gather(*map(self.doorkeeper.ask, visits), return_exceptions=True)
            for socket, visit, failed in zip(sockets, visits, answers, strict=True):
                if socket.room is not None:
                    self._asked_again(socket, visit, failed)

    def _asked_again(self, socket: "RoomSocket", visit: Visit, failed: BaseException | None) -> None:
        if failed is not None:
            logger.error("nobody knows whether %s may stay in %s", socket.person.pk, visit.key, exc_info=failed)
            socket.asked_again_at = self._loop.time() + LATER
        elif visit.refusal == frames.NOT_SIGNED_IN:
            socket.close(frames.NOT_SIGNED_IN)
        elif visit.refusal or visit.person is None or visit.admission is None:
            socket.close(frames.NOT_ALLOWED)
        else:
            socket.asked_again_at = self._holds_until(visit, ASK_AGAIN)
            socket.admit_again(visit.person, visit.admission)

    def _holds_until(self, visit: Visit, seconds: float) -> float:
        """When the door is asked again, in the loop's time: after so many seconds, or as soon as a share ends."""
        if visit.until is not None:
            seconds = min(seconds, (visit.until - timezone.now()).total_seconds())
        return self._loop.time() + seconds

    # -- The end -------------------------------------------------------------------------------------------------------

    def spawn(self, work: Any) -> "asyncio.Task[Any]":
        """A task that is not forgotten while it runs."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self) -> None:
        """Everything is written, then the sockets are closed. Their browsers come back to who takes over."""
        self.is_closing = True
        await self.writer.drain()
        for room in list(self.open.values()):
            for socket in list(room.sockets):
                socket.close(frames.RESTART)
            self._close(room)
        for task in [self._clock, *self._tasks]:
            if task is not None:
                task.cancel()
        self.upkeep.stop()
        self.doorkeeper.end()
        await self.between.end()


def load(key: Key) -> Replayed:
    """A document, in a thread."""
    return replay(stored([key])[key])


def _concerns(ring: dict[str, Any], socket: "RoomSocket") -> bool:
    """Whether what happened has to do with this socket."""
    what = ring["what"]
    if what == "sessions_ended":
        return socket.session in ring["keys"]
    if what == "happened":
        admission = socket.admission
        if ring["content"] is not None:
            return admission.content_id == ring["content"]
        return ring["space"] is not None and admission.space_id == ring["space"]
    if what == "recheck_person":
        return ring["person"] == socket.person.pk
    if what == "recheck":
        here = ring["kind"] == socket.kind.key and ring["uuid"] == str(socket.uuid)
        return here and ring["person"] in (None, socket.person.pk)
    return False


_rooms: "WeakKeyDictionary[asyncio.AbstractEventLoop, Rooms]" = WeakKeyDictionary()


def rooms_here() -> Rooms:
    """Those of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _rooms:
        _rooms[loop] = Rooms(loop)
    return _rooms[loop]
