"""The register of kinds of room: what an app tells the floor so that its things can be worked on together."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

# What a document may hold, and what a frame may: what a browser did offline may be all of a document. The same number
# stands in deploy/, as `--ws-max-size`.
MAX_DOCUMENT = 8_000_000
MAX_FRAME = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Admission:
    """What the door says to one person. content_id, space_id: what the room belongs to: whatever happens to it, and
    a share of it that ends by its date, has the door asked again."""

    may_write: bool
    content_id: int | None = None
    space_id: int | None = None


@dataclass(frozen=True)
class RoomKind:
    """One kind of room.

    key: in its address, `/ws/rooms/<key>/<uuid>`. admit: the door: None for who may not know that there is such a
    thing. SECURITY: it goes through `visible_to` and `policies`; asked in a thread, for each socket, when it opens
    and again whenever something may have changed. settled: called in a thread some seconds after changes were stored,
    with the thing and the ids of who made them, and again when the last person left: at least once for each change,
    so what it does must bear repeating. has_document: whether people share a document, or only their presence.
    max_bytes: how large that document may become.
    """

    key: str
    admit: Callable[[Any, UUID], Admission | None]
    settled: Callable[[UUID, Collection[int]], None] | None = None
    has_document: bool = True
    max_bytes: int = MAX_DOCUMENT


_kinds: dict[str, RoomKind] = {}


def register_room(kind: RoomKind) -> None:
    """Add a kind. A taken key, or none, is a programming error: ValueError."""
    if not kind.key or kind.key in _kinds:
        raise ValueError(f"kind of room without a key of its own: {kind.key!r}")
    _kinds[kind.key] = kind


def room_kind(key: str) -> RoomKind | None:
    """The kind with that key; None for one that no app registered."""
    return _kinds.get(key)


def room_kinds() -> list[RoomKind]:
    """Every kind."""
    return list(_kinds.values())
