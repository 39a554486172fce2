"""How the outbox and the synonyms are read."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models


class OutboxQuerySet(models.QuerySet):
    """What waits to be indexed."""

    def oldest_first(self) -> Self:
        return self.order_by("queued", "pk")


class SynonymQuerySet(models.QuerySet):
    """Words that mean the same."""

    def ways(self) -> list[tuple[str, list[str]]]:
        """Each group: its language, empty for both, and its ways to say it."""
        found: Iterable[Any] = self.order_by("pk")
        groups = ((one.language, one.lines) for one in found)
        return [group for group in groups if len(group[1]) > 1]
