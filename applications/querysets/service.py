"""How the systems that register applications are read, what they propose and what came from them."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.spaces.querysets import edited_space_ids


class RegistrarQuerySet(models.QuerySet):
    """Systems. They are read by the editors of the register they write in, and by administrators."""

    def visible_to(self, person: Any) -> Self:
        if not person.is_authenticated or not person.is_active:
            return self.none()
        return self if person.is_staff else self.filter(space_id__in=edited_space_ids(person))

    def with_row(self) -> Self:
        """Loads what a row and the page show."""
        return self.select_related("space", "keeper__unit", "audience")

    def due(self) -> Self:
        """Those whose manifest is to be read now and that nobody reads, the longest waiting first."""
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        read = self.filter(free, is_active=True, next_poll__lte=now).exclude(manifest_address="")
        return read.order_by("next_poll", "pk")


class ProposalQuerySet(models.QuerySet):
    """Proposals: read by the editors of the register."""

    def visible_to(self, person: Any) -> Self:
        if not person.is_authenticated or not person.is_active:
            return self.none()
        return self if person.is_staff else self.filter(registrar__space_id__in=edited_space_ids(person))

    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def with_row(self) -> Self:
        """Loads what a row and the page show."""
        return self.select_related("registrar__space", "registrar__keeper", "application__space", "by")

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")


class ReceptionQuerySet(models.QuerySet):
    """What came."""

    def newest_first(self) -> Self:
        return self.order_by("-last", "-pk")
