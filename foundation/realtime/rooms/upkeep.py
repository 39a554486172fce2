"""What is done beside the talk: kinds are told of changes, documents compacted, empty rooms closed, silence broken."""

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .. import storage
from ..documents import Key
from . import frames
from .kinds import RoomKind, room_kind, room_kinds
from .threads import DatabaseThread

if TYPE_CHECKING:
    from .registry import Rooms
    from .room import Room

logger = logging.getLogger(__name__)

# Seconds between two looks.
EVERY = 1.0
# Seconds of silence after which a socket is told that the line lives: the stock client hangs up after thirty.
SILENCE = 10
# A kind is told when nothing changed for so many seconds, or after so many at most.
QUIET, AT_MOST = 5.0, 30.0
# So many documents are put together with one transaction.
TOGETHER = 50
# Seconds before a kind that failed is told again.
AGAIN_AFTER = 30.0
# Rows after which an open document is compacted.
MANY_ROWS = 400
# Seconds between two looks for changes of the portal's own whose ring was lost, and for what nobody settled.
LOOK_EVERY, RECOVER_EVERY = 10, 120
# Seconds at most between two tries to find what a room misses.
RARELY = 640
ABANDONED = timedelta(minutes=2)


class Changed:
    """A room whose kind is to be told. since: when it changed first; last: when last."""

    __slots__ = ("last", "not_before", "since")

    def __init__(self, now: float) -> None:
        self.since = self.last = now
        self.not_before = 0.0

    def is_due(self, now: float) -> bool:
        """Whether it is quiet enough, or waited long enough."""
        return now >= self.not_before and (now - self.last >= QUIET or now - self.since >= AT_MOST)


class Upkeep:
    """That of one process. Its thread is its own: a thumbnail that takes a second keeps nobody from drawing."""

    def __init__(self, rooms: "Rooms") -> None:
        self._rooms = rooms
        self._thread = DatabaseThread("rooms-upkeep")
        self._changed: dict[Key, Changed] = {}
        self._rows: dict[Key, int] = {}
        self._at_work: set[Key] = set()
        self._looking: asyncio.Task[Any] | None = None
        self._look_again = False

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def has_changed(self, room: "Room") -> None:
        """Something of this document was stored."""
        now = self._now()
        self._changed.setdefault(room.key, Changed(now)).last = now
        self._rows[room.key] = self._rows.get(room.key, 0) + 1

    def is_opened(self, room: "Room") -> None:
        """A room was opened with so many rows since its snapshot."""
        if room.rows:
            self._rows[room.key] = len(room.rows)

    def is_left(self, room: "Room") -> None:
        """The last person left: what is to be told is told now, and what was written is put together."""
        if room.key in self._rows:
            self._changed.setdefault(room.key, Changed(self._now())).last = 0.0

    def needs(self, room: "Room") -> bool:
        """Whether something is still to be done for it."""
        return room.key in self._changed or room.key in self._at_work

    async def run(self) -> None:
        """For as long as the process lives."""
        second = 0
        while True:
            await asyncio.sleep(EVERY)
            second += 1
            try:
                self._look(second)
            except Exception:
                logger.exception("rooms were not looked after")

    def _look(self, second: int) -> None:
        rooms = self._rooms
        rooms.doubt_the_oldest()
        rooms.close_idle()
        rooms.between.look_after()
        for threads in (rooms.doorkeeper, rooms.writer, self._thread):
            threads.rest()
        self._settle_what_is_due()
        if second % SILENCE == 0:
            self._break_silence()
        if second % LOOK_EVERY == 0:
            self.look_for_server_rows()
            for room in list(rooms.open.values()):
                self._look_for_what_is_missing(room)
        if second % RECOVER_EVERY == LOOK_EVERY:
            rooms.spawn(self._recover())

    def _look_for_what_is_missing(self, room: "Room") -> None:
        """What updates of this room wait for is in the database by now, or another process has it; or it is lost until
        the browser that made it comes back."""
        if not room.waiting:
            room.patience = room.patience_next = LOOK_EVERY
            return
        room.patience -= LOOK_EVERY
        if room.patience <= 0:
            room.patience = room.patience_next = min(2 * room.patience_next, RARELY)
            self._rooms.make_anew(room)

    def _break_silence(self) -> None:
        alive = frames.ours("alive")
        for room in self._rooms.open.values():
            if room.kind.has_document:
                for socket in list(room.sockets):
                    if not socket.was_sent_to:
                        socket.send(alive)
                    socket.was_sent_to = False

    # -- Settling and compacting ---------------------------------------------------------------------------------------

    def _settle_what_is_due(self) -> None:
        now = self._now()
        due = [key for key, one in self._changed.items() if key not in self._at_work and one.is_due(now)]
        for start in range(0, len(due), TOGETHER):
            keys = due[start : start + TOGETHER]
            self._at_work.update(keys)
            self._rooms.spawn(self._settle(keys))

    async def _settle(self, keys: list[Key]) -> None:
        """Tell kinds of these documents, then put together what is stored of those that nobody works on just now."""
        seen = {key: self._changed[key].last for key in keys}
        try:
            told = [key for key in keys if await self._tell(key)]
            await self._compact([key for key in told if self._is_ripe(key)])
        except Exception:
            logger.exception("%s documents are not put together yet", len(keys))
        finally:
            self._at_work.difference_update(keys)
        for key in keys:
            changed = self._changed[key]
            if changed.not_before > self._now():
                continue
            if changed.last in (seen[key], 0.0):
                del self._changed[key]
            else:
                changed.since = self._now()

    async def _tell(self, key: Key) -> bool:
        """Whether its kind was told."""
        kind = room_kind(key[0])
        if kind is None or kind.settled is None:
            return True
        try:
            await self._thread.run(settle, kind, key)
        except Exception:
            logger.exception("%s could not be settled", key)
            self._changed[key].not_before = self._now() + AGAIN_AFTER
            return False
        return True

    def _is_ripe(self, key: Key) -> bool:
        room = self._rooms.open.get(key)
        return room is None or not room.sockets or self._rows.get(key, 0) >= MANY_ROWS

    async def _compact(self, keys: list[Key]) -> None:
        """From the document that is open, where it holds all that is stored: that costs a hundredth of making it
        anew."""
        if not keys:
            return
        settling = {one.key for one in room_kinds() if one.settled is not None}
        found = await self._thread.run(storage.outlines, keys, settling)
        whole: dict[Key, tuple[storage.Outline, bytes]] = {}
        for key, outline in found.items():
            self._rows.pop(key, None)
            room = self._rooms.open.get(key)
            if not outline.ripe:
                continue
            if room is not None and room.holds(outline):
                whole[key] = outline, room.doc.get_update()
            else:
                await self._thread.run(storage.compact, key, outline)
        for key in await self._thread.run(storage.exchange, whole) if whole else ():
            room = self._rooms.open.get(key)
            if room is not None:
                room.is_compacted(whole[key][0].ripe)

    async def _recover(self) -> None:
        """What a process that ended did not tell its kind."""
        try:
            kinds = [one.key for one in room_kinds() if one.settled is not None]
            for key in await self._thread.run(storage.left_unsettled, kinds, ABANDONED):
                if key not in self._rooms.open and key not in self._changed:
                    self._changed[key] = Changed(0.0)
        except Exception:
            logger.exception("what was left unsettled could not be looked for")

    # -- The portal's own changes --------------------------------------------------------------------------------------

    def look_for_server_rows(self) -> None:
        """Take in what the portal itself changed in open documents."""
        if self._looking is None or self._looking.done():
            self._looking = self._rooms.spawn(self._take_server_rows())
        else:
            self._look_again = True

    async def _take_server_rows(self) -> None:
        while True:
            self._look_again = False
            try:
                # Not in the upkeep's own thread: this must not wait for a thumbnail.
                found = await self._rooms.doorkeeper.run(storage.fresh_server_rows)
                for key, rows in found.items():
                    self._rooms.take_rows(key, rows)
            except Exception:
                logger.exception("changes of the portal could not be looked for")
            if not self._look_again:
                return

    def stop(self) -> None:
        """Nothing more is begun."""
        self._thread.end()


def settle(kind: RoomKind, key: Key) -> None:
    """Tell a kind of what changed since it was told last."""
    row, people = storage.unsettled(key)
    if row and kind.settled is not None:
        kind.settled(key[1], people)
        storage.note_settled(key, row)
