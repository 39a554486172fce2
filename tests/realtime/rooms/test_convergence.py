"""Whatever several people do, over lines that break and a server that starts again, all end with the same document, and
the database replays to it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Map, Text

from communities.actions import start_topic
from directory.models import Person
from foundation.realtime.documents import document_of
from foundation.realtime.rooms import registry
from foundation.spaces.models import Space
from tests.realtime.client import PATIENCE, InProcess, YClient, room_path, until_same

from . import notes  # noqa: F401  (registers the kind)

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 3
who = st.integers(0, PEOPLE - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), who, st.integers(0, 4), st.integers(0, 99)),
        st.tuples(st.just("remove"), who, st.integers(0, 4)),
        st.tuples(st.just("write"), who, st.integers(0, 30), st.sampled_from(["é", "ab", "« »", "x"])),
        st.tuples(st.just("erase"), who, st.integers(0, 30)),
        st.tuples(st.just("go"), who),
        st.tuples(st.just("come"), who),
        st.tuples(st.just("restart")),
    ),
    min_size=5,
    max_size=40,
)


async def _step(people: list[YClient], step: tuple[Any, ...]) -> None:
    kind, *values = step
    if kind == "restart":
        # As `lifespan` ends and begins: everyone is sent away, and the documents are read again.
        await registry.rooms_here().drain()
        registry._rooms.pop(asyncio.get_running_loop())
        for one in people:
            await one.disconnect()
        return
    one = people[values[0]]
    if kind == "put":
        await one.put(str(values[1]), values[2])
    elif kind == "remove" and str(values[1]) in one.elements:
        await one.change(lambda doc: doc["elements"].__delitem__(str(values[1])))
    elif kind == "write":
        await one.write(min(values[1], len(one.text.encode())) if one.text.isascii() else 0, values[2])
    elif kind == "erase" and one.text.isascii() and values[1] < len(one.text):
        await one.change(lambda doc: doc["text"].__delitem__(slice(values[1], values[1] + 1)))
    elif kind == "go":
        await one.disconnect()
    elif kind == "come" and one.line is None:
        await one.connect()


async def _all_the_same(people: list[YClient]) -> None:
    for one in people:
        if one.line is None:
            await one.connect()
    async with asyncio.timeout(PATIENCE):
        for one in people:
            await one.until_saved()
    await until_same(people)


def test_all_converge_and_the_database_replays_to_the_same(
    community: Space, host: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(host)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def converge(steps: list[tuple[Any, ...]]) -> None:
        topic = start_topic(community, "Une note", "Texte.", actor=host)

        async def run() -> None:
            people = [YClient(lambda: InProcess.to(client, room_path("note", topic.uuid))) for _one in range(PEOPLE)]
            for one in people:
                await one.connect()
            for step in steps:
                await _step(people, step)
            await _all_the_same(people)
            doc = await sync_to_async(document_of)("note", topic.uuid)
            assert (doc.get("elements", type=Map).to_py() or {}) == people[0].elements
            assert str(doc.get("text", type=Text)) == people[0].text
            for one in people:
                await one.disconnect()
            await registry.rooms_here().drain()

        asyncio.run(run())

    converge()
