"""Rooms in real server processes: what ends, what fails, and what several of them know of each other."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from pycrdt import Doc, Map

from communities.models import Topic
from directory.models import Person
from foundation.realtime.actions import change_document
from foundation.realtime.documents import document_of
from foundation.realtime.models import DocumentUpdate
from tests.conftest import fresh
from tests.parts import PrivateRedis, require
from tests.realtime.client import PATIENCE, YClient, until_same

from .servers import Server, locked_database, servers

pytestmark = pytest.mark.django_db(transaction=True)

Browser = Callable[..., Awaitable[YClient]]


@pytest.fixture
def redis() -> Iterator[PrivateRedis]:
    require(PrivateRedis)
    folder = tempfile.mkdtemp(prefix="parvis-redis-")
    Path(folder).chmod(0o755)
    with PrivateRedis(folder) as part:
        yield part


@pytest.fixture
async def browser(topic: Topic, sign_in: Callable[..., Client]) -> AsyncIterator[Browser]:
    """Opens somebody's browser at a server; all of them are closed at the end."""
    opened: list[YClient] = []

    async def open_one(server: Server, person: Person, *, kind: str = "note", doc: Doc | None = None) -> YClient:
        client = await sync_to_async(sign_in)(person)
        one = server.browser(client, kind, topic.uuid)
        one.doc = doc or one.doc
        opened.append(await one.connect())
        return one

    yield open_one
    for one in opened:
        await one.disconnect()


async def _stored(topic: Topic) -> dict[str, Any]:
    doc = await sync_to_async(document_of)("note", topic.uuid)
    return doc.get("elements", type=Map).to_py()


async def test_a_killed_server_loses_nothing_that_was_called_saved(
    topic: Topic, host: Person, member: Person, browser: Browser
) -> None:
    with servers(1) as (server,):
        helene, marc = await browser(server, host), await browser(server, member)
        for number in range(30):
            await helene.put(f"h{number}", number)
            await marc.put(f"m{number}", number)
        await marc.until(lambda: marc.saved > 10)
        await helene.put("last", "not called saved, perhaps")
        server.kill()
        await helene.until_closed()
        await marc.until_closed()
        acknowledged = {f"m{number}" for number in range(marc.saved - 1)}
        assert acknowledged <= (await _stored(topic)).keys()
        # Both go on without a line; when the server is back, nothing of either is lost.
        await helene.put("offline", "helene")
        await marc.put("offline too", "marc")
        await sync_to_async(server.start)()
        await helene.connect()
        await marc.connect()
        await helene.until(lambda: "offline too" in helene.elements)
        await marc.until(lambda: "offline" in marc.elements and "last" in marc.elements)
        await helene.until_saved()
        await marc.until_saved()
        assert helene.elements == marc.elements == await _stored(topic)
        assert len(helene.elements) == 63


async def test_a_server_that_is_asked_to_end_writes_everything_first(
    topic: Topic, host: Person, browser: Browser
) -> None:
    with servers(1) as (server,):
        helene = await browser(server, host)
        await helene.until_saved()
        for number in range(200):
            await helene.put(f"h{number}", number)
        # All of it has been taken once the answer to a question asked after it is there.
        helene.is_synced = False
        await helene.send_raw(b"\x00\x00\x01\x00")
        await helene.until_synced()
        server.terminate()
        assert await helene.until_closed() == 1012
        # Ended by the signal, as uvicorn has it, once it was done.
        assert await sync_to_async(server.wait)() in (0, -signal.SIGTERM)
        assert await _stored(topic) == helene.elements


async def test_a_frame_of_fifty_megabytes_harms_its_sender_alone(
    topic: Topic, host: Person, member: Person, browser: Browser
) -> None:
    with servers(1) as (server,):
        helene, evil = await browser(server, host), await browser(server, member)
        await evil.until_synced()
        sending = asyncio.create_task(evil.send_raw(b"\x00\x02" + bytes(50_000_000)))
        await helene.put("a", 1)
        await helene.until_saved()
        await sending
        assert await evil.until_closed() in (1006, 1009)
        await helene.put("b", 2)
        await helene.until_saved()


async def test_while_the_database_is_locked_people_work_and_nothing_is_called_saved(
    topic: Topic, host: Person, member: Person, browser: Browser
) -> None:
    with servers(1) as (server,):
        helene, marc = await browser(server, host), await browser(server, member)
        await helene.until_saved()
        await marc.until_saved()
        saved = helene.saved
        loop = asyncio.get_running_loop()
        with locked_database():
            end = loop.time() + 5
            number = 0
            while loop.time() < end:
                number += 1
                await helene.put("moving", number)
                await marc.until(lambda: marc.elements.get("moving") == number)  # noqa: B023
            assert helene.saved == saved and await _stored(topic) == {}
        await helene.until_saved()
        assert await _stored(topic) == {"moving": number}


async def test_two_processes_are_one_room(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    with servers(2, redis.url) as (first, second):
        people = [await browser(first, host), await browser(second, member), await browser(second, host)]
        for one in people:
            await one.until_synced()
        for number in range(60):
            for index, one in enumerate(people):
                await one.put("same", f"{index} {number}")
                await one.put(f"own {index}", number)
                await one.write(0, str(index))
        for one in people:
            await one.until_saved()
        await until_same(people)
        assert len(people[0].text) == 180
        assert await _stored(topic) == people[0].elements
        # Presence too, and who goes is gone.
        await people[0].show({"pointer": 1})
        await people[1].until(lambda: people[1].people)
        assert people[1].people[0]["user"]["name"] == "Helene Hote"
        # Rights withdrawn anywhere count everywhere, at once.
        await people[0].disconnect()
        await people[1].until(lambda: people[1].people == [])


async def test_redis_away_for_ten_seconds_loses_nothing(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    with servers(2, redis.url) as (first, second):
        helene, marc = await browser(first, host), await browser(second, member)
        await helene.put("before", 1)
        await marc.until(lambda: "before" in marc.elements)
        await sync_to_async(redis.stop)()
        loop = asyncio.get_running_loop()
        end, number = loop.time() + 10, 0
        while loop.time() < end:
            number += 1
            await helene.put(f"h{number}", number)
            await marc.put(f"m{number}", number)
            await marc.write(0, "m")
            # Each goes on, and is told the truth.
            await helene.until_saved()
            await marc.until_saved()
        await marc.change(lambda doc: doc["text"].__delitem__(slice(0, 1)))
        assert "m1" not in helene.elements and "h1" not in marc.elements
        await sync_to_async(redis.start)()
        # Somebody's change of their own is not needed for them to meet again.
        await until_same([helene, marc])
        assert len(helene.elements) == 1 + 2 * number and len(helene.text) == number - 1
        assert await _stored(topic) == helene.elements
        # And from here on they are as before.
        await helene.put("after", 1)
        await marc.until(lambda: "after" in marc.elements)


async def test_who_was_not_heard_of_while_redis_was_away_is_seen_again_when_it_is_back(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    """Without doing anything: somebody who only looks is there too."""
    with servers(2, redis.url) as (first, second):
        helene, marc = await browser(first, host), await browser(second, member)
        await helene.show({"pointer": 1})
        await marc.until(lambda: marc.people)
        await sync_to_async(redis.stop)()
        await marc.until(lambda: marc.people == [])
        await sync_to_async(redis.start)()
        await marc.until(lambda: marc.people)
        assert marc.people[0]["user"]["name"] == "Helene Hote"
        # What she shows from then on is seen at once, and that she goes.
        await helene.show({"pointer": 2})
        await marc.until(lambda: marc.people[0]["pointer"] == 2)
        await helene.disconnect()
        await marc.until(lambda: marc.people == [])


async def test_what_only_a_killed_process_had_to_write_is_written_by_the_other(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    with servers(2, redis.url) as (first, second):
        helene, marc = await browser(first, host), await browser(second, member)
        await helene.until_saved()
        await marc.until_saved()
        with locked_database():
            await helene.put("a", 1)
            await marc.until(lambda: marc.elements == {"a": 1})
            first.kill()
            await helene.until_closed()
        # She comes back, to the other one: it has what she has, and says so only once it is in the database.
        again = await browser(second, host, doc=helene.doc)
        await again.until_saved()
        assert await _stored(topic) == {"a": 1}


async def test_the_portals_own_changes_reach_every_process(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    with servers(2, redis.url) as (first, second):
        helene, marc = await browser(first, host), await browser(second, member)
        await helene.put("a", 1)
        await helene.until_saved()

        def restore(key: str) -> None:
            doc = document_of("note", topic.uuid)
            before = doc.get_state()
            doc.get("elements", type=Map)[key] = "restored"
            change_document("note", topic.uuid, doc.get_update(before), actor=fresh(host))

        # This test's own process has the layer in memory: nobody hears its ring. They look by themselves.
        await sync_to_async(restore)("b")
        for one in (helene, marc):
            await one.until(lambda one=one: one.elements == {"a": 1, "b": "restored"})
        # Each is stored once, and what comes after builds on it.
        await marc.put("b", "again")
        await marc.until_saved()
        await helene.until(lambda: helene.elements == {"a": 1, "b": "again"})
        assert await DocumentUpdate.objects.filter(from_server=True).acount() == 1


async def test_a_killed_process_takes_its_people_with_it(
    topic: Topic, host: Person, member: Person, redis: PrivateRedis, browser: Browser
) -> None:
    with servers(2, redis.url) as (first, second):
        helene = await browser(first, host, kind="page")
        marc = await browser(second, member, kind="page")
        await marc.until(lambda: marc.said and marc.said[-1]["people"])
        assert marc.said[-1]["people"][0]["name"] == "Helene Hote"
        await helene.until(lambda: helene.said[-1]["people"])
        first.kill()
        await marc.until(lambda: marc.said[-1]["people"] == [])


async def test_a_tab_that_slept_comes_back_to_what_is(
    topic: Topic, host: Person, member: Person, browser: Browser
) -> None:
    """A browser cut off for as long as it takes: the room was closed, its rows put together, and much was changed."""
    with servers(1) as (server,):
        helene, marc = await browser(server, host), await browser(server, member)
        await marc.put("a", "old")
        await marc.until_saved()
        await helene.until(lambda: helene.elements == {"a": "old"})
        marc.cut()
        await marc.put("mine", "kept")
        for number in range(50):
            await helene.put("a", number)
        await helene.put("b", 1)
        await helene.until_saved()
        await helene.disconnect()
        # Nobody is left: the rows become one snapshot.
        await _until_in_database(lambda: DocumentUpdate.objects.count() == 0)
        await marc.connect()
        await marc.until_saved()
        assert marc.elements == {"a": 49, "b": 1, "mine": "kept"} == await _stored(topic)


async def _until_in_database(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await sync_to_async(condition)():
            pass
