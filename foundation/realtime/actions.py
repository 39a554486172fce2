"""How anything reaches open browsers: `push` to a group of sockets. And what one does to rooms and their documents."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

from foundation.audiences.principals import principal

from . import rung
from .documents import NOTHING, replay, state_of, stored
from .models import SharedDocument
from .storage import Batch, append
from .updates import apply, packed, read_update

logger = logging.getLogger(__name__)


# The group that every process with open rooms hears.
ROOMS = "rooms"


class _Server:
    """The event loop that holds the sockets of this process, once there is one, and who hears of rooms in it."""

    loop: asyncio.AbstractEventLoop | None = None
    hear: Callable[[dict[str, Any]], None] | None = None


def sockets_live_here(loop: asyncio.AbstractEventLoop) -> None:
    """Called by a consumer when a socket opens."""
    _Server.loop = loop


def rooms_live_here(loop: asyncio.AbstractEventLoop, hear: Callable[[dict[str, Any]], None]) -> None:
    """Called when the first room opens in a loop."""
    _Server.loop, _Server.hear = loop, hear


def group_of(principal: str) -> str:
    """The socket group of a principal: `unit:12` is `principal.unit.12` (layers allow no colon)."""
    return "principal." + principal.replace(":", ".")


def push(group: str, event: dict[str, Any]) -> None:
    """Send `event` (its "type" names the consumer's method) to the sockets of `group`. Never raises.

    It says "look again", not what there is to see: that is read through the rule, for each person (`answers`). What is
    lost here (Redis restarting) is seen at the next page or reconnection.
    """
    push_all([(group, event)])


def push_all(pairs: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """The same for many groups: one connection to Redis, one visit to the sockets' loop. Never raises."""
    events = list(pairs)
    layer = get_channel_layer()
    try:
        if isinstance(layer, InMemoryChannelLayer):
            # Its queues belong to the loop of the sockets. Called from another thread (the worker), sending directly
            # would not wake that loop.
            if _Server.loop is not None and not _Server.loop.is_closed():
                asyncio.run_coroutine_threadsafe(_send(layer, events), _Server.loop)
            return
        async_to_sync(_send)(layer, events)
    except Exception:
        logger.exception("push to %s groups failed", len(events))


async def _send(layer: Any, events: list[tuple[str, dict[str, Any]]]) -> None:
    for group, event in events:
        await layer.group_send(group, event)


def push_topic(key: str, principals: Iterable[str]) -> None:
    """Something of this topic changed for the holders of these principals, after commit."""
    event = {"type": "topic.rung", "topic": key}
    groups = [group_of(one) for one in sorted(set(principals))]
    # Kept first: a socket that opens meanwhile finds it, or is in its groups already.
    transaction.on_commit(lambda: rung.keep(key, groups))
    transaction.on_commit(lambda: push_all((group, event) for group in groups))


def push_sessions_ended(person_id: int, keys: list[str]) -> None:
    """Close the sockets of ended sessions, after commit."""
    event = {"type": "sessions.ended", "keys": keys}
    transaction.on_commit(lambda: push(group_of(principal("person", person_id)), event))
    transaction.on_commit(lambda: tell_rooms("sessions_ended", keys=keys))


# -- Rooms -----------------------------------------------------------------------------------------------------------


def tell_rooms(what: str, **values: Any) -> None:
    """Ring every process with open rooms: they look again. Plain values only. Never raises, like `push`: what is lost
    here is found when rooms look by themselves."""
    ring = {"type": "rooms.ring", "what": what, **values}
    layer = get_channel_layer()
    try:
        if isinstance(layer, InMemoryChannelLayer):
            if _Server.hear is not None and _Server.loop is not None and not _Server.loop.is_closed():
                _Server.loop.call_soon_threadsafe(_Server.hear, ring)
            return
        async_to_sync(_send)(layer, [(ROOMS, ring)])
    except Exception:
        logger.exception("rooms could not be told: %s", what)


def recheck(kind: str, uuid: UUID) -> None:
    """What may be done in this room changed: ask its door again about everyone who is in it, after commit. Needed only
    where nothing was recorded about its content or space: that does it too."""
    transaction.on_commit(lambda: tell_rooms("recheck", kind=kind, uuid=str(uuid), person=None))


def evict(kind: str, uuid: UUID, person: Any) -> None:
    """The same about one person: within a second they are out, or may do only what they still may."""
    transaction.on_commit(lambda: tell_rooms("recheck", kind=kind, uuid=str(uuid), person=person.pk))


def recheck_person(person: Any) -> None:
    """The same about one person, in whatever rooms they are."""
    transaction.on_commit(lambda: tell_rooms("recheck_person", person=person.pk))


@transaction.atomic
def change_document(kind: str, uuid: UUID, update: bytes, *, actor: Any) -> None:
    """Change a shared document from the portal's side (a version restored, a template): stored at once; open rooms take
    it in after commit and pass it on. The caller asked whether `actor` may.

    update: of Yjs, on what is stored. Raises ValueError when it is none, or builds on what is not stored.
    """
    change = read_update(update)
    if update == NOTHING:
        return
    made = replay(stored([(kind, uuid)])[kind, uuid])
    if not change.follows_on(made.have):
        raise ValueError("the update builds on what is not stored")
    # Whatever the library refuses is not stored.
    apply(made.doc, update)
    append([Batch((kind, uuid), made.pk, packed([update]), [actor.pk], from_server=True)])
    transaction.on_commit(lambda: tell_rooms("changed", kind=kind, uuid=str(uuid)))


@transaction.atomic
def copy_document(kind: str, source: UUID, target: UUID) -> None:
    """Give `target`, which has no document yet, a copy of what is stored of `source`. ValueError when it has one."""
    if SharedDocument.objects.filter(kind=kind, uuid=target).exists():
        raise ValueError(f"{kind} {target} has a document already")
    SharedDocument.objects.create(kind=kind, uuid=target, snapshot=state_of(kind, source))


@transaction.atomic
def delete_document(kind: str, uuid: UUID) -> None:
    """Forget a shared document. Who is in its room is sent away after commit, and their browsers do not come back with
    what they have."""
    SharedDocument.objects.filter(kind=kind, uuid=uuid).delete()
    transaction.on_commit(lambda: tell_rooms("deleted", kind=kind, uuid=str(uuid)))
