"""The notification socket: who gets one, what it says, when it closes."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from communities.models import Topic
from directory.actions import deactivate, end_sessions
from directory.models import Person
from foundation.activity.actions import follow, mark_all_read
from foundation.discussion.actions import add_comment
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from intranet.asgi import application
from tests.conftest import fresh

from .client import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = (b"origin", b"http://testserver")


class Socket(ApplicationCommunicator):
    """A browser's end of a WebSocket."""

    async def connect(self) -> tuple[bool, int | None]:
        """Whether it was accepted, or else the code it was closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(PATIENCE)
        return answer["type"] == "websocket.accept", answer.get("code")

    async def receive_json_from(self) -> Any:
        return json.loads((await self.receive_output(PATIENCE))["text"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE)


def _socket(client: Client | None = None, *, origin: tuple[bytes, bytes] = ORIGIN) -> Socket:
    headers = [origin, (b"host", b"testserver")]
    if client is not None:
        cookie = f"parvis_session={client.cookies['parvis_session'].value}"
        headers.append((b"cookie", cookie.encode()))
    path = "/ws/notifications/"
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    return Socket(application, scope)


@asynccontextmanager
async def _open(client: Client) -> AsyncIterator[Socket]:
    socket = _socket(client)
    accepted, _protocol = await socket.connect()
    assert accepted
    try:
        yield socket
    finally:
        await socket.disconnect()


async def test_nobody_without_a_session_gets_a_socket() -> None:
    accepted, code = await _socket().connect()
    assert not accepted and code == 4401


async def test_another_sites_page_gets_no_socket(colleague: Person, sign_in: Callable[..., Client]) -> None:
    client = await sync_to_async(sign_in)(colleague)
    accepted, _code = await _socket(client, origin=(b"origin", b"https://evil.example")).connect()
    assert not accepted


async def test_a_notification_arrives_in_the_readers_language(
    topic: Topic, host: Person, member: Person, sign_in: Callable[..., Client], deliver: Callable[[], int]
) -> None:
    await sync_to_async(deliver)()
    client = await sync_to_async(sign_in)(host, "en")
    async with _open(client) as socket:
        assert await socket.receive_json_from() == {"type": "unread", "unread": 0}
        await sync_to_async(add_comment)(topic, "Une réponse", actor=member)
        await sync_to_async(deliver)()
        message = await socket.receive_json_from()
        assert message["type"] == "notification" and message["unread"] == 1
        assert message["item"]["text"] == "Marc Membre replied in “Quel béton pour les trottoirs ?”"
        assert message["item"]["url"] == topic.get_absolute_url()
        # Read elsewhere: every open page follows.
        await sync_to_async(mark_all_read)(actor=await sync_to_async(fresh)(host))
        assert await socket.receive_json_from() == {"type": "unread", "unread": 0}


async def test_what_one_may_not_see_any_more_is_not_pushed(
    topic: Topic, community: Space, host: Person, member: Person, colleague: Person,
    sign_in: Callable[..., Client], deliver: Callable[[], int],
) -> None:  # fmt: skip
    await sync_to_async(deliver)()
    await sync_to_async(follow)(topic, actor=colleague)
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        await sync_to_async(change_access)(community, Space.Access.HIDDEN, actor=await sync_to_async(fresh)(host))
        await sync_to_async(add_comment)(topic, "Entre nous", actor=await sync_to_async(fresh)(member))
        await sync_to_async(deliver)()
        assert await socket.receive_nothing(timeout=0.3)


@pytest.mark.parametrize("ending", [end_sessions, deactivate])
async def test_an_ended_session_loses_its_socket(
    colleague: Person, sign_in: Callable[..., Client], ending: Callable[..., Any]
) -> None:
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        await sync_to_async(ending)(colleague)
        assert await socket.receive_json_from() == {"type": "signed_out"}
        assert (await socket.receive_output(PATIENCE))["code"] == 4401


async def test_what_a_browser_sends_is_ignored(colleague: Person, sign_in: Callable[..., Client]) -> None:
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        await socket.send_input({"type": "websocket.receive", "text": "{not json"})
        await socket.send_input({"type": "websocket.receive", "bytes": b"\x00" * 100_000})
        assert await socket.receive_nothing(timeout=0.2)
