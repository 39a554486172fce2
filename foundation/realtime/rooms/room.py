"""One room of this process: its document, its sockets, and what is said among them.

Lives in the event loop: nothing here needs a lock, and nothing here waits. The document has no observers: what it
learns came as bytes, and those bytes are what is passed on and kept.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from pycrdt import Doc, merge_updates

from ..documents import NOTHING, Replayed
from ..encoding import Malformed
from ..updates import Update, apply, deletions_of
from . import frames
from .kinds import RoomKind
from .presence import Presence

if TYPE_CHECKING:
    from ..storage import Outline
    from .socket import RoomSocket

logger = logging.getLogger(__name__)

# Seconds during which movements are gathered once one has been shown; the first is shown at once.
PRESENCE_WINDOW = 0.05


class TooLarge(Exception):
    """The document would become larger than its kind allows."""


class Room:
    """Sockets around one thing. `store` is called with each update that belongs into the database, and who made it;
    `tell_others` with what other processes should know."""

    def __init__(
        self, kind: RoomKind, uuid: UUID, store: Callable[..., None], tell_others: Callable[..., None]
    ) -> None:
        self.kind, self.uuid = kind, uuid
        self.key = (kind.key, uuid)
        self.sockets: set[RoomSocket] = set()
        self.presence = Presence()
        # When the last socket left; it is kept open for a moment after.
        self.empty_since: float | None = None
        # Set while it has a document that can be worked on.
        self.ready = asyncio.Event()
        self.doc = Doc(allow_multithreading=True)
        self.have: dict[int, int] = {}
        # The row of the document, None before the first write.
        self.document: int | None = None
        # The rows of changes it was made from, and those of the portal's own that came since; how many this process
        # wrote besides; the version of its snapshot. As long as that is all there is, the document holds all that is
        # stored.
        self.rows: set[int] = set()
        self.written = self.version = 0
        # Updates of other processes that build on some that have not come yet.
        self.waiting: list[tuple[bytes, Update]] = []
        # Seconds until it is made anew for those, and so many more each time that did not help.
        self.patience = self.patience_next = 10
        self._size = self._measured = 0
        self._whole: frames.Message | None = None
        self._store, self._tell_others = store, tell_others
        self._loop = asyncio.get_running_loop()
        self._held: list[tuple[bytes, RoomSocket | None]] = []
        self._turn: asyncio.Handle | None = None
        self._moved: set[int] = set()
        self._presence_window: asyncio.TimerHandle | None = None
        # Of a room without a document (see `pages`).
        self.pages_window: asyncio.TimerHandle | None = None
        self.pages_waits = False
        if not kind.has_document:
            self.ready.set()

    # -- The document ------------------------------------------------------------------------------------------------

    def open_with(self, made: Replayed) -> None:
        """Here is the document, as the database has it."""
        self.doc, self.have, self.document = made.doc, made.have, made.pk
        self.waiting += made.waiting
        self.rows, self.written, self.version = made.rows, 0, made.version
        self._size, self._measured, self._whole = made.size, 0, None
        self._take_what_waits()
        self.ready.set()

    def holds(self, stored: "Outline") -> bool:
        """Whether everything that is stored is in the document here."""
        is_mine = self.version == stored.version and self.rows <= stored.rows
        is_all = len(stored.rows) == len(self.rows) + self.written
        return is_mine and is_all and self.ready.is_set() and not self.waiting

    def is_compacted(self, taken: set[int]) -> None:
        """These rows are in the snapshot now."""
        self.written -= len(taken - self.rows)
        self.rows -= taken
        self.version += 1

    def close_document(self) -> None:
        """It cannot be trusted any more: nothing is taken until it was made anew."""
        self.ready.clear()

    def change(self, socket: "RoomSocket", data: bytes, update: Update) -> None:
        """A browser's change, which follows on what is here: take it in, pass it on, have it kept. Raises TooLarge, and
        Malformed when the library refuses it: the document must then be made anew."""
        self._take(data, update)
        self._pass_on(data, socket)
        self._store(self, data, socket.person.pk)
        self._tell_others(self, data)

    def catch_up(self, socket: "RoomSocket", data: bytes, update: Update) -> bool:
        """What a browser has that was lacking here, said when it came. False when that was nothing."""
        if data == NOTHING:
            return False
        if update.only_deletes:
            # It always says all that it ever deleted: most often that is known.
            before = deletions_of(self.doc)
            self._take(data, update)
            if deletions_of(self.doc) == before:
                return False
            self._pass_on(data, socket)
            self._store(self, data, socket.person.pk)
            self._tell_others(self, data)
        else:
            self.change(socket, data, update)
        return True

    def take_from_elsewhere(self, data: bytes, update: Update) -> None:
        """What another process, or the portal itself, has of this document. What builds on something that has not come
        yet waits for it (`waiting`)."""
        self.waiting.append((data, update))
        self._take_what_waits()

    def _take_what_waits(self) -> None:
        moved = True
        while moved and self.waiting:
            moved = False
            for one in [one for one in self.waiting if one[1].follows_on(self.have)]:
                self.waiting.remove(one)
                moved = True
                try:
                    self._take(*one)
                except (Malformed, TooLarge):
                    logger.exception("an update of %s from elsewhere is left out", self.key)
                else:
                    self._pass_on(one[0], None)

    def _take(self, data: bytes, update: Update) -> None:
        if self._size + len(data) > self.kind.max_bytes:
            self._measure()
            if self._size + len(data) > self.kind.max_bytes:
                raise TooLarge
        apply(self.doc, data)
        update.brings_into(self.have)
        self._size += len(data)
        self._whole = None

    def _measure(self) -> None:
        """How large it really is: what was written over takes no room."""
        # Not again before it grew by a hundredth: it takes milliseconds for a large one.
        if self._size - self._measured > self.kind.max_bytes // 100:
            self._size = self._measured = len(self.doc.get_update())

    def all_but(self, state: bytes) -> frames.Message:
        """What somebody with this state lacks."""
        if state != b"\x00":
            return frames.step_2(self.doc.get_update(state))
        if self._whole is None:
            self._whole = frames.step_2(self.doc.get_update())
        return self._whole

    # -- What is said among the sockets --------------------------------------------------------------------------------

    def send(self, message: frames.Message, but: "RoomSocket | None" = None) -> None:
        """To everyone here."""
        # Of a copy: who reads too slowly leaves while it is told.
        for socket in list(self.sockets):
            if socket is not but:
                socket.send(message)

    def _pass_on(self, data: bytes, by: "RoomSocket | None") -> None:
        self._held.append((data, by))
        if self._turn is None:
            # At once, but not before what others said in the same turn of the loop is heard too. The busier the
            # process, the longer its turns and the more goes together; waiting longer costs time and saves nothing.
            self._turn = self._loop.call_soon(self._turn_over)

    def _turn_over(self) -> None:
        self._turn = None
        held, self._held = self._held, []
        authors = {by for _data, by in held}
        # Of several people, each gets their own back with the others', once encoded for all: it changes nothing there.
        but = authors.pop() if len(authors) == 1 else None
        for message in _merged([data for data, _by in held]):
            self.send(message, but)

    def show(self, clients: Iterable[int]) -> None:
        """Something changed about who is here; soon everyone sees it."""
        self._moved.update(clients)
        if self._presence_window is None and self._moved:
            self._presence_over()

    def _presence_over(self) -> None:
        self._presence_window = None
        if not self._moved:
            return
        self._presence_window = self._loop.call_later(PRESENCE_WINDOW, self._presence_over)
        moved, self._moved = self._moved, set()
        ahead = {client for client in moved if self.presence.is_ahead(client)}
        message = frames.awareness(self.presence.encode(moved))
        only = next(iter(moved)) if len(moved) == 1 else None
        for socket in list(self.sockets):
            if socket.client is not None and (socket.client == only or socket.client in ahead):
                others = moved - {socket.client}
                if others:
                    socket.send(frames.awareness(self.presence.encode(others)))
            else:
                socket.send(message)

    def stop(self) -> None:
        """Nobody is here any more."""
        for timer in (self._turn, self._presence_window, self.pages_window):
            if timer is not None:
                timer.cancel()


def _merged(updates: list[bytes]) -> list[frames.Message]:
    """Few frames for many updates."""
    if len(updates) == 1:
        return [frames.update(updates[0])]
    try:
        return [frames.update(merge_updates(*updates))]
    except BaseException as error:
        # As in `updates.apply`: a panic is no Exception. Sent one by one they are the same.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        logger.exception("%s updates could not be merged", len(updates))
        return [frames.update(one) for one in updates]
