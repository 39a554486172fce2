"""Those who do not read what they are sent, and lines on which nothing is said."""

import asyncio
import contextlib
import select
import socket
from collections.abc import AsyncIterator, Callable

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from websockets.asyncio.client import connect

from communities.models import Topic
from directory.models import Person
from foundation.realtime.rooms import limits, upkeep
from tests.realtime.client import PATIENCE, Network, YClient, room_path

from .conftest import Enter
from .servers import Server, servers

pytestmark = pytest.mark.django_db(transaction=True)

# One change of somebody who draws fast: a document of the tests' kind takes two of them.
LARGE = 100_000
# More than a machine keeps of what is on its way, on both sides of a line together, and the server for a slow reader.
PLENTY = 16_000_000
# More than the system holds of it (net.ipv4.tcp_wmem, and what our browser may receive), less than both.
SOME = 4_600_000


class SlowReader:
    """A browser that reads nothing any more from when it is told to, and keeps its line open."""

    def __init__(self, browser: YClient) -> None:
        self.browser = browser
        line = browser.line
        assert isinstance(line, Network)
        self._transport = line.connection.transport
        self._transport.pause_reading()

    def read_again(self) -> None:
        self._transport.resume_reading()

    async def until_cut(self) -> None:
        """The server ended the line, which shows without reading."""
        watch = select.poll()
        watch.register(self._transport.get_extra_info("socket").fileno(), 0)
        assert await asyncio.to_thread(watch.poll, PATIENCE * 1000), "the line is still open"


@contextlib.asynccontextmanager
async def _browser(server: Server, client: Client, topic: Topic) -> AsyncIterator[YClient]:
    """Somebody's, on a line that keeps little of what was not read."""

    async def dial() -> Network:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", server.port))
        headers = {"Cookie": f"parvis_session={client.cookies['parvis_session'].value}"}
        address = f"ws://127.0.0.1:{server.port}{room_path('note', topic.uuid)}"
        origin = f"http://127.0.0.1:{server.port}"
        # Without signs of life of its own: what it writes would show that the line was cut.
        options = {"additional_headers": headers, "origin": origin, "max_size": None, "ping_interval": None}
        return Network(await connect(address, sock=line, **options))

    one = await YClient(dial).connect()
    try:
        yield one
    finally:
        if one.line is not None:
            one.cut()


async def test_who_reads_too_slowly_holds_up_nobody_and_is_sent_away(
    topic: Topic, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    mine, theirs = await sync_to_async(sign_in)(host), await sync_to_async(sign_in)(member)
    with servers(1) as (server,):
        async with (
            _browser(server, mine, topic) as helene,
            _browser(server, mine, topic) as reader,
            _browser(server, theirs, topic) as slow,
            _browser(server, theirs, topic) as dead,
        ):
            for one in (helene, reader, slow, dead):
                await one.until_saved()
            await slow.show({"pointer": 1})
            await helene.until(lambda: len(helene.people) == 1)
            sleeper, corpse = SlowReader(slow), SlowReader(dead)
            sent = 0
            while sent < PLENTY and helene.people:
                number = sent // LARGE
                await helene.put("large", str(number % 10) * LARGE)
                await helene.put("number", number)
                sent += LARGE
                # The others have it at once.
                await reader.until(lambda number=number: reader.elements.get("number") == number)
            # What waits for somebody has a limit: before all of it, he is no longer in the room.
            assert helene.people == [], f"{sent} bytes, and he is still waited for"
            assert sent > limits.MAX_WAITING_BYTES
            # Who reads on is told why, and has what he lacks when he comes back.
            sleeper.read_again()
            assert await slow.until_closed() == 1013
            await slow.connect()
            await slow.until(lambda: slow.elements == helene.elements)
            # Who never does is cut off: nothing is kept for him.
            await corpse.until_cut()


async def test_who_sleeps_where_nothing_is_said_any_more_is_not_shown(
    topic: Topic, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    """A laptop that was closed with something on its way to it: not enough that it would be sent away as slow."""
    mine, theirs = await sync_to_async(sign_in)(host), await sync_to_async(sign_in)(member)
    with servers(1, alive=8.0) as (server,):
        async with _browser(server, mine, topic) as helene, _browser(server, theirs, topic) as asleep:
            for one in (helene, asleep):
                await one.until_saved()
            await asleep.show({"pointer": 1})
            await helene.until(lambda: len(helene.people) == 1)
            sleeper = SlowReader(asleep)
            for number in range(SOME // LARGE):
                await helene.put("large", str(number % 10) * LARGE)
            assert len(helene.people) == 1, "sent away as slow"
            await helene.until(lambda: helene.people == [])
            await sleeper.until_cut()


async def test_where_nothing_is_said_a_browser_hears_that_its_line_lives(
    topic: Topic, host: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stock client hangs up after thirty seconds of silence."""
    assert 2 * upkeep.SILENCE * upkeep.EVERY < 30
    monkeypatch.setattr(upkeep, "EVERY", 0.02)
    async with enter(host) as helene:
        await helene.until_saved()
        alive = {"type": "alive"}
        await helene.until(lambda: alive in helene.said)
        heard = len(helene.frames)
        await helene.until(lambda: len(helene.frames) >= heard + 3)
        # Nothing else was said.
        assert helene.said[-3:] == [alive] * 3
