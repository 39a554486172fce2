"""The one socket of a signed-in browser: notifications, and whatever else is shown on every page (see `topics`)."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model

from foundation.audiences.principals import principal, principals_of

from .actions import group_of, sockets_live_here
from .answers import Call, Message
from .rung import rung_of
from .switchboard import switchboard
from .topics import topics

NOT_SIGNED_IN = 4401


class NotificationConsumer(AsyncJsonWebsocketConsumer):
    """`/ws/notifications/`. Sends `{"type": "unread", "unread"}`, `{"type": "notification", "unread", "item"}`,
    `{"type": "signed_out"}`, and for each topic `{"type": its key, …}`; listens to nothing.

    A socket lives for hours: at every event the session and the person are read again, and what is sent goes through
    the rule as it stands then (`answers`), for many sockets at once (`switchboard`).
    """

    async def connect(self) -> None:
        person = self.scope.get("user")
        session = self.scope.get("session")
        # SECURITY: no socket without a signed-in person and a session that can be ended.
        if person is None or not person.is_authenticated or not session or not session.session_key:
            await self.close(code=NOT_SIGNED_IN)
            return
        sockets_live_here(asyncio.get_running_loop())
        self.call = Call(person.pk, session.session_key)
        self.sessions = session.get_model_class()
        self.joined: list[str] = []
        await self.accept()
        for group in await self._groups():
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        # Only now: what rings from here on is heard.
        busy = await self._busy()
        # Together: one answer holds both.
        switchboard().ring(self, recount=True)
        for key in busy:
            switchboard().ring(self, topic=key)

    async def disconnect(self, code: int) -> None:
        switchboard().forget(self)
        for group in getattr(self, "joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """SECURITY: what browsers send here is ignored, unparsed."""

    async def notification_new(self, event: dict[str, Any]) -> None:
        switchboard().ring(self, notification=event["pk"])

    async def unread_changed(self, event: dict[str, Any]) -> None:
        switchboard().ring(self, recount=True)

    async def topic_rung(self, event: dict[str, Any]) -> None:
        switchboard().ring(self, topic=event["topic"])

    async def sessions_ended(self, event: dict[str, Any]) -> None:
        if self.call.session in event["keys"]:
            await self.tell(None)

    async def tell(self, messages: list[Message] | None) -> None:
        """Send what the switchboard worked out; None signs out."""
        for one in messages or ():
            await self.send_json(one)
        if messages is None:
            switchboard().forget(self)
            await self.send_json({"type": "signed_out"})
            await self.close(code=NOT_SIGNED_IN)

    @database_sync_to_async
    def _groups(self) -> list[str]:
        """The groups to hear."""
        person = get_user_model()._default_manager.select_related("unit").get(pk=self.call.person)
        groups = {group_of(one) for one in principals_of(person)} | {group_of(principal("person", person.pk))}
        return sorted(groups)

    @database_sync_to_async
    def _busy(self) -> list[str]:
        """The topics there is something to say about."""
        rang = rung_of(self.joined)
        return [one.key for one in topics() if one.key in rang or not one.is_quiet()]
