"""How mandates are read."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from ..models import Person


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

    def for_rows(self) -> Self:
        """Loads what a row of elected officials shows."""
        person = ("uuid", "username", "given_name", "family_name", "preferred_name", "photo", "search_name", "phone")
        own = ("uuid", "office", "district", "party", "is_party_published", "person_id", "borough_id")
        borough = ("uuid", "code", "name_fr", "name_en")
        return self.select_related("person", "borough").only(
            *own, *(f"person__{name}" for name in person), *(f"borough__{name}" for name in borough)
        )

    def for_page(self, person: "Person") -> Self:
        """The mandates of one person, newest first, with what their page shows."""
        found = self.filter(person=person).select_related("borough", "cabinet").prefetch_related("charges")
        return found.order_by("-starts", "-pk")
