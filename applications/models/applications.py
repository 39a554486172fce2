"""The register of applications: every tool of the city, its doors, who it is for and where it is in its life."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content
from foundation.ui.notes_links import NotesLinkError, parse_link
from foundation.ui.pairs import Pair

from ..querysets import ApplicationQuerySet

WEB = URLValidator(schemes=["http", "https"])
# SECURITY: no scheme that runs something in the page, or reads a file of the machine.
FORBIDDEN_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "view-source", "filesystem", "jar", "ms-appinstaller"}
)
DESKTOP = RegexValidator(
    r"\A[a-z][a-z0-9+.-]{1,30}:[^\s<>\"'`\\\x00-\x1f]{0,400}\Z", _("This is no address of a program.")
)
PHONE = RegexValidator(r"\A\+?[0-9][0-9 .()-]{2,30}(?:,[0-9]{1,8})?\Z", _("This is no telephone number."))


class Stage(models.TextChoices):
    """Where an application is in its life. Maintenance is a window of time, at any stage."""

    ANNOUNCED = "announced", _("Announced")
    PILOT = "pilot", _("Pilot")
    IN_SERVICE = "in_service", _("In service")
    RETIRING = "retiring", _("Retiring")
    RETIRED = "retired", _("Retired")


# An application that can be opened at all.
OPEN_STAGES = (Stage.PILOT, Stage.IN_SERVICE, Stage.RETIRING)


class Door(models.TextChoices):
    """The kinds of address an application may have."""

    WEB = "web", _("Web address")
    NOTES = "notes", _("Notes")
    DESKTOP = "desktop", _("Program on the computer")
    PHONE = "phone", _("Telephone")


class Entry(models.TextChoices):
    """What one needs besides seeing it."""

    OPEN = "open", _("Open to its audience")
    REQUEST = "request", _("On request")


class Status(models.TextChoices):
    """What the last checks say of it."""

    UNKNOWN = "unknown", _("Not checked")
    UP = "up", _("Works")
    DEGRADED = "degraded", _("Disturbed")
    DOWN = "down", _("Out of order")


class Application(Content):
    """One tool, its doors, and in words what it does. A pair: French and English on one object.

    The audience (see `Content`) sees it; `entry` says whether seeing it is enough to open it.
    """

    KIND = "application"

    class Category(models.TextChoices):
        WORK = "work", _("My work")
        HR = "hr", _("Human resources")
        MONEY = "money", _("Finance and purchasing")
        CITIZENS = "citizens", _("Services to residents")
        MAPS = "maps", _("Maps and data")
        COUNCIL = "council", _("Council")

    # How other systems call it (registration, manifests); null for what was registered by hand.
    key = models.SlugField(_("Key"), max_length=60, unique=True, null=True, blank=True)
    description_fr = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    icon = models.CharField(max_length=40, default="apps")
    category = models.CharField(max_length=10, choices=Category, default=Category.WORK)
    order = models.PositiveSmallIntegerField(default=100)

    # One door at least; `opens_with` names the one its tile opens.
    opens_with = models.CharField(_("Opens with"), max_length=8, choices=Door, default=Door.WEB)
    address = models.URLField(_("Web address"), max_length=500, blank=True, validators=[WEB])
    # As `foundation.ui.notes_links` writes it, from parsed parts.
    notes_link = models.CharField(_("Notes link"), max_length=500, blank=True)
    desktop_address = models.CharField(_("Address of the program"), max_length=440, blank=True, validators=[DESKTOP])
    phone = models.CharField(_("Telephone"), max_length=40, blank=True, validators=[PHONE])

    help_fr = models.TextField(blank=True)
    help_en = models.TextField(blank=True)
    help_address = models.URLField(_("Address of its help"), max_length=500, blank=True, validators=[WEB])
    support_name = models.CharField(_("Support"), max_length=120, blank=True)
    support_email = models.EmailField(_("E-mail address of support"), blank=True)
    support_phone = models.CharField(_("Telephone of support"), max_length=40, blank=True, validators=[PHONE])

    entry = models.CharField(_("Access"), max_length=8, choices=Entry, default=Entry.OPEN)
    # Who answers requests for access: the manager of whoever asks first, if `manager_first`; then this person, or the
    # owner when null.
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Approver")
    )
    manager_first = models.BooleanField(_("The manager agrees first"), default=False)

    stage = models.CharField(_("Stage"), max_length=10, choices=Stage, default=Stage.IN_SERVICE)
    # When it goes into service by itself; past once it has.
    service_from = models.DateTimeField(_("In service from"), null=True, blank=True)
    maintenance_from = models.DateTimeField(_("Maintenance from"), null=True, blank=True)
    maintenance_until = models.DateTimeField(_("Maintenance until"), null=True, blank=True)
    maintenance_fr = models.CharField(max_length=250, blank=True)
    maintenance_en = models.CharField(max_length=250, blank=True)
    retires_on = models.DateField(_("Retires on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="predecessors", verbose_name=_("Successor")
    )

    # Written by the checks alone.
    status = models.CharField(max_length=8, choices=Status, default=Status.UNKNOWN, editable=False)
    status_since = models.DateTimeField(null=True, editable=False)

    description = Pair("description")
    help = Pair("help")
    maintenance = Pair("maintenance")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        # What the clock looks for, twice a second.
        indexes = [
            models.Index(fields=["stage", "service_from"], name="applications_entering"),
            models.Index(fields=["stage", "retires_on"], name="applications_leaving"),
        ]

    def clean(self) -> None:
        """What one field cannot know of the others. ValidationError by field."""
        errors: dict[str, Any] = {}
        if self.desktop_address.partition(":")[0].lower() in FORBIDDEN_SCHEMES | {"http", "https", "notes", "tel"}:
            errors["desktop_address"] = _("Addresses that begin so are not those of a program.")
        if self.notes_link:
            try:
                # SECURITY: kept as it is written from its parts, whoever gave it.
                self.notes_link = parse_link(self.notes_link).to_url()
            except NotesLinkError as error:
                errors["notes_link"] = error.reason
        if not self.door:
            errors[DOOR_FIELDS[self.opens_with]] = _("It opens with this: give the address.")
        if (self.maintenance_from is None) != (self.maintenance_until is None):
            errors["maintenance_until"] = _("A maintenance window has a beginning and an end.")
        elif self.maintenance_from and self.maintenance_until and self.maintenance_until <= self.maintenance_from:
            errors["maintenance_until"] = _("The maintenance ends after it begins.")
        if self.successor_id and self.successor_id == self.pk:
            errors["successor"] = _("An application does not succeed itself.")
        if errors:
            raise ValidationError(errors)

    @property
    def door(self) -> str:
        """The address its tile opens, of the kind `opens_with`; a telephone number as it is written."""
        return getattr(self, DOOR_FIELDS[self.opens_with])

    @property
    def is_open(self) -> bool:
        """Whether it can be opened at its stage."""
        return self.stage in OPEN_STAGES

    def is_in_maintenance(self, at: datetime | None = None) -> bool:
        """Whether its maintenance window holds `at`, or now."""
        moment = at or timezone.now()
        begins, ends = self.maintenance_from, self.maintenance_until
        return bool(begins and ends and begins <= moment < ends)

    @property
    def tint(self) -> int:
        """The soft colour of its tile, one per category."""
        return self.Category.values.index(self.category) + 1


DOOR_FIELDS = {
    Door.WEB.value: "address",
    Door.NOTES.value: "notes_link",
    Door.DESKTOP.value: "desktop_address",
    Door.PHONE.value: "phone",
}
