"""Write-behind: what changed in all rooms of this process goes into the database together, twice a second.

Nothing is acknowledged before it is committed. While the database is locked or away what was changed is kept, up to a
limit beyond which rooms take no more (`limits.MAX_PENDING`), and written as soon as it answers.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError

from ..documents import Key
from ..storage import Batch, append
from ..updates import packed
from .limits import MAX_PENDING
from .threads import DatabaseThread

if TYPE_CHECKING:
    from .between import Between
    from .room import Room
    from .socket import RoomSocket

logger = logging.getLogger(__name__)

# Seconds during which changes are gathered.
GATHER = 0.5
# Seconds before trying again what could not be written: at first, and at most.
AGAIN_AFTER, AGAIN_AT_MOST = 0.25, 3.0


@dataclass(slots=True)
class Pending:
    """What one document has to write."""

    updates: list[bytes] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


class Writer:
    """One per event loop, with one thread of its own: a batch is written before the next one is put together.

    written: called after each commit with the rows of the documents, and those that were deleted meanwhile.
    """

    def __init__(self, written: Callable[[dict[Key, int], set[Key]], None], between: "Between") -> None:
        self._written, self._between = written, between
        self._thread = DatabaseThread("rooms-writer")
        self._pending: dict[Key, Pending] = {}
        self._in_hand: dict[Key, Pending] = {}
        self._owed: set[RoomSocket] = set()
        self._bytes = 0
        self._rows: dict[Key, int] = {}
        self._work: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether no more can be kept."""
        return self._bytes >= MAX_PENDING

    @property
    def is_idle(self) -> bool:
        """Whether everything is written."""
        return not self._pending and not self._in_hand

    def has_pending(self, key: Key) -> bool:
        """Whether something of this document is not written yet."""
        return key in self._pending or key in self._in_hand

    def updates_of(self, key: Key) -> list[bytes]:
        """What is not written yet of this document."""
        return [one for part in (self._in_hand, self._pending) if key in part for one in part[key].updates]

    def add(self, key: Key, data: bytes, person: int | None) -> None:
        """Have this written soon."""
        pending = self._pending.get(key)
        if pending is None:
            pending = self._pending[key] = Pending()
        pending.updates.append(data)
        if person is not None:
            pending.people.add(person)
        self._bytes += len(data)
        self._begin()

    def acknowledge(self, socket: "RoomSocket") -> None:
        """Tell this socket when what it sent until now is written."""
        self._owed.add(socket)
        self._begin()

    def forget(self, key: Key) -> None:
        """The document was deleted: what is not written of it belongs nowhere."""
        self._rows.pop(key, None)
        pending = self._pending.pop(key, None)
        if pending is not None:
            self._bytes -= sum(map(len, pending.updates))

    def knows(self, room: "Room") -> None:
        """The row of a room's document."""
        if room.document is not None:
            self._rows[room.key] = room.document

    async def drain(self) -> None:
        """Everything is written when this returns."""
        while self._work is not None and not self._work.done():
            self._hurry.set()
            await asyncio.wait([self._work])
        self._thread.end()

    def rest(self) -> None:
        """Once a second: an idle thread gives its connection back."""
        self._thread.rest()

    def _begin(self) -> None:
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._pending or self._owed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHER):
                    await self._hurry.wait()
            self._in_hand, self._pending = self._pending, {}
            mark = self._between.mark()
            owed = {one: one.changes for one in self._owed if not one.waits_for_others()}
            self._owed -= owed.keys()
            await self._write()
            self._between.is_written(mark)
            for socket, count in owed.items():
                socket.is_saved(count)

    async def _write(self) -> None:
        """Until it is written."""
        again = AGAIN_AFTER
        while self._in_hand:
            batches = [
                Batch(key, self._rows.get(key), packed(one.updates), sorted(one.people))
                for key, one in self._in_hand.items()
            ]
            try:
                rows, gone = await self._thread.run(append, batches)
            except (IntegrityError, DataError):
                await self._one_by_one(batches)
                continue
            except Exception:
                logger.exception("changes of %s documents are not written yet", len(batches))
                await asyncio.sleep(again)
                again = min(again * 2, AGAIN_AT_MOST)
                continue
            self._done(rows, gone)

    async def _one_by_one(self, batches: list[Batch]) -> None:
        """One document that cannot be written (deleted in the same moment) keeps no other from being."""
        for one in batches:
            try:
                rows, gone = await self._thread.run(append, [one])
            except (IntegrityError, DataError):
                logger.exception("changes of %s cannot be written", one.key)
                rows, gone = {}, {one.key}
            except Exception:
                logger.exception("changes of %s are not written yet", one.key)
                return
            self._done(rows, gone)

    def _done(self, rows: dict[Key, int], gone: set[Key]) -> None:
        for key in rows.keys() | gone:
            done = self._in_hand.pop(key, None)
            if done is not None:
                self._bytes -= sum(map(len, done.updates))
        self._rows.update(rows)
        for key in gone:
            self.forget(key)
        self._written(rows, gone)
