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

    def opening_own_mail(self) -> Self:
        """Those whose link opens the mail of whoever follows it, in Notes: by the special replica ID."""
        return self.filter(notes_link=OWN_MAIL, opens_with="notes").in_launcher_order()

    def with_grant_of(self, person: Any) -> Self:
        """Adds `is_granted`: whether `person` was given access to the application by name."""
        grants: AccessGrantQuerySet = AccessGrantQuerySet(apps.get_model("applications", "AccessGrant"))
        held = grants.active().filter(application=OuterRef("pk"), person=person.pk)
        return self.annotate(is_granted=Exists(held))


# As `notes://` writes "my current mail file".
OWN_MAIL = "notes:///0000000000000E00"
TILE = (
    *("kind", "uuid", "title", "title_translated", "language", "icon", "category", "opens_with"),
    *("entry", "stage", "status", "maintenance_from", "maintenance_until"),
)
