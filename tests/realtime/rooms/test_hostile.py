"""What hostile and broken browsers send: they are refused, and nobody else notices."""

import asyncio
import json
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from pycrdt import Array, Doc, Map

from communities.models import Topic
from directory.models import Person
from foundation.realtime.documents import document_of
from foundation.realtime.encoding import Malformed, varbytes, varuint
from foundation.realtime.rooms import limits
from foundation.realtime.updates import apply, read_update
from tests.realtime.client import InProcess, YClient, room_path

from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True)

# An update by client 1 with one item, up to its content; a value of it begins after `\x08\x01\x01m\x01`.
VALUE = b"\x01\x01\x01\x00\x08\x01\x01m\x01"
# Two items, the second of no length: the library divides by it.
PANIC = bytes.fromhex("010201000001000000")

GARBAGE = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "an unknown kind": b"\x09\x00",
    "half a frame": b"\x00\x02\x7f\x01",
    "an endless number": b"\x00\x02" + b"\xff" * 40,
    "words": "bonjour",
    "auth": b"\x02\x00\x02no",
    "a state of nonsense": b"\x00\x00" + varbytes(b"\xff\xff\xff\xff\x0f"),
    "a state of a billion": b"\x00\x00" + varbytes(b"\x80\x94\xeb\xdc\x03"),
    "an update of noise": b"\x00\x02" + varbytes(b"\x07\x99\x01garbage"),
    "an update that panics": b"\x00\x02" + varbytes(PANIC),
    "the same as an answer": b"\x00\x01" + varbytes(PANIC),
    "an update nested deep": b"\x00\x02" + varbytes(VALUE + b"\x75\x01" * 40_000 + b"\x7e\x00"),
    "objects nested deep": b"\x00\x02" + varbytes(VALUE + b"\x76\x01\x01k" * 40_000 + b"\x7e\x00"),
    "a billion items": b"\x00\x02" + varbytes(b"\xff\xff\xff\xff\x0f"),
    "an item of itself": b"\x00\x02" + varbytes(b"\x01\x01\x01\x00\x84\x01\x00\x01a\x00"),
    "presence of noise": b"\x01" + varbytes(b"\x05\x01\x02"),
    "presence that is no object": b"\x01" + varbytes(b"\x01\x07\x01" + varbytes(b"[1,2]")),
    "presence that no browser reads": b"\x01" + varbytes(b"\x01\x07\x01" + varbytes(b'{"x":NaN}')),
    "presence beyond numbers": b"\x01" + varbytes(b"\x01\x07\x01" + varbytes(b'{"x":1e999}')),
    "presence nested deep": b"\x01" + varbytes(b"\x01\x07\x01" + varbytes(b'{"x":' + b"[" * 8000 + b"]" * 8000 + b"}")),
    "a clock beyond all": b"\x01" + varbytes(b"\x01\x07" + varuint(2**52) + varbytes(b"{}")),
}


@pytest.mark.parametrize("frame", GARBAGE.values(), ids=GARBAGE.keys())
async def test_who_sends_garbage_is_sent_away_alone(
    topic: Topic, host: Person, member: Person, enter: Enter, frame: bytes | str
) -> None:
    async with enter(host) as helene, enter(member) as evil:
        await helene.put("a", 1)
        await evil.until(lambda: evil.elements == {"a": 1})
        heard = len(helene.frames)
        await evil.send_raw(frame)
        assert await evil.until_closed() == 4400
        assert evil.said[-1] == {"type": "refused", "reason": "invalid"}
        await helene.put("b", 2)
        await helene.until_saved()
        assert helene.elements == {"a": 1, "b": 2}
        # Of all this the other heard nothing but that her own change is saved.
        assert all(one[0] == 4 for one in helene.frames[heard:])
    async with enter(member) as marc:
        await marc.until(lambda: marc.elements == {"a": 1, "b": 2})


def test_a_panic_of_the_library_is_an_error_like_any_other() -> None:
    with pytest.raises(Malformed, match="panic"):
        apply(Doc(), PANIC)


async def test_what_the_library_takes_in_half_is_forgotten(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    """An update that reads well, of which the library takes the first item and refuses the second."""
    text = b"\x04\x01\x01t\x02ab"
    child_of_a_text = b"\x07\x00\x05\x00\x00"
    async with enter(host) as helene, enter(member) as evil:
        await helene.put("a", 1)
        await evil.until(lambda: evil.elements == {"a": 1})
        await evil.send_update(b"\x02\x01\x05\x00" + text + b"\x01\x04\x00" + child_of_a_text + b"\x00")
        assert await evil.until_closed() == 4400
        await helene.put("b", 2)
        await helene.until_saved()
        async with enter(member) as marc:
            await marc.until(lambda: marc.elements == {"a": 1, "b": 2})
            assert marc.text == "" and b"ab" not in marc.doc.get_update()


async def test_what_builds_on_nothing_is_asked_for_again_and_again_then_refused(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    stray = Doc()
    stray.get("elements", type=Map)["x"] = 1
    state = stray.get_state()
    stray.get("elements", type=Map)["x"] = 2
    async with enter(host) as helene, enter(member) as evil:
        await evil.until_saved()
        await evil.send_update(stray.get_update(state))
        # It is asked what it has, and what it says is not that: nothing of it is ever called saved.
        for _one in range(2 * limits.MAX_RESYNCS):
            await evil.send_update(stray.get_update(state))
        assert await evil.until_closed() == 4400
        await helene.put("a", 1)
        await helene.until_saved()
        assert helene.elements == {"a": 1}


async def test_a_document_has_a_size_that_it_does_not_pass(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await helene.put("small", "x")
        # Written over and over, it does not grow.
        for number in range(20):
            await helene.put("large", str(number % 10) * 100_000)
        await helene.until_saved()
        await marc.put("more", "x" * 250_000)
        assert await marc.until_closed() == 1009
        assert marc.said[-1] == {"type": "refused", "reason": "too_large"}
        await helene.put("small", "y")
        await helene.until_saved()
    doc = await sync_to_async(document_of)("note", topic.uuid)
    assert doc.get("elements", type=Map).to_py().keys() == {"small", "large"}


async def test_a_flood_is_slowed_down_then_ended(
    topic: Topic, host: Person, member: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.5)
    async with enter(host) as helene, enter(member) as evil:
        await evil.until_saved()
        ping = b"\x00\x00" + varbytes(b"\x00")

        async def flood() -> None:
            while evil.closed is None:
                await evil.send_raw(ping)
                await asyncio.sleep(0)

        flooding = asyncio.create_task(flood())
        # Meanwhile others work as ever.
        await helene.put("a", 1)
        await helene.until_saved()
        assert await evil.until_closed() == 1008
        await flooding


async def test_a_burst_is_no_flood(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as marc:
        for number in range(500):
            await marc.put(f"n{number % 50}", number)
        await marc.until_saved()
        await helene.until(lambda: helene.elements == marc.elements)
        assert marc.closed is None


async def test_when_too_much_waits_to_be_written_nothing_is_lost_silently(
    topic: Topic, host: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundation.realtime.rooms.writer.MAX_PENDING", 1)
    async with enter(host) as helene:
        await helene.until_saved()
        await helene.put("a", 1)
        await helene.put("b", 2)
        # Closed so that it comes back: it still has what was not taken.
        assert await helene.until_closed() == 1012
        assert helene.said[-1] == {"type": "refused", "reason": "full"}
        monkeypatch.undo()
        await helene.connect()
        await helene.until_saved()
    doc = await sync_to_async(document_of)("note", topic.uuid)
    assert doc.get("elements", type=Map).to_py() == {"a": 1, "b": 2}


def test_updates_of_yjs_are_read_whatever_they_hold() -> None:
    doc = Doc()
    states = []
    elements, words = doc.get("elements", type=Map), doc.get("words", type=Array)
    values = [None, True, 1, -5, 1.5, 2**40, "é😀", [1, [2, {"a": []}]], {"a": {"b": [None]}}, b"bytes", ""]
    for number, value in enumerate(values):
        states.append(doc.get_state())
        elements[str(number)] = value
        words.append(json.dumps(str(value)))
    del elements["3"]
    for state in [b"\x00", *states]:
        update = read_update(doc.get_update(state))
        assert update.spans[doc.client_id][1] == 22 and update.deletes


async def test_a_room_has_no_words(topic: Topic, host: Person, sign_in: Callable[..., Client]) -> None:
    client = await sync_to_async(sign_in)(host)
    one = await YClient(lambda: InProcess.to(client, room_path("note", topic.uuid))).connect()
    await one.send_raw(json.dumps({"typing": True}))
    assert await one.until_closed() == 4400
