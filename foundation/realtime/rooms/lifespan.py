"""The beginning and the end of the server process."""

import sys
from typing import Any

from .registry import rooms_here

# Seconds after which a thread that computes lets another have its turn; Python's own are more than twice as many. Each
# time the event loop wakes while a door is being asked, it waits for so long. Shorter turns cost: at half a
# millisecond a tenth fewer people came in each second, and nobody was told sooner.
TURN = 0.002


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application for both. At the end everything that people changed is written before the process goes."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            sys.setswitchinterval(TURN)
            # From here on it looks after what a process before it left unfinished, whether or not somebody comes.
            rooms_here().begin()
            await send({"type": "lifespan.startup.complete"})
        else:
            await rooms_here().drain()
            await send({"type": "lifespan.shutdown.complete"})
            return
