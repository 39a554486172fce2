"""Reading Yjs updates strictly, before pycrdt is given any.

SECURITY: pycrdt trusts its input. Values nested some ten thousand levels deep end the process (its stack overflows),
and so do updates that contradict what it keeps waiting for missing ones: no Python code can catch either. So an
update that comes from outside is read here first, and refused when it is anything but what Yjs itself writes; and the
library is only given what follows on what it has. Nothing ever waits inside it, which is also why a document can be
stored whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc

from .encoding import Malformed, read_varbytes, read_varuint, varbytes

# Objects within objects. Those of a board have six levels.
DEEPEST = 100
# What one client may have written into one document.
LARGEST_CLOCK = 2**31 - 1

# What an item holds (the low bits of its first byte). Left out are what no client of ours writes: texts of JSON (2) and
# documents within documents (9), moves (11).
GC, DELETED, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, SKIP = 0, 1, 3, 4, 5, 6, 7, 8, 10
# Of the types, the one that has a name, and the one that pycrdt reads otherwise than Yjs writes it.
XML_ELEMENT, XML_HOOK = 3, 5
# The bits of that byte: an item on its left, on its right, a key of a map.
LEFT, RIGHT, KEY = 0x80, 0x40, 0x20


@dataclass(slots=True)
class Update:
    """What an update brings and what it builds on.

    spans: per client, from which to which of its clocks (the second not included). needs: (client, clock, other client,
    other clock): what its items refer to of other clients. deletes: (client, clock): the end of each deleted range.
    has_gaps: it says itself that something is missing in its middle.
    """

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    needs: list[tuple[int, int, int, int]] = field(default_factory=list)
    deletes: list[tuple[int, int]] = field(default_factory=list)
    has_gaps: bool = False

    @property
    def only_deletes(self) -> bool:
        """Whether it brings nothing new but deletions, or nothing at all."""
        return not self.spans

    def follows_on(self, have: dict[int, int]) -> bool:
        """Whether a document with this state has all that the update builds on."""
        if self.has_gaps:
            return False
        after = have
        if self.spans:
            after = dict(have)
            for client, (start, end) in self.spans.items():
                had = have.get(client, 0)
                if start > had:
                    return False
                if end > had:
                    after[client] = end
        for client, end in self.deletes:
            if end > after.get(client, 0):
                return False
        within = False
        for _client, _clock, other, clock in self.needs:
            if clock >= after.get(other, 0):
                return False
            within = within or clock >= have.get(other, 0)
        return not within or self._has_an_order(have)

    def brings_into(self, have: dict[int, int]) -> None:
        """Note in `have` what a document has once it took this in."""
        for client, (_start, end) in self.spans.items():
            if end > have.get(client, 0):
                have[client] = end

    def _has_an_order(self, have: dict[int, int]) -> bool:
        """Whether the items of several clients can be taken in one after the other: none waits for itself."""
        reached = {client: max(start, have.get(client, 0)) for client, (start, _end) in self.spans.items()}
        waiting: dict[int, list[tuple[int, int, int]]] = {}
        for client, clock, other, needed in self.needs:
            if clock >= reached[client] and needed >= have.get(other, 0):
                waiting.setdefault(client, []).append((clock, other, needed))
        for one in waiting.values():
            one.sort(reverse=True)
        moved = True
        while moved:
            moved = False
            for client, (_start, end) in self.spans.items():
                queue = waiting.get(client, [])
                while queue and queue[-1][2] < reached.get(queue[-1][1], have.get(queue[-1][1], 0)):
                    queue.pop()
                target = queue[-1][0] if queue else end
                if target > reached[client]:
                    reached[client], moved = target, True
        return not any(waiting.values())


def read_update(data: bytes) -> Update:
    """What this update says. Raises Malformed for anything that Yjs would not have written."""
    update = Update()
    try:
        at = _read_items(data, update)
        at = _read_deletes(data, at, update)
    except IndexError:
        raise Malformed("cut short") from None
    if at != len(data):
        raise Malformed("more than an update")
    return update


def _read_items(data: bytes, update: Update) -> int:
    clients, at = read_varuint(data, 0)
    for _client in range(clients):
        count, at = read_varuint(data, at)
        client, at = read_varuint(data, at)
        start, at = read_varuint(data, at)
        if not count or client in update.spans:
            raise Malformed("a client without items, or twice")
        clock = start
        for _item in range(count):
            info = data[at]
            at += 1
            if info in (GC, SKIP):
                length, at = read_varuint(data, at)
                update.has_gaps = update.has_gaps or info == SKIP
            else:
                at = _read_place(data, at, info, client, clock, update)
                length, at = _read_content(data, at, info & 31)
            clock += length
            if not length or clock > LARGEST_CLOCK:
                raise Malformed("an item of no length, or beyond all clocks")
        update.spans[client] = start, clock
    return at


def _read_place(data: bytes, at: int, info: int, client: int, clock: int, update: Update) -> int:
    """Where an item stands: beside which ones, in which type."""
    for bit in (LEFT, RIGHT):
        if info & bit:
            at = _read_reference(data, at, client, clock, update)
    if info & (LEFT | RIGHT):
        return at
    by_name, at = read_varuint(data, at)
    if by_name == 1:
        _name, at = read_varbytes(data, at)
    elif by_name == 0:
        at = _read_reference(data, at, client, clock, update)
    else:
        raise Malformed("a parent of no kind")
    if info & KEY:
        _key, at = read_varbytes(data, at)
    return at


def _read_reference(data: bytes, at: int, client: int, clock: int, update: Update) -> int:
    other, at = read_varuint(data, at)
    needed, at = read_varuint(data, at)
    if other != client:
        update.needs.append((client, clock, other, needed))
    elif needed >= clock:
        raise Malformed("an item that refers to a later one")
    return at


def _read_content(data: bytes, at: int, kind: int) -> tuple[int, int]:
    """The length of an item's content in clocks, and where what follows begins."""
    if kind == ANY:
        count, at = read_varuint(data, at)
        for _value in range(count):
            at = _pass_value(data, at)
        return count, at
    if kind == STRING:
        text, at = read_varbytes(data, at)
        return _utf16_units(text), at
    if kind == DELETED:
        return read_varuint(data, at)
    if kind in (BINARY, EMBED):
        return 1, read_varbytes(data, at)[1]
    if kind == FORMAT:
        return 1, read_varbytes(data, read_varbytes(data, at)[1])[1]
    if kind == TYPE:
        shape, at = read_varuint(data, at)
        if shape > 6 or shape == XML_HOOK:
            raise Malformed("a type of no kind")
        return 1, read_varbytes(data, at)[1] if shape == XML_ELEMENT else at
    raise Malformed("content of no kind")


def _utf16_units(text: bytes) -> int:
    """How long a text is in the units of JavaScript, in which Yjs counts."""
    if text.isascii():
        return len(text)
    try:
        return len(text.decode().encode("utf-16-le")) // 2
    except UnicodeDecodeError:
        raise Malformed("a text that is none") from None


def _pass_value(data: bytes, at: int) -> int:
    """Where what follows the value that begins at `at` begins."""
    # How many values are still to come on each level above, and whether each has a key in front of it.
    levels: list[list[Any]] = []
    left, keyed = 1, False
    while True:
        while not left:
            if not levels:
                return at
            left, keyed = levels.pop()
        left -= 1
        if keyed:
            length = data[at]
            at += 1
            if length > 127:
                length, at = read_varuint(data, at - 1)
            at += length
        tag = data[at]
        at += 1
        if tag in (119, 116):  # text, bytes
            length, at = read_varuint(data, at)
            at += length
        elif tag == 125:  # whole number
            while data[at] > 127:
                at += 1
            at += 1
        elif tag in (118, 117):  # object, array
            levels.append([left, keyed])
            if len(levels) > DEEPEST:
                raise Malformed("nested too deep")
            left, at = read_varuint(data, at)
            keyed = tag == 118
        elif tag in (123, 122):  # number, large whole number
            at += 8
        elif tag == 124:  # short number
            at += 4
        elif tag not in (127, 126, 121, 120):  # undefined, null, false, true
            raise Malformed("a value of no kind")


def _read_deletes(data: bytes, at: int, update: Update) -> int:
    clients, at = read_varuint(data, at)
    seen: set[int] = set()
    for _client in range(clients):
        client, at = read_varuint(data, at)
        count, at = read_varuint(data, at)
        if not count or client in seen:
            raise Malformed("deletions of nothing, or twice")
        seen.add(client)
        end = 0
        for _range in range(count):
            start, at = read_varuint(data, at)
            length, at = read_varuint(data, at)
            if not length or start < end:
                raise Malformed("deletions out of order")
            end = start + length
        if end > LARGEST_CLOCK:
            raise Malformed("deletions beyond all clocks")
        update.deletes.append((client, end))
    return at


def read_state(data: bytes) -> dict[int, int]:
    """A state vector: how much of each client somebody has. Malformed."""
    try:
        count, at = read_varuint(data, 0)
        have: dict[int, int] = {}
        for _client in range(count):
            client, at = read_varuint(data, at)
            have[client], at = read_varuint(data, at)
    except IndexError:
        raise Malformed("cut short") from None
    if at != len(data):
        raise Malformed("more than a state")
    return have


def deletions_of(doc: Doc) -> bytes:
    """All that is deleted in a document, to tell whether an update deletes anything more."""
    return doc.get_update(doc.get_state())


def apply(doc: Doc, update: bytes) -> None:
    """Give an update that was read, and follows on, to the library. Raises Malformed when it refuses it all the same:
    the document may then hold a part of it, and is to be made anew."""
    try:
        doc.apply_update(update)
    except Exception as error:
        raise Malformed(str(error)) from error
    except BaseException as panic:
        # SECURITY: a panic of the Rust library is no Exception; one bad frame must not end what others do.
        if type(panic).__name__ != "PanicException":
            raise
        raise Malformed(f"panic: {panic}") from None


def packed(updates: Iterable[bytes]) -> bytes:
    """Several updates as one row keeps them: one after the other. Merging them would cost more, and change them."""
    return b"".join(varbytes(one) for one in updates)


def unpacked(data: bytes) -> list[bytes]:
    """What `packed` put together. Malformed."""
    updates, at = [], 0
    try:
        while at < len(data):
            one, at = read_varbytes(data, at)
            updates.append(one)
    except IndexError:
        raise Malformed("cut short") from None
    return updates
