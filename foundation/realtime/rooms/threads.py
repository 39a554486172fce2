"""The threads of rooms that speak to the database.

Each has its connection for as long as it is busy: opening one takes longer than most of what is asked of it (SQLite:
four milliseconds). Idle ones give it back: threads of rooms are many, connections few.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connections

T = TypeVar("T")

# Seconds without work after which a connection is given back.
IDLE = 5.0


class DatabaseThread:
    """One thread."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._used = 0.0
        self._has_connection = False
        self._has_ended = False

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """What `work` answers or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._do, work, arguments)

    def _do(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        kept, self._has_connection = self._has_connection, True
        try:
            return work(*arguments)
        except (InterfaceError, OperationalError):
            connections.close_all()
            if not kept:
                raise
            # The connection may have died since it was last used: once more, with a new one.
            return work(*arguments)
        finally:
            self._used = time.monotonic()

    def rest(self) -> None:
        """Give the connection back, unless it was just used."""
        if self._has_connection and not self._has_ended and time.monotonic() - self._used > IDLE:
            self._has_connection = False
            self._pool.submit(connections.close_all)

    def end(self) -> None:
        """Nothing more is done; what was begun is finished. Twice changes nothing."""
        if self._has_ended:
            return
        self._has_ended = True
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=False)
