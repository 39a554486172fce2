"""How sources and their runs are read."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.spaces.querysets import edited_space_ids


class SourceQuerySet(models.QuerySet):
    """Sources. They are read by the editors of the sites they publish in, and by administrators."""

    def visible_to(self, person: Any) -> Self:
        if not person.is_authenticated or not person.is_active:
            return self.none()
        edited = edited_space_ids(person)
        # Those who look after the city's own site look after what comes in for all.
        sites = apps.get_model("publications", "Site")._default_manager
        if person.is_staff or sites.filter(is_city=True, space_id__in=edited).exists():
            return self
        return self.filter(space_id__among=edited)

    def with_row(self) -> Self:
        """Loads what a row and the page show."""
        return self.select_related("space__site", "keeper", "audience", "pair")

    def due(self) -> Self:
        """Feeds whose moment has come and that nobody reads now, the longest waiting first."""
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, kind="feed", is_active=True, next_poll__lte=now).order_by("next_poll", "pk")


class RunQuerySet(models.QuerySet):
    """Runs of sources."""

    def newest_first(self) -> Self:
        return self.order_by("-started", "-pk")
