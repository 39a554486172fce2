"""Elected officials: their mandates, and what the council gave them to look after."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ui.pairs import Pair

from ..querysets import MandateQuerySet
from .units import Unit


class Mandate(models.Model):
    """What somebody was elected to, where, from when to when."""

    class Office(models.TextChoices):
        MAYOR = "mayor", _("Mayor of the City")
        BOROUGH_MAYOR = "borough_mayor", _("Borough mayor")
        CITY_COUNCILLOR = "city_councillor", _("City councillor")
        BOROUGH_COUNCILLOR = "borough_councillor", _("Borough councillor")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates")
    office = models.CharField(max_length=20, choices=Office)
    # Null for the mayor of the city.
    borough = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="mandates")
    district = models.CharField(max_length=120, blank=True)
    party = models.CharField(max_length=120, blank=True)
    is_party_published = models.BooleanField(default=False)
    starts = models.DateField()
    # The last day, included; null while it lasts.
    ends = models.DateField(null=True, blank=True)
    # Whose people are their staff.
    cabinet = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    # Where staff send what citizens ask.
    citizens_email = models.EmailField(blank=True)
    citizens_phone = models.CharField(max_length=40, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                name="mandate_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.office} from {self.starts}"


class Charge(models.Model):
    """A delegation (the council's word for a portfolio) or a seat on a commission."""

    class Kind(models.TextChoices):
        DELEGATION = "delegation", _("Delegation")
        COMMISSION = "commission", _("Commission")

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="charges")
    kind = models.CharField(max_length=12, choices=Kind)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    # Chair, member…
    role_fr = models.CharField(max_length=80, blank=True)
    role_en = models.CharField(max_length=80, blank=True)

    name = Pair("name")
    role = Pair("role")

    class Meta:
        ordering = ["kind", "name_fr", "pk"]

    def __str__(self) -> str:
        return self.name
