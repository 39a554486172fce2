"""Who is there, and where: under the name the server knows, and for nobody else than oneself."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from communities.models import Topic
from directory.models import Person
from foundation.realtime.rooms import limits, pages
from tests.conftest import make_person
from tests.realtime.client import YClient, in_room

from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True)


async def test_names_are_those_of_the_session(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await helene.until_synced()
        await marc.until_synced()
        await marc.show({"pointer": {"x": 1}, "user": {"id": str(host.uuid), "name": "Helene Hote"}})
        await helene.until(lambda: helene.people)
        assert helene.people == [{"pointer": {"x": 1}, "user": {"id": str(member.uuid), "name": "Marc Membre"}}]
        # Those who come later see who is there.
        async with enter(host) as again:
            await again.until(lambda: again.people == helene.people)
        await marc.disconnect()
        await helene.until(lambda: helene.people == [])


async def test_nobody_speaks_for_another(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as evil, enter(host) as witness:
        await helene.show({"pointer": 1})
        await evil.until(lambda: evil.people)
        theirs = helene.doc.client_id
        # With a clock that would keep her own word from being heard ever after.
        await evil.show({"pointer": "forged"}, client=theirs, clock=1_000_000)
        await evil.show(None, client=theirs, clock=1_000_001)
        await evil.show({"pointer": "mine"})
        await evil.show({"pointer": "another of mine"}, client=12345)
        await witness.until(lambda: len(witness.people) == 2)
        await helene.show({"pointer": 2})
        await witness.until(lambda: {"pointer": 2, "user": _user(host)} in witness.people)
        assert {"pointer": "mine", "user": _user(member)} in witness.people
        assert set(witness.shown) == {theirs, evil.doc.client_id}
        assert evil.closed is None


async def test_what_one_hears_of_others_may_be_repeated(
    topic: Topic, host: Person, member: Person, colleague: Person, enter: Enter
) -> None:
    """As the stock client does: also when they have just gone."""
    async with enter(host) as helene, enter(member) as marc:
        async with enter(colleague) as carla:
            await carla.show({"pointer": 1})
            await marc.until(lambda: marc.people)
        theirs = carla.doc.client_id
        await marc.until(lambda: marc.people == [])
        await marc.show({"pointer": 1}, client=theirs)
        await marc.show({"pointer": "mine"}, clock=1)
        await helene.until(lambda: helene.people)
        assert helene.people == [{"pointer": "mine", "user": _user(member)}]


async def test_who_comes_back_is_seen_again_with_the_same_clock(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await marc.show({"pointer": 1}, clock=7)
        await helene.until(lambda: helene.people)
        await marc.disconnect()
        await helene.until(lambda: helene.people == [])
        await marc.connect()
        # The stock client says again what it said last.
        await marc.show({"pointer": 1}, clock=7)
        await helene.until(lambda: helene.people)
        await marc.show({"pointer": 2}, clock=8)
        await helene.until(lambda: helene.people == [{"pointer": 2, "user": _user(member)}])
        # And what is said of it never comes back as news: it would take the place of what it shows.
        assert marc.doc.client_id not in marc.shown


async def test_too_much_presence_is_passed_over(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await marc.show({"pointer": "x" * limits.MAX_STATE})
        await marc.show({"pointer": 1})
        await helene.until(lambda: helene.people)
        assert helene.people == [{"pointer": 1, "user": _user(member)}]


async def test_presence_can_be_asked_for(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await marc.show({"pointer": 1})
        await helene.until(lambda: helene.people)
        helene.shown = {}
        await helene.send_raw(b"\x03")
        await helene.until(lambda: helene.people)


@asynccontextmanager
async def _reading(person: Person, topic: Topic, sign_in: Callable[..., Client]) -> AsyncIterator[YClient]:
    client = await sync_to_async(sign_in)(person)
    async with in_room(client, "page", topic.uuid) as one:
        yield one


def _named(person: Person, *, typing: bool = False) -> dict[str, Any]:
    return {**_user(person), "initials": person.initials, "typing": typing}


async def test_who_else_reads_a_page(
    topic: Topic, host: Person, member: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    async with _reading(host, topic, sign_in) as helene:
        await helene.until(lambda: helene.said)
        assert helene.said == [{"type": "people", "people": [], "more": 0}]
        async with _reading(member, topic, sign_in) as marc, _reading(member, topic, sign_in) as other_tab:
            await marc.until(lambda: marc.said and marc.said[-1]["people"] == [_named(host)])
            await helene.until(lambda: helene.said[-1]["people"] == [_named(member)])
            await other_tab.send_raw('{"typing": true}')
            await helene.until(lambda: helene.said[-1]["people"] == [_named(member, typing=True)])
            await other_tab.send_raw('{"typing": false}')
            await helene.until(lambda: helene.said[-1]["people"] == [_named(member)])
        await helene.until(lambda: helene.said[-1]["people"] == [])
        async with _reading(outsider, topic, sign_in) as ext:
            assert await ext.until_closed() == 4404
    assert all(one["type"] == "people" for one in helene.said)


async def test_of_many_readers_some_are_named(
    topic: Topic, host: Person, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "NAMED", 2)
    people = [await sync_to_async(make_person)(f"a{number}.essai", unit=host.unit) for number in range(4)]
    async with AsyncExitStack() as all_of_them:
        readers = []
        for one in [host, *people]:
            readers.append(await all_of_them.enter_async_context(_reading(one, topic, sign_in)))
            await readers[-1].until(lambda: readers[-1].said)
        helene, first, last = readers[0], readers[1], readers[-1]
        await helene.until(lambda: helene.said[-1]["more"] == 2)
        assert helene.said[-1]["people"] == [_named(people[0]), _named(people[1])]
        await first.until(lambda: first.said[-1] == {
            "type": "people", "people": [_named(host), _named(people[1])], "more": 2
        })  # fmt: skip
        await last.until(lambda: last.said and last.said[-1] == {
            "type": "people", "people": [_named(host), _named(people[0])], "more": 2
        })  # fmt: skip


@pytest.mark.parametrize("words", ["{}", '{"typing": "<b>"}', '{"typing": true, "user": {"id": "x"}}'])
async def test_a_page_hears_one_thing_only(
    topic: Topic, host: Person, member: Person, sign_in: Callable[..., Client], words: str
) -> None:
    async with _reading(host, topic, sign_in) as helene, _reading(member, topic, sign_in) as marc:
        await marc.send_raw(words)
        await helene.until(lambda: helene.said and helene.said[-1]["people"])
        assert helene.said[-1]["people"][0]["id"] == str(member.uuid)
        assert isinstance(helene.said[-1]["people"][0]["typing"], bool)


@pytest.mark.parametrize("frame", ["[]", "nonsense", "x" * 300, b"\x00\x00\x01\x00", b"\x01\x00"])
async def test_a_page_has_no_document(
    topic: Topic, host: Person, sign_in: Callable[..., Client], frame: bytes | str
) -> None:
    async with _reading(host, topic, sign_in) as helene:
        await helene.send_raw(frame)
        assert await helene.until_closed() == 4400


def _user(person: Person) -> dict[str, str]:
    return {"id": str(person.uuid), "name": person.name}
