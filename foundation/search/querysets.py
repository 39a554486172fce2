"""How the outbox is read."""

from typing import Self

from django.db import models


class OutboxQuerySet(models.QuerySet):
    """What waits to be indexed."""

    def oldest_first(self) -> Self:
        return self.order_by("queued", "pk")
