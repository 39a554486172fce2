"""How alerts are read."""

from datetime import timedelta
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef
from django.utils import timezone

from foundation.content.querysets import ContentQuerySet
from foundation.spaces.querysets import edited_space_ids


class AlertQuerySet(ContentQuerySet):
    """Alerts: all that content can do. `current()` are those that last now."""

    def waiting_for_the_clock(self) -> Self:
        """Those the clock will have something to do to, the next first; the trash apart. One index of a few rows."""
        return self.filter(due__isnull=False, state__in=("draft", "published")).order_by("due", "pk")

    def due(self) -> Self:
        """Those the clock has something to do to now."""
        return self.waiting_for_the_clock().filter(due__lte=timezone.now())

    def moved_since(self, age: timedelta) -> Self:
        """Those that began, changed or ended lately: what a killed worker may have left unsaid."""
        return self.filter(updated__gte=timezone.now() - age).exclude(state="draft")

    def with_row(self) -> Self:
        """Loads what a row, a card or a banner shows."""
        return self.select_related("space", "author")

    def for_page(self) -> Self:
        """Loads what the page of one alert shows."""
        return self.select_related("space__site", "space__audience", "author", "audience", "ended_by")

    def with_readers(self) -> Self:
        """Loads what says who reads them."""
        return self.select_related("space__audience", "audience").prefetch_related(
            "space__audience__rows", "audience__rows"
        )

    def not_put_away_by(self, person: Any) -> Self:
        """Without those whose banner `person` no longer wants to see; what is critical always shows."""
        rows = apps.get_model("publications", "PutAway")._default_manager
        put_away = rows.filter(alert_id=OuterRef("pk"), person_id=person.pk)
        return self.exclude(Exists(put_away), severity__lt=30)

    def with_put_away(self, person: Any) -> Self:
        """Adds `is_put_away` for `person`."""
        rows = apps.get_model("publications", "PutAway")._default_manager
        return self.annotate(is_put_away=Exists(rows.filter(alert_id=OuterRef("pk"), person_id=person.pk)))

    def most_severe_first(self) -> Self:
        return self.order_by("-severity", "-starts", "-pk")

    def raised_by_sites_of(self, person: Any) -> Self:
        """Those of the sites `person` edits: what they may change, and the history of what was raised."""
        return self.filter(space_id__among=edited_space_ids(person))
