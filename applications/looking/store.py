"""What was last seen of each person's mail and agenda, kept for an hour in a cache.

SECURITY: sealed, since subjects are private and a cache is copied, dumped and shared; each value names its person and
kind inside the seal, so that one key can never show another's.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.utils import timezone

from foundation.outgoing.sealing import Unreadable, seal, unseal

from ..providers.interface import AGENDA, MAIL, Event, MailSummary, NextEvents, Subject

__all__ = ["AGENDA", "MAIL", "Kept", "Trouble"]

FRESH = timedelta(seconds=90)
KEPT = 3600
# Seconds between two looks at what cannot change by itself: whether there is a token, or an application for Notes.
OFFERED = 600
CACHE = "mailboxes"


@dataclass(frozen=True)
class Trouble:
    """What went wrong last. `until`: no new try before."""

    code: str
    until: datetime


@dataclass(frozen=True)
class Kept:
    """Of one kind. `notes`: the uuid of the application that opens one's own mail, empty when there is none."""

    value: MailSummary | NextEvents | None = None
    trouble: Trouble | None = None
    # None: not looked at lately.
    notes: str | None = None
    lacks_token: bool | None = None
    is_reading: bool = False

    @property
    def is_fresh(self) -> bool:
        return self.value is not None and timezone.now() - self.value.read_at < FRESH

    @property
    def is_troubled(self) -> bool:
        return self.trouble is not None and timezone.now() < self.trouble.until


def read(person: str, kinds: Iterable[str]) -> dict[str, Kept]:
    """What is kept of `person` (their uuid), in one question to the cache."""
    asked = list(kinds)
    found = caches[CACHE].get_many([_key(part, kind, person) for kind in asked for part in PARTS])
    return {kind: _kept(person, kind, {part: found.get(_key(part, kind, person)) for part in PARTS}) for kind in asked}


def keep(person: str, kind: str, value: MailSummary | NextEvents) -> None:
    """Keep what was seen; what went wrong before is forgotten."""
    packed = {"person": person, "kind": kind, "value": _packed(value)}
    caches[CACHE].set(_key("value", kind, person), seal(json.dumps(packed)), KEPT)
    caches[CACHE].delete(_key("trouble", kind, person))


def keep_trouble(person: str, kind: str, code: str, seconds: int) -> None:
    """Remember what went wrong, and try no more for `seconds`."""
    until = timezone.now() + timedelta(seconds=seconds)
    caches[CACHE].set(_key("trouble", kind, person), (code, until), seconds)


def keep_offer(person: str, kind: str, *, notes: str, lacks_token: bool) -> None:
    """Remember what the card offers besides."""
    caches[CACHE].set(_key("offer", kind, person), (notes, lacks_token), OFFERED)


def forget(person: str, kind: str) -> None:
    """Everything; what is being read at this moment will not be kept either."""
    caches[CACHE].delete_many([_key(part, kind, person) for part in PARTS])


def take_turn(person: str, kind: str, token: str, seconds: int) -> bool:
    """Whether `token` may read now: nobody else does so for the same person."""
    return bool(caches[CACHE].add(_key("turn", kind, person), token, seconds))


def has_turn(person: str, kind: str, token: str) -> bool:
    return caches[CACHE].get(_key("turn", kind, person)) == token


def end_turn(person: str, kind: str, token: str) -> None:
    if has_turn(person, kind, token):
        caches[CACHE].delete(_key("turn", kind, person))


PARTS = ("value", "trouble", "offer", "turn")


def _key(part: str, kind: str, person: str) -> str:
    return f"mailbox:1:{part}:{kind}:{person}"


def _kept(person: str, kind: str, found: dict[str, Any]) -> Kept:
    notes, lacks_token = found["offer"] or (None, None)
    return Kept(
        value=_opened(person, kind, found["value"]),
        trouble=Trouble(*found["trouble"]) if found["trouble"] else None,
        notes=notes,
        lacks_token=lacks_token,
        is_reading=found["turn"] is not None,
    )


def _opened(person: str, kind: str, sealed: str | None) -> MailSummary | NextEvents | None:
    if not sealed:
        return None
    try:
        packed = json.loads(unseal(sealed))
    except Unreadable:
        return None
    if (packed["person"], packed["kind"]) != (person, kind):
        return None
    return _unpacked(kind, packed["value"])


def _packed(value: MailSummary | NextEvents) -> dict[str, Any]:
    at = value.read_at.isoformat()
    if isinstance(value, MailSummary):
        newest = [[one.subject, one.sender, one.received and one.received.isoformat()] for one in value.newest]
        return {"at": at, "unread": value.unread, "newest": newest}
    events = [
        [one.title, one.begins.isoformat(), one.ends.isoformat(), one.place, one.is_all_day] for one in value.events
    ]
    return {"at": at, "events": events}


def _unpacked(kind: str, packed: dict[str, Any]) -> MailSummary | NextEvents:
    moment = datetime.fromisoformat
    at = moment(packed["at"])
    if kind == MAIL:
        newest = tuple(Subject(one[0], one[1], moment(one[2]) if one[2] else None) for one in packed["newest"])
        return MailSummary(packed["unread"], newest, at)
    events = tuple(Event(one[0], moment(one[1]), moment(one[2]), one[3], one[4]) for one in packed["events"])
    return NextEvents(events, at)
