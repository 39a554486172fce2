"""What tests of boards share: a board of a community, and one of one's own."""

from collections.abc import Callable

import pytest
from django.test import Client

from directory.models import Person
from foundation.spaces.models import Space
from whiteboards.actions import create_board, settle
from whiteboards.models import Board

from .scenes import draw, sticky

SignIn = Callable[..., Client]


@pytest.fixture
def board(community: Space, host: Person) -> Board:
    """A board of the community, made by its host, with two notes on it."""
    made = create_board("Plan du déneigement", space=community, actor=host)
    draw(made.uuid, *sticky("one", "Saler les côtes"), *sticky("two", "Prévenir les écoles", x=300), actor=host)
    settle(made.uuid, [host.pk])
    return Board.objects.select_related("space").get(pk=made.pk)


@pytest.fixture
def own(colleague: Person) -> Board:
    """A board of the colleague's own."""
    return create_board("Mes idées", actor=colleague)
