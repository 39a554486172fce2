"""How applications are read."""

from typing import Self

from foundation.content.querysets import ContentQuerySet


class ApplicationQuerySet(ContentQuerySet):
    """Applications."""

    def in_launcher_order(self) -> Self:
        return self.order_by("order", "title", "pk")
