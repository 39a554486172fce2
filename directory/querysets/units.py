"""How units and positions are read."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

if TYPE_CHECKING:
    from ..models import Unit

# What a row shows of the person who leads, besides who they are.
_PERSON = ("uuid", "username", "given_name", "family_name", "preferred_name", "photo", "title_fr", "title_en", "phone")


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

    def for_tree(self) -> Self:
        """Loads only what a tree shows."""
        return self.only("uuid", "code", "kind", "name_fr", "name_en", "parent_id", "path", "is_active")

    def people_per_unit(self) -> dict[int, int]:
        """How many active people are directly in each of these units, by its id; a unit without people is left out."""
        counted = self.order_by().values("pk").annotate(people_there=Count("people", filter=Q(people__is_active=True)))
        return {pk: count for pk, count in counted.values_list("pk", "people_there") if count}


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

    def by_hand(self) -> Self:
        """Those entered here, which LDAP knows nothing of."""
        return self.filter(source="portal")

    def recent(self) -> Self:
        """Current, to come, and those that ended within a year."""
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=timezone.localdate() - timedelta(days=365)))

    def overlapping(self, starts: date, ends: date | None) -> Self:
        """Those that hold on at least one day from `starts` to `ends`, both included."""
        found = self.filter(Q(ends__isnull=True) | Q(ends__gte=starts))
        return found.filter(starts__lte=ends) if ends else found

    def with_people(self) -> Self:
        """Loads the people who hold them, as much as a row shows."""
        own = ("uuid", "kind", "source", "starts", "ends", "title_fr", "title_en", "unit_id", "person_id")
        people = (*_PERSON, "privacy", "unit_id", "manager_id")
        return self.select_related("person").only(*own, *(f"person__{name}" for name in people))
