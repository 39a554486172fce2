"""What tests of rooms share."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from communities.models import Topic
from directory.models import Person
from tests.realtime.client import YClient, in_room

from . import notes

Enter = Callable[[Person], AbstractAsyncContextManager[YClient]]


@pytest.fixture(autouse=True)
def _told() -> None:
    notes.TOLD.clear()


@pytest.fixture
def enter(topic: Topic, sign_in: Callable[..., Client]) -> Enter:
    """Somebody's browser in the note about `topic`."""

    def entered(person: Person) -> AbstractAsyncContextManager[YClient]:
        return _Entered(person, topic, sign_in)

    return entered


class _Entered:
    def __init__(self, person: Person, topic: Topic, sign_in: Callable[..., Client]) -> None:
        self._person, self._topic, self._sign_in = person, topic, sign_in

    async def __aenter__(self) -> YClient:
        client = await sync_to_async(self._sign_in)(self._person)
        self._room = in_room(client, "note", self._topic.uuid)
        return await self._room.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await self._room.__aexit__(None, None, None)
