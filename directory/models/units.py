"""Units: boroughs, services, divisions, cabinets. And positions: who is what, where, since when."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ui.addresses import address
from foundation.ui.pairs import Pair

from ..querysets import PositionQuerySet, UnitQuerySet


class Unit(models.Model):
    """A borough, a service, a division… One tree, by parent key; `path` spares walking it.

    The tree is LDAP's. Names, mission and contacts can be put right here: what LDAP says stays beside, in `ldap_*`.
    """

    class Kind(models.TextChoices):
        CITY = "city", _("City")
        BOROUGH = "borough", _("Borough")
        SERVICE = "service", _("Service")
        DIVISION = "division", _("Division")
        CABINET = "cabinet", _("Cabinet")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The directory's own stable key; null for units made here.
    entry_uuid = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    # What the LDAP directory calls it (departmentNumber).
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DIVISION)
    name_fr = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    # The names shown were put right here: the sync keeps its hands off them.
    has_own_name = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Ids from the root to this unit, "/1/4/12/": its ancestors are known without a query.
    path = models.CharField(max_length=160, db_index=True, editable=False)
    mission_fr = models.TextField(blank=True)
    mission_en = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # False: it is no longer in LDAP. Kept for what is addressed to it and for the past.
    is_active = models.BooleanField(default=True)
    ldap_name_fr = models.CharField(max_length=160, blank=True, editable=False)
    ldap_name_en = models.CharField(max_length=160, blank=True, editable=False)
    ldap_parent = models.CharField(max_length=40, blank=True, editable=False)
    ldap_head = models.CharField(max_length=500, blank=True, editable=False)
    ldap_digest = models.CharField(max_length=64, blank=True, editable=False)

    name = Pair("name")
    mission = Pair("mission")

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("directory:unit", self.uuid)

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down to this unit, itself included."""
        return [int(one) for one in self.path.strip("/").split("/") if one]


class Position(models.Model):
    """Somebody's place in a unit, from a day to a day; or, without a person, a vacant head's.

    LDAP gives each person one (`source` ldap) and may name heads; second positions, acting heads and vacancies are
    added here. Ended ones stay: the org chart of a past day can be drawn from them.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("Member")
        HEAD = "head", _("Head")
        ACTING_HEAD = "acting_head", _("Acting head")

    class Source(models.TextChoices):
        LDAP = "ldap", _("City's directory")
        PORTAL = "portal", _("Portal")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Null: vacant.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="positions"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.MEMBER)
    title_fr = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=6, choices=Source, default=Source.LDAP)
    starts = models.DateField(default=timezone.localdate)
    # The last day, included; null while it lasts.
    ends = models.DateField(null=True, blank=True)

    title = Pair("title")

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        indexes = [
            models.Index(fields=["unit", "kind"], condition=models.Q(ends__isnull=True), name="position_open_in_unit")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(kind="head"), name="position_vacant_is_a_head"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                name="position_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or '-'} in {self.unit_id} as {self.kind}"
