"""The switchboard: between what rings and the sockets of this process.

A change rings a thousand sockets in the same moment. Each of them asking the database for itself took seconds; here
they are answered together. What rings while an answer is being worked out waits for the next one, so that a burst costs
as little as its last ring.
"""

import asyncio
import logging
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from .answers import Call, Message, answer

logger = logging.getLogger(__name__)

# Seconds during which rings are gathered before they are answered.
GATHER = 0.02
# So many sockets are answered at a time: the first are told while the others are being worked out.
TOGETHER = 250
FAULT = 1011


class Line(Protocol):
    """What the switchboard asks of a socket."""

    call: Call
    sessions: Any

    async def tell(self, messages: list[Message] | None) -> None:
        """Send these; None signs out."""

    async def close(self, code: int | None = None) -> None:
        """Hang up."""


class Switchboard:
    """One per event loop. Lives in its loop only: nothing here needs a lock."""

    def __init__(self) -> None:
        # In the order in which they were rung first.
        self._waiting: dict[Line, Call] = {}
        self._work: asyncio.Task[None] | None = None

    def ring(self, line: Line, *, recount: bool = False, notification: int = 0, topic: str = "") -> None:
        """Answer this socket soon. Ringing again before the answer costs nothing more."""
        call = self._waiting.get(line)
        if call is None:
            call = self._waiting[line] = Call(line.call.person, line.call.session)
        call.recount |= recount
        if notification:
            call.notifications.add(notification)
        if topic:
            call.topics.add(topic)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._answer_all())

    def forget(self, line: Line) -> None:
        """This socket is gone."""
        self._waiting.pop(line, None)

    async def _answer_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER)
            rung, self._waiting = self._waiting, {}
            lines = list(rung.items())
            for start in range(0, len(lines), TOGETHER):
                await self._answer(lines[start : start + TOGETHER])

    async def _answer(self, lines: list[tuple[Line, Call]]) -> None:
        if not lines:
            return
        for line, call in lines:
            call.unread = line.call.unread
        try:
            answers = await database_sync_to_async(answer)([call for _line, call in lines], lines[0][0].sessions)
        except Exception:
            # The database is away for a moment: these browsers come back, and are told then.
            logger.exception("%s sockets could not be answered", len(lines))
            await asyncio.gather(*(line.close(FAULT) for line, _call in lines), return_exceptions=True)
            return
        for (line, call), messages in zip(lines, answers, strict=True):
            line.call.unread = call.unread
            try:
                await line.tell(messages)
            except Exception:
                # One that has just gone must not keep the others from being told.
                logger.debug("a socket went while it was being told", exc_info=True)


_switchboards: "WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard]" = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """That of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _switchboards:
        _switchboards[loop] = Switchboard()
    return _switchboards[loop]
