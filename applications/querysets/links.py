"""How tried addresses are read."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.utils import timezone

from .health import asked_q, free_q, in_service_q, kept_q


class LinkQuerySet(models.QuerySet):
    """Tried addresses."""

    def visible_to(self, person: Any) -> Self:
        """Those of the applications `person` keeps."""
        applications = apps.get_model("applications", "Application")._default_manager
        kept = applications.visible_to(person).filter(kept_q(person)).order_by()
        return self.filter(application__in=kept.values("pk"))

    def reported(self, days: int) -> Self:
        """Those that lead nowhere, or elsewhere, for `days` in a row, the longest first."""
        return self.filter(days__gte=days, state__in=("dead", "moved")).order_by("since", "pk")

    def at_work(self) -> Self:
        """Those that are tried: of an application that is in the register and has not been retired."""
        return self.filter(in_service_q(), asked_q())

    def due(self) -> Self:
        """Those whose moment has come and that nobody tries now, the longest waiting first."""
        now = timezone.now()
        return self.at_work().filter(free_q(now), next_at__lte=now).order_by("next_at", "pk")
