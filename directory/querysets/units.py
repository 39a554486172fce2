"""How units and positions are read."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from ..models import Unit


class UnitQuerySet(models.QuerySet):
    """Units. They are public within the city."""

    def visible_to(self, person: Any) -> Self:
        """Every unit, for an active person who is not external."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        return self.all()

    def under(self, unit: "Unit") -> Self:
        """`unit` and everything below it."""
        return self.filter(path__startswith=unit.path)

    def leading_to(self, unit: "Unit") -> Self:
        """From the root down to `unit`."""
        return self.filter(pk__in=unit.ancestor_ids).order_by("path")

    def active(self) -> Self:
        """Those that are still in LDAP."""
        return self.filter(is_active=True)


class PositionQuerySet(models.QuerySet):
    """Positions. They are public within the city."""

    def visible_to(self, person: Any) -> Self:
        """Every position of an active person, and the vacancies, for whoever sees units."""
        if not person.is_authenticated or not person.is_active or person.kind == "external":
            return self.none()
        return self.filter(Q(person__isnull=True) | Q(person__is_active=True))

    def current(self, on: date | None = None) -> Self:
        """Those that hold on a day, today unless said."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)

    def heads(self) -> Self:
        """Heads, acting ones and vacancies."""
        return self.exclude(kind="member")
