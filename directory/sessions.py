"""The session engine: Django's database sessions, with their owner, browser and address."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.dateparse import parse_datetime

from .models import Session


class SessionStore(DatabaseStore):
    """SESSION_ENGINE. Knows the person of a session, so that theirs can be listed and ended."""

    def _validate_session_key(self, key: str | None) -> bool:
        # SECURITY: a cookie can hold anything, a NUL too, at which PostgreSQL answers with an error.
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()  # type: ignore[union-attr]

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        person = data.get("_auth_user_id")
        row.person_id = int(person) if person else None
        row.browser = str(data.get("browser", ""))[:200]
        row.address = data.get("address")
        row.created = parse_datetime(data["signed_in"]) if "signed_in" in data else None
        return row
