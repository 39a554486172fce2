"""The notification socket of a signed-in browser."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model
from django.utils import timezone, translation

from foundation.activity.models import Notification
from foundation.audiences.principals import principal, principals_of

from .actions import group_of, sockets_live_here

NOT_SIGNED_IN = 4401


class NotificationConsumer(AsyncJsonWebsocketConsumer):
    """`/ws/notifications/`. Sends `{"type": "unread", "unread"}`, `{"type": "notification", "unread", "item"}` and
    `{"type": "signed_out"}`; listens to nothing.

    A socket lives for hours: at every event the session and the person are read again, and what is sent goes through
    `visible_to` as it stands then.
    """

    async def connect(self) -> None:
        person = self.scope.get("user")
        session = self.scope.get("session")
        # SECURITY: no socket without a signed-in person and a session that can be ended.
        if person is None or not person.is_authenticated or not session or not session.session_key:
            await self.close(code=NOT_SIGNED_IN)
            return
        sockets_live_here(asyncio.get_running_loop())
        self.person_id, self.session_key = person.pk, session.session_key
        self.joined: list[str] = []
        await self.accept()
        for group in await self._groups():
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        await self.unread_changed({})

    async def disconnect(self, code: int) -> None:
        for group in getattr(self, "joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """SECURITY: what browsers send here is ignored, unparsed."""

    async def notification_new(self, event: dict[str, Any]) -> None:
        answer = await self._read(event["pk"])
        if answer is None:
            await self._sign_out()
        elif "item" in answer:
            await self.send_json({"type": "notification", **answer})

    async def unread_changed(self, event: dict[str, Any]) -> None:
        answer = await self._read(None)
        if answer is None:
            await self._sign_out()
        else:
            await self.send_json({"type": "unread", **answer})

    async def sessions_ended(self, event: dict[str, Any]) -> None:
        if self.session_key in event["keys"]:
            await self._sign_out()

    async def _sign_out(self) -> None:
        await self.send_json({"type": "signed_out"})
        await self.close(code=NOT_SIGNED_IN)

    @database_sync_to_async
    def _groups(self) -> list[str]:
        person = get_user_model()._default_manager.select_related("unit").get(pk=self.person_id)
        return sorted({group_of(one) for one in principals_of(person)} | {group_of(principal("person", person.pk))})

    @database_sync_to_async
    def _read(self, pk: int | None) -> dict[str, Any] | None:
        """What to send, or None when the session has ended."""
        sessions = self.scope["session"].get_model_class()._default_manager
        alive = sessions.filter(pk=self.session_key, expire_date__gt=timezone.now()).exists()
        people = get_user_model()._default_manager.select_related("unit")
        person = people.filter(pk=self.person_id, is_active=True).first()
        if not alive or person is None:
            return None
        visible = Notification.objects.visible_to(person)
        answer: dict[str, Any] = {"unread": Notification.objects.unread_count(person)}
        found = visible.unread_by(person).with_subject().filter(pk=pk).first() if pk else None
        if found:
            with translation.override(person.language):
                answer["item"] = {
                    "id": str(found.uuid),
                    "text": found.activity.sentence,
                    "url": found.url,
                    "icon": found.activity.kind.icon,
                }
        return answer
