"""The register of applications: every tool of the city behind one door."""

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content
from foundation.ui.pairs import Pair

from .querysets import ApplicationQuerySet


class Application(Content):
    """One tool, its address, and in words what it does. A pair: French and English on one object."""

    KIND = "application"

    class Category(models.TextChoices):
        WORK = "work", _("My work")
        HR = "hr", _("Human resources")
        MONEY = "money", _("Finance and purchasing")
        CITIZENS = "citizens", _("Services to residents")
        MAPS = "maps", _("Maps and data")
        COUNCIL = "council", _("Council")

    description_fr = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    address = models.URLField(_("Address"), max_length=500, validators=[URLValidator(schemes=["http", "https"])])
    icon = models.CharField(max_length=40, default="apps")
    category = models.CharField(max_length=10, choices=Category, default=Category.WORK)
    order = models.PositiveSmallIntegerField(default=100)

    description = Pair("description")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    @property
    def tint(self) -> int:
        """The soft colour of its tile, one per category."""
        return self.Category.values.index(self.category) + 1
