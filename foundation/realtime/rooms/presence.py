"""Who is in a room, and what they show of themselves: y-protocols' awareness, with the server's word on who they are.

SECURITY: a browser speaks for one client id only, the first it said that nobody had; what it says of others is passed
over (the stock client repeats what it hears). Name and id of the person are the server's. What goes out is written anew
by the server: no number, no text and no clock of one browser reaches another unread.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..encoding import LARGEST, Malformed, read_varbytes, read_varuint, varbytes, varuint
from .limits import MAX_STATE

# A clock that counts pointer moves reaches this in years.
LARGEST_CLOCK = 2**31
# Seconds for which a client id that left is still nobody else's.
REMEMBERED = 90.0
MANY_GONE = 200


@dataclass(slots=True)
class Present:
    """One client id. owner: the socket here, or the name of the process that has it. person: their uuid as text.
    ahead: how far our clock is ahead of the browser's, or of the other process', since it came back."""

    owner: Any
    person: str
    clock: int
    ahead: int
    state: bytes


@dataclass(slots=True)
class Gone:
    """A client id that left."""

    person: str
    clock: int
    until: float


def _no_constant(name: str) -> Any:
    # NaN and Infinity are no JSON: JavaScript's parser would throw in everybody's browser.
    raise ValueError(name)


def _with_name(state: bytes, person: Any) -> bytes:
    """What a browser says of itself, under the name of the session. Malformed."""
    try:
        said = json.loads(state, parse_constant=_no_constant)
        if not isinstance(said, dict):
            raise Malformed("presence is an object")
        said["user"] = {"id": person.id, "name": person.name}
        return json.dumps(said, separators=(",", ":"), allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None


def read_states(data: bytes) -> list[tuple[int, int, bytes]]:
    """The entries of an awareness frame: client id, clock, JSON. Malformed."""
    try:
        count, at = read_varuint(data, 0)
        entries = []
        for _entry in range(count):
            client, at = read_varuint(data, at)
            clock, at = read_varuint(data, at)
            state, at = read_varbytes(data, at)
            entries.append((client, clock, state))
    except IndexError:
        raise Malformed("cut short") from None
    if at != len(data):
        raise Malformed("more than presence")
    return entries


class Presence:
    """Those present in one room, here and in other processes."""

    def __init__(self) -> None:
        self.present: dict[int, Present] = {}
        self._gone: dict[int, Gone] = {}

    def take(self, socket: Any, data: bytes, now: float) -> int | None:
        """What a browser says. Answers the client id that changed, None when nothing did. Malformed."""
        for client, clock, state in read_states(data):
            if socket.client is None:
                if state == b"null" or not self._may_have(client, socket.person.id, now):
                    continue
                socket.client = client
            if client != socket.client or len(state) > MAX_STATE:
                continue
            known = self.present.get(client)
            if known is not None and known.owner is not socket:
                if known.person != socket.person.id:
                    continue
                known = None
            if clock > LARGEST_CLOCK or client > LARGEST:
                raise Malformed("a clock that no browser has")
            if state == b"null":
                return self.leave(socket, now)
            self._set(socket, client, clock, _with_name(state, socket.person))
            return client
        return None

    def set(self, socket: Any, state: dict[str, Any], now: float) -> int:
        """The same for a room in which the server itself speaks for the sockets."""
        known = self.present.get(socket.client)
        person = socket.person
        user = {"id": person.id, "name": person.name, "initials": person.initials}
        words = json.dumps({**state, "user": user}, separators=(",", ":")).encode()
        self._set(socket, socket.client, known.clock + 1 if known else 1, words)
        return socket.client

    def _may_have(self, client: int, person: str, now: float) -> bool:
        known: Present | Gone | None = self.present.get(client)
        if known is None:
            known = self._gone.get(client)
            if known is not None and known.until < now:
                known = None
        # Who reconnects keeps their id: before the server noticed that they had gone, too.
        return known is None or known.person == person

    def _set(self, socket: Any, client: int, clock: int, state: bytes) -> None:
        known = self.present.get(client)
        if known is not None and known.owner is socket:
            if clock + known.ahead > known.clock:
                known.clock, known.state = clock + known.ahead, state
            return
        before = known or self._gone.pop(client, None)
        # Others take only what is newer than what they had of this id. One more than that: another process may just be
        # saying that it left.
        ahead = max(0, before.clock + 2 - clock) if before else 0
        self.present[client] = Present(socket, socket.person.id, clock + ahead, ahead, state)

    def take_from(self, process: str, data: bytes, now: float) -> list[int]:
        """What another process says of its own sockets. Answers the ids that changed."""
        changed = []
        for client, clock, state in read_states(data):
            known = self.present.get(client)
            if state == b"null":
                if known is not None and known.owner == process:
                    self._forget(client, max(clock, known.clock), now)
                    changed.append(client)
            elif known is None or self._was_said(known) < clock:
                if known is not None and not isinstance(known.owner, str):
                    known.owner.client = None
                person = str(json.loads(state)["user"]["id"])
                # Browsers here take only what is newer than what they heard: that it had left, perhaps, while nothing
                # was heard of that process.
                before = known or self._gone.pop(client, None)
                ahead = max(0, before.clock + 1 - clock) if before else 0
                self.present[client] = Present(process, person, clock + ahead, ahead, state)
                changed.append(client)
        return changed

    @staticmethod
    def _was_said(known: Present) -> int:
        """The clock by which the process that has a client id spoke of it last."""
        return known.clock - known.ahead if isinstance(known.owner, str) else known.clock

    def leave(self, owner: Any, now: float) -> int | None:
        """A socket left, or no longer shows itself. Answers its client id, None when it had shown nothing."""
        client = owner.client
        known = self.present.get(client)
        if known is None or known.owner is not owner:
            return None
        self._forget(client, known.clock + 1, now)
        return client

    def leave_all(self, process: str, now: float) -> list[int]:
        """Another process ended."""
        theirs = [client for client, one in self.present.items() if one.owner == process]
        for client in theirs:
            self._forget(client, self.present[client].clock + 1, now)
        return theirs

    def _forget(self, client: int, clock: int, now: float) -> None:
        known = self.present.pop(client)
        if len(self._gone) > MANY_GONE:
            self._gone = {one: gone for one, gone in self._gone.items() if gone.until >= now}
        self._gone[client] = Gone(known.person, clock, now + REMEMBERED)

    def encode(self, clients: Iterable[int]) -> bytes:
        """What an awareness frame says of these; `null` of who left."""
        parts = []
        for client in clients:
            if client in self.present:
                one = self.present[client]
                parts.append(varuint(client) + varuint(one.clock) + varbytes(one.state))
            elif client in self._gone:
                parts.append(varuint(client) + varuint(self._gone[client].clock) + b"\x04null")
        return varuint(len(parts)) + b"".join(parts)

    def clients_of(self, process: str) -> list[int]:
        """The client ids that a process has."""
        return [client for client, one in self.present.items() if one.owner == process]

    def clients_here(self) -> list[int]:
        """The client ids of sockets of this process."""
        return [client for client, one in self.present.items() if not isinstance(one.owner, str)]

    def is_ahead(self, client: int) -> bool:
        """Whether its own browser would take our word on it for news (it would overwrite what it shows)."""
        one = self.present.get(client)
        return one is not None and one.ahead > 0
