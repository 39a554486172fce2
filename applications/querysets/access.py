"""How access to applications is read."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class AccessGrantQuerySet(models.QuerySet):
    """Who was given access to what."""

    def active(self) -> Self:
        """Neither withdrawn nor expired."""
        return self.filter(Q(expires=None) | Q(expires__gt=timezone.now()), withdrawn=None)
