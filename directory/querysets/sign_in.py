"""How sessions and tokens are read."""

from typing import Any, Self

from django.contrib.sessions.base_session import BaseSessionManager
from django.db import models
from django.utils import timezone


class SessionManager(BaseSessionManager):
    """Sessions. They are seen by their owner alone."""

    def visible_to(self, person: Any) -> models.QuerySet:
        """The live sessions of `person`, newest first."""
        return self.filter(person_id=person.pk, expire_date__gt=timezone.now()).order_by("-created")


class TokenQuerySet(models.QuerySet):
    """Personal tokens. They are seen by their owner alone."""

    def visible_to(self, person: Any) -> Self:
        return self.filter(person_id=person.pk).order_by("-created")

    def usable(self) -> Self:
        """Not expired, of an active person."""
        return self.filter(expires__gt=timezone.now(), person__is_active=True)
