"""Who comes into a room, who may write in it, and who has to leave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone
from pycrdt import Map

from communities.models import Topic
from directory.actions import deactivate, end_sessions
from directory.models import Person, Session
from foundation.content.actions import share, trash
from foundation.content.models import Share
from foundation.realtime.actions import delete_document, evict
from foundation.realtime.documents import document_of
from foundation.realtime.rooms import registry, upkeep
from foundation.spaces.actions import add_member, change_access, remove_member
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh
from tests.realtime.client import PATIENCE, Hung, InProcess, YClient, room_path

from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def only_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing looks by itself at what may have changed: who has to leave is rung out, or stays."""
    monkeypatch.setattr(upkeep, "EVERY", 3600)


async def _refusal(client: Client | None, path: str) -> int:
    """The code a room is closed with, once it was accepted."""
    one = await YClient(lambda: InProcess.to(client, path)).connect()
    code = await one.until_closed()
    assert one.welcome is None and not one.frames
    return code


async def test_nobody_without_a_session_comes_in(topic: Topic) -> None:
    assert await _refusal(None, room_path("note", topic.uuid)) == 4401


@pytest.mark.parametrize("key", ["0" * 32, "é\x00", "x" * 500])
async def test_nobody_with_a_made_up_session_comes_in(topic: Topic, key: str) -> None:
    client = Client()
    client.cookies["parvis_session"] = key
    assert await _refusal(client, room_path("note", topic.uuid)) == 4401


async def test_a_page_of_another_site_opens_no_room(topic: Topic, host: Person, sign_in: Callable[..., Client]) -> None:
    client = await sync_to_async(sign_in)(host)
    with pytest.raises(Hung):
        await InProcess.to(client, room_path("note", topic.uuid), "https://evil.example")


async def test_what_one_may_not_know_of_is_not_there(
    topic: Topic, host: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    theirs = await sync_to_async(sign_in)(outsider)
    assert await _refusal(theirs, room_path("note", topic.uuid)) == 4404
    mine = await sync_to_async(sign_in)(host)
    assert await _refusal(mine, room_path("note", uuid4())) == 4404
    assert await _refusal(mine, room_path("nothing", topic.uuid)) == 4404


async def test_a_new_password_ends_what_the_old_one_opened(
    topic: Topic, host: Person, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(host)

    def change() -> None:
        host.set_password("un tout autre mot de passe")
        host.save()

    await sync_to_async(change)()
    assert await _refusal(client, room_path("note", topic.uuid)) == 4401


async def test_an_expired_session_opens_no_room(topic: Topic, host: Person, sign_in: Callable[..., Client]) -> None:
    client = await sync_to_async(sign_in)(host)
    await Session.objects.aupdate(expire_date=timezone.now())
    assert await _refusal(client, room_path("note", topic.uuid)) == 4401


async def test_who_may_read_sees_everything_and_changes_nothing(
    topic: Topic, host: Person, colleague: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(colleague) as carla:
        await carla.until_synced()
        assert carla.welcome is not None and carla.welcome["write"] is False
        await helene.put("a", 1)
        await carla.until(lambda: carla.elements == {"a": 1})
        await carla.put("b", 2)
        await carla.until(lambda: {"type": "refused", "reason": "read_only"} in carla.said)
        # Nor by saying that it had it all along.
        await carla.send_raw(b"\x00\x01" + bytes([len(carla.doc.get_update())]) + carla.doc.get_update())
        await helene.put("c", 3)
        await carla.until(lambda: "c" in carla.elements)
        await helene.until_saved()
        assert helene.elements == {"a": 1, "c": 3} and carla.saved == 0
    doc = await sync_to_async(document_of)("note", topic.uuid)
    assert doc.get("elements", type=Map).to_py() == {"a": 1, "c": 3}


@pytest.mark.usefixtures("only_rings")
@pytest.mark.parametrize("ending", [end_sessions, deactivate])
async def test_an_ended_session_leaves_the_room_at_once(
    colleague: Person, enter: Enter, ending: Callable[..., Any]
) -> None:
    async with enter(colleague) as carla:
        await carla.until_synced()
        await sync_to_async(ending)(colleague)
        assert await carla.until_closed() == 4401


async def _hide(topic: Topic, community: Space, host: Person, colleague: Person) -> None:
    await sync_to_async(change_access)(community, Space.Access.HIDDEN, actor=await sync_to_async(fresh)(host))


async def _trash(topic: Topic, community: Space, host: Person, colleague: Person) -> None:
    await sync_to_async(trash)(topic, actor=await sync_to_async(fresh)(host))


async def _evict(topic: Topic, community: Space, host: Person, colleague: Person) -> None:
    # A right that nobody recorded: whoever took it says so.
    await Space.objects.filter(pk=community.pk).aupdate(access=Space.Access.HIDDEN)
    await sync_to_async(evict)("note", topic.uuid, colleague)


@pytest.mark.usefixtures("only_rings")
@pytest.mark.parametrize("withdraw", [_hide, _trash, _evict])
async def test_who_may_no_longer_see_it_is_rung_out(
    topic: Topic, community: Space, host: Person, colleague: Person, enter: Enter, withdraw: Callable[..., Any]
) -> None:
    async with enter(colleague) as carla:
        await carla.until_synced()
        await withdraw(topic, community, host, colleague)
        assert await carla.until_closed() == 4403


async def test_evicting_one_person_keeps_the_others(
    topic: Topic, community: Space, host: Person, member: Person, colleague: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(colleague) as carla:
        await carla.until_synced()
        await _evict(topic, community, host, colleague)
        assert await carla.until_closed() == 4403
        await helene.put("a", 1)
        await helene.until_saved()


@pytest.mark.usefixtures("only_rings")
async def test_the_right_to_write_comes_and_goes_while_one_is_there(
    topic: Topic, community: Space, host: Person, member: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await marc.put("a", 1)
        await marc.until_saved()
        owner = await sync_to_async(fresh)(host)
        await sync_to_async(add_member)(community, member, Role.READER, actor=owner)
        await marc.until(lambda: marc.said[-1] == {"type": "access", "write": False})
        await marc.put("b", 2)
        await marc.until(lambda: {"type": "refused", "reason": "read_only"} in marc.said)
        await sync_to_async(add_member)(community, member, Role.CONTRIBUTOR, actor=owner)
        # Asked what it has, it says what it drew meanwhile: now it may.
        await helene.until(lambda: helene.elements == {"a": 1, "b": 2})
        await sync_to_async(remove_member)(community, member, actor=owner)
        await marc.until(lambda: marc.said[-1] == {"type": "access", "write": False})


async def test_what_ends_without_a_word_is_found_when_the_door_is_asked_again(
    topic: Topic, community: Space, host: Person, outsider: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "ASK_AGAIN", 0.1)
    expires = timezone.now() + timedelta(days=1)
    await sync_to_async(share)(topic, f"person:{outsider.pk}", actor=host, expires=expires)
    async with enter(outsider) as ext:
        await ext.until_synced()
        await Share.objects.aupdate(expires=timezone.now())
        assert await ext.until_closed() == 4403


async def test_a_share_that_ends_by_its_date_ends_in_open_rooms(
    topic: Topic, community: Space, host: Person, member: Person, outsider: Person, enter: Enter
) -> None:
    """Nothing is recorded when it does, and nothing rings; the door would be asked again long after."""
    assert registry.ASK_AGAIN * 0.75 > PATIENCE
    await sync_to_async(add_member)(community, member, Role.READER, actor=await sync_to_async(fresh)(host))

    def invite(ends: datetime | None) -> None:
        for person in (outsider, member):
            share(topic, f"person:{person.pk}", actor=host, role=Role.CONTRIBUTOR, expires=ends)

    await sync_to_async(invite)(None)
    async with enter(outsider) as ext, enter(member) as marc:
        await ext.put("a", 1)
        await marc.until(lambda: marc.elements == {"a": 1})
        assert marc.welcome is not None and marc.welcome["write"] is True
        await ext.until_saved()
        ends = timezone.now() + timedelta(seconds=2)
        await sync_to_async(invite)(ends)
        # Who came in by it alone is out; who may read without it reads on.
        assert await ext.until_closed() == 4403
        await marc.until(lambda: marc.said[-1] == {"type": "access", "write": False})
        assert timezone.now() >= ends


async def test_a_deleted_document_sends_everyone_away(topic: Topic, host: Person, member: Person, enter: Enter) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await helene.put("a", 1)
        await helene.until_saved()
        await marc.until(lambda: marc.elements == {"a": 1})
        await helene.put("b", 1)
        await sync_to_async(delete_document)("note", topic.uuid)
        assert await helene.until_closed() == await marc.until_closed() == 4404
    # What was on its way when it was deleted is not a new document.
    doc = await sync_to_async(document_of)("note", topic.uuid)
    assert doc.get_update() == b"\x00\x00"


async def test_a_person_has_only_so_many_sockets(
    topic: Topic, host: Person, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "MAX_SOCKETS", 2)
    client = await sync_to_async(sign_in)(host)
    path = room_path("note", topic.uuid)
    sockets = [await YClient(lambda: InProcess.to(client, path)).connect() for _one in range(2)]
    for one in sockets:
        await one.until_synced()
    assert await _refusal(client, path) == 1008
    for one in sockets:
        await one.disconnect()
    again = await YClient(lambda: InProcess.to(client, path)).connect()
    await again.until_synced()
    await again.disconnect()


async def test_a_role_by_share_writes(
    topic: Topic, community: Space, host: Person, outsider: Person, enter: Enter
) -> None:
    await Membership.objects.filter(space=community, person=outsider).adelete()
    await sync_to_async(share)(topic, f"person:{outsider.pk}", actor=host, role=Role.CONTRIBUTOR)
    async with enter(outsider) as ext:
        await ext.put("a", 1)
        await ext.until_saved()
