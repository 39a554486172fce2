"""What tests of sockets share."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from foundation.realtime.rooms.registry import rooms_here

from .client import PATIENCE


@pytest.fixture(autouse=True)
async def _rooms() -> AsyncIterator[None]:
    """The rooms of the test's loop end with it: everything is written before the tables are emptied, and what their
    threads hold of the database is given back."""
    yield
    async with asyncio.timeout(PATIENCE):
        await rooms_here().drain()
