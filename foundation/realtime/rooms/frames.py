"""The frames of a room's socket: those of y-protocols, and one of ours."""

import json
from typing import Any

from ..encoding import Malformed, read_varbytes, varbytes

# The first byte of a frame.
SYNC, AWARENESS, QUERY_AWARENESS, OURS = 0, 1, 3, 4
# The second byte of a sync frame: "this is what I have", "this is what you lack", "this is new".
STEP_1, STEP_2, UPDATE = 0, 1, 2

# How a socket is closed. Browsers do not come back after one of 44xx.
BAD_FRAME, NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND = 4400, 4401, 4403, 4404
FLOOD, TOO_LARGE, FAULT, RESTART, LATER = 1008, 1009, 1011, 1012, 1013

Message = dict[str, Any]


def binary(frame: bytes) -> Message:
    """The ASGI message of a frame, made once for however many sockets it is sent to."""
    return {"type": "websocket.send", "bytes": frame}


def text(words: str) -> Message:
    """The same of a text."""
    return {"type": "websocket.send", "text": words}


def step_1(state: bytes) -> Message:
    """What this side has."""
    return binary(b"\x00\x00" + varbytes(state))


def step_2(update: bytes) -> Message:
    """What the other side lacks."""
    return binary(b"\x00\x01" + varbytes(update))


def update(data: bytes) -> Message:
    """A change."""
    return binary(b"\x00\x02" + varbytes(data))


def awareness(states: bytes) -> Message:
    """Who is there, and where."""
    return binary(b"\x01" + varbytes(states))


def ours(kind: str, **values: Any) -> Message:
    """A frame of our own: `{"type": kind, …}`."""
    words = json.dumps({"type": kind, **values}, separators=(",", ":"), ensure_ascii=False)
    return binary(b"\x04" + varbytes(words.encode()))


def saved(count: int) -> Message:
    """The first `count` changes of a socket are in the database. Sent most often: written by hand."""
    return binary(b"\x04" + varbytes(b'{"type":"saved","count":%d}' % count))


def read(frame: bytes) -> tuple[int, int, bytes]:
    """The kind of a frame, for a sync frame its step, and what it carries. Malformed."""
    try:
        kind = frame[0]
        if kind == SYNC:
            payload, end = read_varbytes(frame, 2)
            step = frame[1]
        elif kind == AWARENESS:
            payload, end = read_varbytes(frame, 1)
            step = 0
        elif kind == QUERY_AWARENESS:
            return kind, 0, b""
        else:
            raise Malformed("a frame of no kind")
    except IndexError:
        raise Malformed("cut short") from None
    if end != len(frame) or step > UPDATE:
        raise Malformed("not a frame of this protocol")
    return kind, step, payload
