"""A kind of room for tests: a shared note about any content, which members of its space write in."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from foundation.content.models import Content
from foundation.content.policies import role_on
from foundation.realtime.rooms import Admission, RoomKind, register_room
from foundation.realtime.rooms.kinds import room_kind
from foundation.spaces.models import Role

# What the kind was told, in this process.
TOLD: list[tuple[UUID, set[int]]] = []


def _admit(person: Any, uuid: UUID) -> Admission | None:
    content = Content.objects.visible_to(person).filter(uuid=uuid).select_related("space").first()
    if content is None:
        return None
    return Admission(role_on(person, content) >= Role.CONTRIBUTOR, content.pk, content.space_id)


def _settled(uuid: UUID, people: Collection[int]) -> None:
    TOLD.append((uuid, set(people)))


if room_kind("note") is None:
    register_room(RoomKind("note", _admit, _settled, max_bytes=300_000))
