"""Counts that applications announce: how many things wait for someone in them."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from directory.models import Person
from directory.querysets import canonical_username
from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.audiences.principals import principal
from foundation.audiences.sql import moment
from foundation.outgoing.sealing import WINDOW, Unreadable, is_signed, new_secret, seal, unseal
from foundation.realtime.actions import push_topic

from ..activities import BADGE_KEY_MADE, BADGE_KEY_WITHDRAWN
from ..models import Application, Badge, BadgeKey
from ..models.launcher import badge_expires

TOPIC = "badges"
MOST_PEOPLE = 1_000
BODY_MAX = 512 * 1024
# A minute: of one application, and refused ones of one address.
REQUESTS, REFUSALS = 120, 30


class NotSigned(Exception):
    """The request does not count; `reason` says why, to whoever runs the application. `status`: of the answer."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Count:
    """How many things wait for whom: a person's uuid, or their user name."""

    person: str
    count: int


@transaction.atomic
def make_badge_key(application: Application, *, actor: Any) -> str:
    """A new key, in place of the one there is. Answers it: it is shown once, and kept sealed. Raises Refused."""
    require(actor, "applications.keep", application)
    secret = new_secret()
    values = {"secret": seal(secret), "by": actor, "made": timezone.now(), "last_used": None}
    BadgeKey.objects.update_or_create(application=application, defaults=values)
    record(BADGE_KEY_MADE, application, actor=actor)
    return secret


@transaction.atomic
def withdraw_badge_key(application: Application, *, actor: Any) -> None:
    """The application no longer says anything, and what it said is forgotten. Raises Refused."""
    require(actor, "applications.keep", application)
    BadgeKey.objects.filter(application=application).delete()
    Badge.objects.filter(application=application).delete()
    record(BADGE_KEY_WITHDRAWN, application, actor=actor)


def signer_of(uuid: UUID, body: bytes, *, timestamp: str, signature: str, address: str) -> tuple[BadgeKey, datetime]:
    """The key that signed `body`, and when it did. `address`: of the machine, to count its refusals. Raises NotSigned.

    SECURITY: an unknown application, one without a key and a wrong signature are answered alike.
    """
    if _count(f"refused:{address}", 0) >= REFUSALS:
        raise NotSigned("Too many refused requests. Wait a minute.", 429)
    key = BadgeKey.objects.select_related("application").filter(application__uuid=uuid).first()
    reason = _refusal(key, body, timestamp, signature)
    if reason or key is None:
        _count(f"refused:{address}", 1)
        raise NotSigned(reason)
    if _count(f"sent:{key.pk}", 1) > REQUESTS:
        raise NotSigned(f"At most {REQUESTS} requests a minute.", 429)
    return key, datetime.fromtimestamp(int(timestamp), UTC)


@transaction.atomic
def set_badges(key: BadgeKey, counts: Sequence[Count], *, said: datetime) -> list[str]:
    """Write these counts, as the application said them at `said`; later counts already there are left alone.

    Answers those of `counts` that name no active person. Open pages of the others look again.
    """
    wanted = {one.person: one.count for one in counts}
    people = _people(wanted)
    _upsert(key.pk, {people[name]: count for name, count in wanted.items() if name in people}, said)
    BadgeKey.objects.filter(pk=key.pk).update(last_used=timezone.now())
    push_topic(TOPIC, [principal("person", pk) for pk in people.values()])
    return [name for name in wanted if name not in people]


def _people(names: Iterable[str]) -> dict[str, int]:
    """`{what was sent: person}` of those who are active."""
    by_uuid: dict[UUID, str] = {}
    by_name: dict[str, str] = {}
    for one in names:
        try:
            by_uuid[UUID(one)] = one
        except ValueError:
            by_name[canonical_username(one)] = one
    by_name.pop("", None)
    found: dict[str, int] = {}
    held = Person.objects.filter(is_active=True).filter(Q(uuid__in=by_uuid) | Q(username__in=by_name))
    for pk, uuid, username in held.values_list("pk", "uuid", "username"):
        for sent in (by_uuid.get(uuid), by_name.get(username)):
            if sent is not None:
                found[sent] = pk
    return found


def _upsert(application: int, counts: dict[int, int], said: datetime) -> None:
    """One statement for all. SECURITY: what was said earlier never replaces what was said later."""
    if not counts:
        return
    at, until = moment(said), moment(badge_expires(said))
    # In the same order for every request: two of them never wait for each other.
    rows = [(application, person, count, at, until) for person, count in sorted(counts.items())]
    name = Badge._meta.db_table
    values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name} (application_id, person_id, count, updated, expires) VALUES {values} "
            f"ON CONFLICT (person_id, application_id) DO UPDATE SET count = excluded.count, "
            f"updated = excluded.updated, expires = excluded.expires WHERE {name}.updated <= excluded.updated",
            [value for row in rows for value in row],
        )


def _refusal(key: BadgeKey | None, body: bytes, timestamp: str, signature: str) -> str:
    """Why the signature does not count; empty when it does."""
    if not timestamp or not signature:
        return "X-Parvis-Timestamp and X-Parvis-Signature are required."
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "X-Parvis-Timestamp is the number of seconds since 1970."
    if abs(time.time() - int(timestamp)) > WINDOW:
        return f"X-Parvis-Timestamp is more than {WINDOW} seconds away from now."
    try:
        secret = unseal(key.secret) if key is not None else ""
    except Unreadable:
        secret = ""
    # SECURITY: computed for an unknown application too, so that the time says nothing.
    is_right = is_signed(secret, timestamp, body, signature)
    return "" if is_right and secret else "The signature does not match."


def _count(name: str, more: int) -> int:
    """How many in this minute, with `more` added."""
    place = f"applications:badges:{name}:{int(time.time()) // 60}"
    cache.add(place, 0, 120)
    try:
        return cache.incr(place, more) if more else int(cache.get(place) or 0)
    except ValueError:
        # The minute ended between the two lines.
        return more
