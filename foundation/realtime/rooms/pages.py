"""Presence on a page: "also reading", and who is typing. Rooms without a document, in plain JSON.

Sent: `{"type": "people", "people": [{"id", "name", "initials", "typing"}], "more": n}`, the others who are there, each
once; heard: `{"typing": true}`. Nothing of it is stored.
"""

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any
from uuid import UUID

from foundation.audiences.policies import ask
from foundation.content.models import Content

from . import frames
from .kinds import Admission, RoomKind, register_room

if TYPE_CHECKING:
    from .registry import Rooms
    from .room import Room
    from .socket import RoomSocket

# So many people are named; of the others, how many they are.
NAMED = 20
# Seconds between two lists: a page that a thousand people open at once would otherwise send a million.
WINDOW, WINDOW_FOR_EACH = 0.2, 0.005
# How it reads in a state that the server itself wrote.
TYPING = b'"typing":true'


def _admit(person: Any, uuid: UUID) -> Admission | None:
    found = Content.objects.visible_to(person).filter(uuid=uuid).only("kind", "space_id").first()
    # SECURITY: where readers are not shown to each other, there is no room in which to be told of them.
    if found is None or not ask(person, "content.be_present", found):
        return None
    return Admission(may_write=False, content_id=found.pk, space_id=found.space_id)


register_room(RoomKind("page", _admit, has_document=False))


def came(rooms: "Rooms", socket: "RoomSocket") -> None:
    """Somebody opened the page, or no longer hides."""
    room = socket.room
    if room is None or room.kind.has_document:
        return
    if socket.person.is_invisible:
        # They see who is there all the same.
        socket.send(_Others(room).of(socket))
    else:
        socket.client = secrets.randbits(52)
        rooms.show_words(socket, {"typing": False})


def show(room: "Room") -> None:
    """Somebody came, left, or types: everyone gets the new list, soon."""
    if room.pages_window is not None:
        room.pages_waits = True
        return
    _send_lists(room)


def _send_lists(room: "Room") -> None:
    room.pages_waits = False
    wait = WINDOW + len(room.sockets) * WINDOW_FOR_EACH
    room.pages_window = asyncio.get_running_loop().call_later(wait, _window_over, room)
    others = _Others(room)
    # Who reads too slowly leaves while they are told: that is for the next list.
    for socket in list(room.sockets):
        socket.send(others.of(socket))


def _window_over(room: "Room") -> None:
    room.pages_window = None
    if room.pages_waits:
        _send_lists(room)


class _Others:
    """The lists of one moment: one for each person who is named, one for all who are not. Nobody reads their own
    name."""

    def __init__(self, room: "Room") -> None:
        states: dict[str, bytes] = {}
        for one in room.presence.present.values():
            # In several tabs they are there once; they type when they do so in one of them.
            if one.person not in states or TYPING in one.state:
                states[one.person] = one.state
        self._present = states.keys()
        # Who types is named first.
        order = sorted(states, key=lambda person: TYPING not in states[person])[: NAMED + 1]
        self._first = [_said(states[person]) for person in order]
        self._made: dict[str, frames.Message] = {}

    def of(self, socket: "RoomSocket") -> frames.Message:
        """What this socket is sent."""
        me = socket.person.id
        is_present = me in self._present
        which = me if any(one["id"] == me for one in self._first) else "present" if is_present else ""
        if which not in self._made:
            people = [one for one in self._first if one["id"] != me][:NAMED]
            more = len(self._present) - is_present - len(people)
            said = {"type": "people", "people": people, "more": more}
            self._made[which] = frames.text(json.dumps(said, separators=(",", ":")))
        return self._made[which]


def _said(state: bytes) -> dict[str, Any]:
    said = json.loads(state)
    return {**said["user"], "typing": said["typing"]}
