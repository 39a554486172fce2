"""Who else reads a page: those who may, unless they wish not to be seen; where the kind and the city show it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from communities.models import Topic
from directory.models import Person
from foundation.audiences.principals import principal
from foundation.content.actions import share
from foundation.content.kinds import kinds
from foundation.content.models import Content, Share
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh
from tests.contracts.makers import MAKERS

from .client import PATIENCE, Hung, InProcess, room_path

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[..., Client]


class Page:
    """A browser that has a page open."""

    def __init__(self, line: InProcess) -> None:
        self.line = line

    async def until(self, names: list[str], *, typing: str = "") -> None:
        """Until those named are there, and nobody else; who of them types."""
        async with asyncio.timeout(PATIENCE):
            while True:
                said = json.loads(await self.line.receive())
                there = {one["name"]: one["typing"] for one in said["people"]}
                if sorted(there) == sorted(names) and [one for one in there if there[one]] == [typing][: bool(typing)]:
                    return

    async def until_closed(self) -> int:
        """The code it is closed with."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self.line.receive()
            except Hung as hung:
                return hung.code


@asynccontextmanager
async def reading(client: Client, content: Content) -> AsyncIterator[Page]:
    """The page of `content`, open."""
    line = await InProcess.to(client, room_path("page", content.uuid))
    try:
        yield Page(line)
    finally:
        await line.hang_up()


@sync_to_async
def wish(client: Client, *, to_hide: bool) -> None:
    """By the settings page."""
    assert client.post("/settings/presence/", {"invisible": "on"} if to_hide else {}).status_code == 302


async def test_who_wishes_not_to_be_seen_is_not_and_sees_the_others(
    topic: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    mine, theirs, other = [await sync_to_async(sign_in)(one) for one in (host, member, colleague)]
    await wish(theirs, to_hide=True)
    async with reading(mine, topic) as helene, reading(theirs, topic) as marc, reading(other, topic) as carla:
        await helene.until(["Carla Collegue"])
        await marc.until(["Carla Collegue", "Helene Hote"])
        # Nor that they write.
        await marc.line.send('{"typing": true}')
        await carla.line.send('{"typing": true}')
        await helene.until(["Carla Collegue"], typing="Carla Collegue")


async def test_the_wish_takes_effect_on_open_pages_at_once_and_so_does_its_end(
    topic: Topic, host: Person, member: Person, sign_in: SignIn
) -> None:
    mine, theirs = [await sync_to_async(sign_in)(one) for one in (host, member)]
    async with reading(mine, topic) as helene, reading(theirs, topic) as marc, reading(theirs, topic) as other_tab:
        await helene.until(["Marc Membre"])
        await marc.line.send('{"typing": true}')
        await helene.until(["Marc Membre"], typing="Marc Membre")
        await wish(theirs, to_hide=True)
        await helene.until([])
        await wish(theirs, to_hide=False)
        await helene.until(["Marc Membre"])
        await other_tab.line.send('{"typing": true}')
        await helene.until(["Marc Membre"], typing="Marc Membre")
        await wish(mine, to_hide=True)
        # Who hides goes on seeing.
        await marc.until([])
        await wish(theirs, to_hide=True)
        await helene.until([])


async def test_a_withdrawn_share_ends_presence_at_once(
    topic: Topic, community: Space, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    await sync_to_async(change_access)(community, Space.Access.HIDDEN, actor=await sync_to_async(fresh)(host))
    mine, theirs = [await sync_to_async(sign_in)(one) for one in (host, colleague)]
    async with reading(theirs, topic) as refused:
        assert await refused.until_closed() == 4404
    held = principal("person", colleague.pk)
    given = await sync_to_async(share)(topic, held, actor=await sync_to_async(fresh)(host))
    async with reading(mine, topic) as helene, reading(theirs, topic) as carla:
        await helene.until(["Carla Collegue"])
        address = f"/content/{topic.uuid}/sharing/{given.uuid}/withdraw/"
        assert (await sync_to_async(mine.post)(address)).status_code == 302
        assert await carla.until_closed() == 4403
        await helene.until([])
    assert await Share.objects.active().acount() == 0


async def test_closing_the_space_sends_away_who_may_no_longer_read(
    topic: Topic, community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    mine, theirs, other = [await sync_to_async(sign_in)(one) for one in (host, member, colleague)]
    async with reading(mine, topic) as helene, reading(theirs, topic), reading(other, topic) as carla:
        await helene.until(["Carla Collegue", "Marc Membre"])
        await sync_to_async(change_access)(community, Space.Access.HIDDEN, actor=await sync_to_async(fresh)(host))
        assert await carla.until_closed() == 4403
        await helene.until(["Marc Membre"])


# Pages of sites need a root that these tests' database has lost; their kind is looked at below.
@pytest.mark.parametrize("kind", ["alert", "application", "notice"])
async def test_no_other_kind_tells_who_reads_it(kind: str, community: Space, host: Person, sign_in: SignIn) -> None:
    """A list of who reads a notice to 28,000 people would be noise, and nobody's business."""
    made = await sync_to_async(MAKERS[kind])(community, host, "Objet")
    client = await sync_to_async(sign_in)(host)
    page = await sync_to_async(client.get)(made.get_absolute_url())
    assert page.status_code == 200 and "data-presence=" not in page.content.decode()
    async with reading(client, made) as refused:
        assert await refused.until_closed() == 4404


def test_kinds_show_nobody_unless_they_say_so() -> None:
    assert {one.key for one in kinds() if one.has_presence} & {"alert", "application", "notice", "page"} == set()


async def test_externals_neither_see_nor_are_seen(
    topic: Topic, community: Space, host: Person, outsider: Person, sign_in: SignIn
) -> None:
    held = principal("person", outsider.pk)
    await sync_to_async(share)(topic, held, actor=await sync_to_async(fresh)(host))
    client = await sync_to_async(sign_in)(outsider)
    page = await sync_to_async(client.get)(topic.get_absolute_url())
    assert page.status_code == 200 and "data-presence=" not in page.content.decode()
    async with reading(client, topic) as refused:
        assert await refused.until_closed() == 4404


async def test_a_city_may_do_without(topic: Topic, host: Person, sign_in: SignIn, settings: Any) -> None:
    client = await sync_to_async(sign_in)(host)
    page = await sync_to_async(client.get)(topic.get_absolute_url())
    assert f'data-presence="/ws/rooms/page/{topic.uuid}"' in page.content.decode()
    settings.PAGE_PRESENCE = False
    page = await sync_to_async(client.get)(topic.get_absolute_url())
    assert "data-presence=" not in page.content.decode()
    async with reading(client, topic) as refused:
        assert await refused.until_closed() == 4404


async def test_the_setting_says_what_it_does_and_is_recorded_nowhere(host: Person, sign_in: SignIn) -> None:
    client = await sync_to_async(sign_in)(host)
    page = (await sync_to_async(client.get)("/settings/")).content.decode()
    assert "Ne pas montrer aux autres" in page and 'name="invisible" aria-describedby="presence-note">' in page
    answer = await sync_to_async(client.post)("/settings/presence/", {"invisible": "on"}, follow=True)
    assert "Les autres ne voient plus" in answer.content.decode()
    assert 'aria-describedby="presence-note" checked' in answer.content.decode()
    assert (await Person.objects.aget(pk=host.pk)).is_invisible
    answer = await sync_to_async(client.post)("/settings/presence/", {}, follow=True)
    assert "Les autres voient" in answer.content.decode()
    assert not (await Person.objects.aget(pk=host.pk)).is_invisible
    assert (await sync_to_async(client.get)("/settings/presence/")).status_code == 405
