"""One browser's socket in a room.

Not one of Channels' consumers: those visit a thread for every message, behind whatever else is in that thread. This
reads and answers in the event loop, and visits threads for the door alone.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import parse_cookie

from ..encoding import Malformed
from ..updates import read_state, read_update
from . import frames, pages
from .doorkeeper import Visit, Visitor
from .kinds import Admission, RoomKind, room_kind
from .limits import FAREWELL, MAX_RESYNCS, MAX_WAITING_BYTES, MAX_WAITING_FRAMES, Bucket, Pace
from .line import EXTENSION, Line
from .registry import rooms_here
from .room import Room, TooLarge

if TYPE_CHECKING:
    from .registry import Rooms

logger = logging.getLogger(__name__)

Send = Callable[[frames.Message], Awaitable[None]]


class RoomSocket:
    """`/ws/rooms/<kind>/<uuid>`: see `frames` for what is said. It is accepted first and refused after: a browser
    cannot read why a socket was not opened, only why it was closed."""

    person: Visitor
    admission: Admission

    def __init__(self, kind: RoomKind, uuid: UUID, session: str, send: Send, line: Line | None = None) -> None:
        self.kind, self.uuid, self.session = kind, uuid, session
        self.rooms: Rooms = rooms_here()
        self.room: Room | None = None
        # Its client id in the room's presence, once it said so.
        self.client: int | None = None
        # How many changes it sent; how many of these it was told are saved.
        self.changes = self.saved = 0
        # The first change that was not taken, because something before it is missing: all is said again from there.
        self.missing: int | None = None
        # Messages of other processes that brought what it says it has, before these are known to be written.
        self._others: list[tuple[str, int]] = []
        self.was_sent_to = True
        self.asked_again_at = 0.0
        self._send, self._line = send, line
        self._say = line.say if line is not None else None
        self._loop = asyncio.get_running_loop()
        self._closed = False
        # Whether nothing it said before still waits; seconds to read nothing for.
        self._is_free = False
        self._pause = 0.0
        self._pace = Pace(self._loop.time)
        self._resyncs = Bucket(MAX_RESYNCS / 10, MAX_RESYNCS, self._loop.time)
        self._is_asked = False
        self._waiting: list[frames.Message] = []
        self._waiting_bytes = 0
        self._drain: asyncio.Task[None] | None = None

    # -- Coming and going ----------------------------------------------------------------------------------------------

    async def run(self, receive: Callable[[], Awaitable[frames.Message]]) -> None:
        """From its opening to its end."""
        try:
            if await self._come_in():
                await self._listen(receive)
        finally:
            self.rooms.leave(self)

    async def _come_in(self) -> bool:
        visit = Visit(self.session, self.kind, self.uuid)
        try:
            await self.rooms.enter(self, visit)
        except Exception:
            logger.exception("nobody can be let into %s", visit.key)
            self.close(frames.LATER)
        return not self._closed

    def welcome(self, room: Room, person: Visitor, admission: Admission) -> None:
        """Called by the rooms of this process, once it may be here."""
        self.room, self.person, self.admission = room, person, admission
        if not self.kind.has_document:
            return
        known = {"id": person.id, "name": person.name}
        self.send(frames.ours("welcome", write=admission.may_write, person=known))
        if admission.may_write:
            self.ask_what_it_has()
        if room.presence.present:
            self.send(frames.awareness(room.presence.encode(room.presence.present)))

    def ask_what_it_has(self) -> None:
        """Have the browser send what is lacking here."""
        if self.room is not None and not self._is_asked:
            self._is_asked = True
            self.send(frames.step_1(self.room.doc.get_state()))

    def admit_again(self, person: Visitor, admission: Admission) -> None:
        """What the door says now, while it is open."""
        before, self.admission = self.admission, admission
        was_invisible, hides = self.person.is_invisible, person.is_invisible
        if hides and not was_invisible:
            self.rooms.hide(self)
        self.person = person
        if was_invisible and not hides:
            # A browser that shares a document says again by itself what it shows.
            pages.came(self.rooms, self)
        if before.may_write != admission.may_write and self.kind.has_document:
            self.send(frames.ours("access", write=admission.may_write))
            if admission.may_write:
                self.ask_what_it_has()

    # -- Hearing -------------------------------------------------------------------------------------------------------

    async def _listen(self, receive: Callable[[], Awaitable[frames.Message]]) -> None:
        if self._line is not None:
            self._line.hear = self._hear_at_once
        while not self._closed:
            if self._pause:
                # Nothing is read meanwhile: what the browser sends waits there, and in between.
                await asyncio.sleep(self._pause)
                self._pause = 0.0
            self._is_free = True
            message = await receive()
            self._is_free = False
            if message["type"] == "websocket.disconnect":
                return
            if self.room is not None and not self.room.ready.is_set():
                await self.room.ready.wait()
            if not self._closed:
                self._hear(message.get("bytes"), message.get("text") or "")

    def _hear_at_once(self, frame: bytes) -> bool:
        """What the line heard, before anything else is done. False when it has to wait for its turn."""
        if not self._is_free or self._pause or self._closed or self.room is None or not self.room.ready.is_set():
            return False
        try:
            self._hear(frame, "")
        except Exception:
            logger.exception("what %s sent could not be dealt with", self.person.pk)
            self.close(frames.FAULT)
        return True

    def _hear(self, frame: bytes | None, words: str) -> None:
        """One message, whatever it is."""
        try:
            if frame is not None:
                self._hear_frame(frame)
            else:
                self._hear_words(words)
        except Malformed as error:
            logger.warning("person %s sent %s what cannot be read: %s", self.person.pk, self.uuid, error)
            self._refuse("invalid", frames.BAD_FRAME)
        except TooLarge:
            self._refuse("too_large", frames.TOO_LARGE)
        else:
            self._pause = self._pace.pause(len(words if frame is None else frame))
            if self._pause < 0:
                self.close(frames.FLOOD)

    def _hear_frame(self, frame: bytes) -> None:
        room = self.room
        if room is None or not self.kind.has_document:
            raise Malformed("this room has no document")
        kind, step, payload = frames.read(frame)
        if kind == frames.AWARENESS:
            self.rooms.show(self, payload)
        elif kind == frames.QUERY_AWARENESS:
            self.send(frames.awareness(room.presence.encode(room.presence.present)))
        elif step == frames.STEP_1:
            read_state(payload)
            self.send(room.all_but(payload))
        else:
            self._hear_change(room, step, payload)

    def _hear_change(self, room: Room, step: int, data: bytes) -> None:
        if not self.admission.may_write:
            # SECURITY: who may only read changes nothing. What they have from before is no offence: passed over.
            if step == frames.UPDATE:
                self.send(frames.ours("refused", reason="read_only"))
            return
        if self.rooms.writer.is_full:
            self._refuse("full", frames.RESTART)
            return
        self.changes += 1
        update = read_update(data)
        if not update.follows_on(room.have):
            self._ask_again()
            return
        try:
            if step == frames.STEP_2:
                self._is_asked, self.missing = False, None
                # What it would have brought may have come another way, through a process that has yet to write it.
                self._others = self.rooms.between.unwritten(room.key)
                room.catch_up(self, data, update)
            else:
                room.change(self, data, update)
        except Malformed:
            # The library refused it, and may have taken a part: the document is made anew from what is stored.
            self.rooms.make_anew(room)
            raise
        self.rooms.writer.acknowledge(self)

    def _ask_again(self) -> None:
        """It builds on something that is not here: sent before it was asked what it has, or through another tab."""
        if self.missing is None:
            self.missing = self.changes
        if self._resyncs.take(1.0):
            raise Malformed("it never follows on")
        if not self._is_asked:
            self.ask_what_it_has()

    def _hear_words(self, words: str) -> None:
        if self.kind.has_document or len(words) > 200:
            raise Malformed("words where frames are spoken")
        try:
            said = json.loads(words)
        except (ValueError, RecursionError):
            raise Malformed("words that are no JSON") from None
        if not isinstance(said, dict):
            raise Malformed("words that say nothing")
        self.rooms.show_words(self, {"typing": said.get("typing") is True})

    def waits_for_others(self) -> bool:
        """Whether another process has yet to write something of what this one said it has."""
        if self._others and self.rooms.between.is_in_database(self._others):
            self._others = []
        return bool(self._others) and not self._closed

    def is_saved(self, count: int) -> None:
        """The first `count` changes are in the database."""
        if self.missing is not None:
            count = min(count, self.missing - 1)
        if count > self.saved:
            self.saved = count
            self.send(frames.saved(count))

    # -- Saying --------------------------------------------------------------------------------------------------------

    def send(self, message: frames.Message) -> None:
        """Now, when the line is free; or else in order, as soon as it is. Never waits.

        A task for each message would cost more than the message. So the sending coroutine is stepped by hand: almost
        always it ends at once.
        """
        if self._closed:
            return
        self.was_sent_to = True
        if self._drain is not None:
            self._wait_with(message)
            return
        if self._say is not None and "bytes" in message and self._say(message):
            return
        sending = _coroutine(self._send(message))
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except Exception:
            # It has gone; its end is about to be read.
            logger.debug("a socket went while it was being told", exc_info=True)
            return
        self._drain = self._loop.create_task(self._send_the_rest(sending, awaited))

    def _wait_with(self, message: frames.Message) -> None:
        self._waiting.append(message)
        self._waiting_bytes += len(message.get("bytes") or message.get("text") or "")
        if self._waiting_bytes > MAX_WAITING_BYTES or len(self._waiting) > MAX_WAITING_FRAMES:
            # It reads too slowly. Its browser comes back and asks for what it lacks: that is less than all of this.
            self.close(frames.LATER)

    async def _send_the_rest(self, sending: Coroutine[Any, Any, None], awaited: Any) -> None:
        try:
            await _Rest(sending, awaited)
            while self._waiting:
                message = self._waiting.pop(0)
                self._waiting_bytes -= len(message.get("bytes") or message.get("text") or "")
                await self._send(message)
        except Exception:
            logger.debug("a socket went while it was being told", exc_info=True)
        finally:
            self._drain = None

    def _refuse(self, reason: str, code: int) -> None:
        if self.kind.has_document:
            self.send(frames.ours("refused", reason=reason))
        self.close(code)

    def close(self, code: int, reason: str = "") -> None:
        """Nothing more is said to it, and nothing more taken from it. reason: what the browser is told beside `code`,
        at most 123 bytes.
        """
        if self._closed:
            return
        self.rooms.leave(self)
        closing = {"type": "websocket.close", "code": code, "reason": reason}
        if self._drain is None:
            self.send(closing)
        else:
            self._waiting, self._waiting_bytes = [closing], 0
        self._closed = True
        if self._line is not None:
            # Uvicorn waits for what was sent before to be read: for ever, where nobody reads.
            self._loop.call_later(FAREWELL, self._line.cut)


class _Rest:
    """The rest of a coroutine that was stepped once: what it waits for first, then what it does after."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], awaited: Any) -> None:
        self._coroutine, self._awaited = coroutine, awaited

    def __await__(self) -> Generator[Any, Any, None]:
        awaited = self._awaited
        while True:
            try:
                value = yield awaited
            except BaseException as error:
                step = self._coroutine.throw
                argument: Any = error
            else:
                step, argument = self._coroutine.send, value
            try:
                awaited = step(argument)
            except StopIteration:
                return


def _coroutine(sending: Awaitable[None]) -> Coroutine[Any, Any, None]:
    """What can be stepped by hand."""
    if asyncio.iscoroutine(sending):
        return sending

    async def wrapped() -> None:
        await sending

    return wrapped()


async def room_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application of a room's address. SECURITY: `intranet/asgi.py` lets in our own pages' origin alone."""
    await receive()
    await send({"type": "websocket.accept"})
    kind = room_kind(scope["url_route"]["kwargs"]["kind"])
    session = _session_of(scope)
    if not session or kind is None:
        await send({"type": "websocket.close", "code": frames.NOT_FOUND if session else frames.NOT_SIGNED_IN})
        return
    line = scope.get("extensions", {}).get(EXTENSION)
    await RoomSocket(kind, scope["url_route"]["kwargs"]["uuid"], session, send, line).run(receive)


def _session_of(scope: dict[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            return parse_cookie(value.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""
