"""How anything reaches open browsers: `push` to a group of sockets."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

from foundation.audiences.principals import principal

logger = logging.getLogger(__name__)


class _Server:
    """The event loop that holds the sockets of this process, once there is one."""

    loop: asyncio.AbstractEventLoop | None = None


def sockets_live_here(loop: asyncio.AbstractEventLoop) -> None:
    """Called by a consumer when a socket opens."""
    _Server.loop = loop


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
    transaction.on_commit(lambda: push_all((group, event) for group in groups))


def push_sessions_ended(person_id: int, keys: list[str]) -> None:
    """Close the sockets of ended sessions, after commit."""
    event = {"type": "sessions.ended", "keys": keys}
    transaction.on_commit(lambda: push(group_of(principal("person", person_id)), event))
