"""How applications are read."""

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef

from foundation.content.querysets import ContentQuerySet

from .access import AccessGrantQuerySet


class ApplicationQuerySet(ContentQuerySet):
    """Applications."""

    def for_tiles(self) -> Self:
        """Loads only what a tile shows."""
        return self.only(*TILE)

    def in_launcher_order(self) -> Self:
        return self.order_by("order", "title", "pk")

    def with_grant_of(self, person: Any) -> Self:
        """Adds `is_granted`: whether `person` was given access to the application by name."""
        grants: AccessGrantQuerySet = AccessGrantQuerySet(apps.get_model("applications", "AccessGrant"))
        held = grants.active().filter(application=OuterRef("pk"), person=person.pk)
        return self.annotate(is_granted=Exists(held))


TILE = (
    *("kind", "uuid", "title", "title_translated", "language", "icon", "category", "opens_with"),
    *("entry", "stage", "status", "maintenance_from", "maintenance_until"),
)
