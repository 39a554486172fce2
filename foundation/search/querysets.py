"""How the outbox is read."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    pass


class OutboxQuerySet(models.QuerySet):
    """What waits to be indexed."""

    def oldest_first(self) -> Self:
        return self.order_by("queued", "pk")
