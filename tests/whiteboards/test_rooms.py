"""The room of a board: who comes in, who draws, and what is done when drawing settles."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from directory.models import Person
from foundation.audiences.policies import ask
from foundation.audiences.principals import principal
from foundation.content.actions import share, trash, withdraw_share
from foundation.content.models import State
from foundation.realtime.rooms import Admission
from foundation.realtime.rooms.kinds import room_kind
from foundation.realtime.rooms.registry import rooms_here
from foundation.spaces.models import Space
from tests.conftest import do_queued, fresh
from tests.realtime.client import in_room
from whiteboards.actions import name_version, restore_version, switch_board
from whiteboards.models import Board
from whiteboards.rooms import admit

from .conftest import SignIn
from .scenes import element, sticky

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _rooms() -> AsyncIterator[None]:
    """The rooms of the test's loop end with it."""
    yield
    await rooms_here().drain()


async def test_what_is_drawn_reaches_the_others_and_then_the_lists(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    helene, marc = await sync_to_async(sign_in)(host), await sync_to_async(sign_in)(member)
    async with in_room(helene, "board", board.uuid) as one, in_room(marc, "board", board.uuid) as other:
        await one.until_synced()
        await other.until(lambda: "two" in other.elements)
        assert other.welcome is not None and other.welcome["write"] is True
        for part in sticky("new", "Dégager les arrêts", y=300):
            await other.put(part["id"], part)
        await one.until(lambda: "new-t" in one.elements)
        await other.until_saved()
    await rooms_here().drain()
    kind = room_kind("board")
    assert kind is not None and kind.settled is not None
    await sync_to_async(kind.settled)(board.uuid, {member.pk})
    await sync_to_async(do_queued)()
    found = await Board.objects.aget(pk=board.pk)
    assert found.text.endswith("Dégager les arrêts") and found.element_count == 3


async def test_who_may_not_draw_watches_and_who_may_not_know_is_sent_away(
    board: Board, host: Person, member: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    reader = await sync_to_async(sign_in)(colleague)
    async with in_room(reader, "board", board.uuid) as one:
        await one.until(lambda: one.welcome is not None)
        assert one.welcome is not None and one.welcome["write"] is False
    stranger = await sync_to_async(sign_in)(outsider)
    async with in_room(stranger, "board", board.uuid) as one:
        assert await one.until_closed() == 4404
    marc = await sync_to_async(sign_in)(member)
    async with in_room(marc, "board", board.uuid) as one:
        await one.until_synced()
        await sync_to_async(switch_board)(board, view_only=True, actor=host)
        await one.until(lambda: {"type": "access", "write": False} in one.said)
        await sync_to_async(switch_board)(board, view_only=False, actor=host)
        await one.until(lambda: {"type": "access", "write": True} in one.said)
        await sync_to_async(trash)(await Board.objects.select_related("space").aget(pk=board.pk), actor=host)
        assert await one.until_closed() in (4403, 4404)


async def test_a_share_opens_the_room_and_its_end_closes_it(
    own: Board, colleague: Person, member: Person, sign_in: SignIn
) -> None:
    marc = await sync_to_async(sign_in)(member)
    async with in_room(marc, "board", own.uuid) as one:
        assert await one.until_closed() == 4404
    author = await sync_to_async(fresh)(colleague)
    given = await sync_to_async(share)(own, principal("person", member.pk), role=20, actor=author)
    async with in_room(marc, "board", own.uuid) as one:
        await one.until(lambda: one.welcome is not None)
        assert one.welcome is not None and one.welcome["write"] is True
        await sync_to_async(withdraw_share)(given, actor=author)
        assert await one.until_closed() in (4403, 4404)


async def test_going_back_reaches_open_boards_and_keeps_everyone(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    marc = await sync_to_async(sign_in)(member)
    named = await sync_to_async(name_version)(board, "Avant", actor=host)
    async with in_room(marc, "board", board.uuid) as one:
        await one.until_synced()
        await one.put("more", element("more", y=500))
        await one.until_saved()
        assert await sync_to_async(restore_version)(named, actor=host) is True
        await one.until(lambda: one.elements["more"]["isDeleted"] is True)
        assert one.closed is None and one.elements["more"]["version"] == 4


@pytest.mark.parametrize("state", ["as it is", "view only", "archived", "in an archived space", "in the trash"])
def test_the_door_and_the_page_say_the_same(
    board: Board, own: Board, host: Person, member: Person, colleague: Person, outsider: Person, state: str
) -> None:
    share(own, principal("person", member.pk), role=20, actor=fresh(colleague))
    share(own, principal("person", outsider.pk), role=10, actor=fresh(colleague))
    for one in (board, own):
        Board.objects.filter(pk=one.pk).update(
            view_only=state == "view only",
            state={"archived": State.ARCHIVED, "in the trash": State.TRASHED}.get(state, State.PUBLISHED),
        )
        Space.objects.filter(pk=one.space_id).update(archived=timezone.now() if "space" in state else None)
    said = set()
    for person in (host, member, colleague, outsider):
        for one in (board, own):
            found = Board.objects.visible_to(fresh(person)).for_page().filter(pk=one.pk).first()
            expected = found and Admission(
                bool(ask(fresh(person), "whiteboards.draw", found)), content_id=one.pk, space_id=one.space_id
            )
            assert admit(fresh(person), one.uuid) == expected
            said.add(expected and expected.may_write)
    assert said == {"as it is": {True, False, None}, "view only": {True, False, None}, "in the trash": {None}}.get(
        state, {False, None}
    )


def test_the_door_asks_little_of_the_database(
    board: Board, host: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Who asks, groups, memberships, open spaces, shares, and the board."""
    with django_assert_num_queries(6):
        assert admit(Person.objects.select_related("unit").get(pk=host.pk), board.uuid) is not None
