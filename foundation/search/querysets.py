"""How the outbox is read."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from .models import Outbox


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """What waits to be indexed."""

    def oldest_first(self) -> Self:
        return self.order_by("queued", "pk")
