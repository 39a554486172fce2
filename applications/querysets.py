"""How applications are read."""

from typing import Self

from foundation.content.querysets import ContentQuerySet


class ApplicationQuerySet(ContentQuerySet):
    """Applications."""

    def for_tiles(self) -> Self:
        """Loads only what a tile shows."""
        return self.only("kind", "uuid", "title", "title_translated", "language", "address", "icon", "category")

    def in_launcher_order(self) -> Self:
        return self.order_by("order", "title", "pk")
