"""How mandates are read."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MandateQuerySet(models.QuerySet):
    """Mandates. They are public within the city."""

    def visible_to(self, person: Any) -> Self:
        """Those of active people, for whoever is active and not external."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        return self.filter(person__is_active=True)

    def current(self, on: date | None = None) -> Self:
        """Those that hold on a day, today unless said."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)
