"""How runs of the sync are read."""

from typing import Any, Self

from django.db import models


class SyncRunQuerySet(models.QuerySet):
    """Runs of the sync, for administrators."""

    def visible_to(self, person: Any) -> Self:
        if not person.is_authenticated or not person.is_active or not person.is_staff:
            return self.none()
        return self.all()

    def newest_first(self) -> Self:
        return self.order_by("-started", "-pk")


class SyncStateQuerySet(models.QuerySet):
    """Where the sync stands, for administrators."""

    def visible_to(self, person: Any) -> Self:
        if not person.is_authenticated or not person.is_active or not person.is_staff:
            return self.none()
        return self.all()
