"""How webhooks, their deliveries and the keys of feeds are read."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone


class WebhookQuerySet(models.QuerySet):
    """Webhooks: administrators' business."""

    def visible_to(self, person: Any) -> Self:
        return self if person.is_authenticated and person.is_active and person.is_staff else self.none()


class DeliveryQuerySet(models.QuerySet):
    """Deliveries: as their webhook."""

    def visible_to(self, person: Any) -> Self:
        return self if person.is_authenticated and person.is_active and person.is_staff else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def due(self) -> Self:
        """Those whose moment has come and that nobody is sending, the oldest first."""
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        waiting = self.filter(free, state="waiting", next_try__lte=now, webhook__is_active=True)
        return waiting.order_by("next_try", "pk")


class FeedKeyQuerySet(models.QuerySet):
    """Keys of feeds. They are seen by their owner alone."""

    def visible_to(self, person: Any) -> Self:
        return self.filter(person_id=person.pk)

    def usable(self) -> Self:
        """SECURITY: of active people only."""
        return self.filter(person__is_active=True)
