"""The room of a board: who may come in, who may draw, and what is done when drawing settles."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from foundation.audiences.policies import ask
from foundation.realtime.rooms import Admission, RoomKind, register_room

from .models import Board
from .tasks import settle


def admit(person: Any, uuid: UUID) -> Admission | None:
    """SECURITY: whoever sees the board comes in; what they send is taken from those who may draw."""
    board = Board.objects.of_room(person, uuid)
    if board is None:
        return None
    return Admission(bool(ask(person, "whiteboards.draw", board)), content_id=board.pk, space_id=board.space_id)


def settled(uuid: UUID, people: Collection[int]) -> None:
    """Drawing is work of the worker: the sockets' process has other things to do."""
    settle.enqueue(str(uuid), sorted(people))


register_room(RoomKind("board", admit=admit, settled=settled))
