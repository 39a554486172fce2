"""The launcher of each person: favourites in their order, what was put there for them, what they opened, and the counts
that applications announce."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets.launcher import BadgeKeyQuerySet, LauncherDefaultQuerySet
from .applications import Application

# How long an opening is remembered.
OPENINGS_KEPT = timedelta(days=180)
# An application that stays silent for so long is no longer believed.
BADGE_LASTS = timedelta(hours=24)
MOST_COUNT = 9_999


class Favourite(models.Model):
    """One application in the favourites of one person, on all their devices. `is_hidden`: put there by the City or a
    unit, and taken out by the person, who is not given it again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourite_applications")
    application = models.ForeignKey(Application, models.CASCADE, related_name="favourites")
    position = models.PositiveIntegerField(default=0)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "application"], name="favourite_unique")]

    def __str__(self) -> str:
        return f"{self.application_id} of {self.person_id}"


class LauncherDefault(models.Model):
    """One application put among the favourites of whoever holds a principal. It shows to those of them who see it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="defaults", verbose_name=_("Application"))
    principal = models.CharField(_("For whom"), max_length=64)
    # Nobody takes it out of their favourites, and it comes first.
    is_forced = models.BooleanField(_("Nobody can remove it"), default=False)
    position = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LauncherDefaultQuerySet.as_manager()

    class Meta:
        constraints = [
            # In this order it is also the index of each launcher: my principals -> what was put there for me.
            models.UniqueConstraint(fields=["principal", "application"], name="launcher_default_unique")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} for {self.principal}"


class LauncherView(models.Model):
    """How one person wants their launcher, on all their devices. Without a row: the grid."""

    class Shape(models.TextChoices):
        GRID = "grid", pgettext_lazy("launcher", "Grid")
        LIST = "list", pgettext_lazy("launcher", "List")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="launcher_view"
    )
    shape = models.CharField(max_length=4, choices=Shape, default=Shape.GRID)

    def __str__(self) -> str:
        return self.shape


class Opening(models.Model):
    """When one person last opened one application, and how often.

    SECURITY: shown to that person alone, never counted by name, and forgotten after `OPENINGS_KEPT`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="application_openings")
    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    last = models.DateTimeField(default=timezone.now, db_index=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "application"], name="opening_unique")]

    def __str__(self) -> str:
        return f"{self.application_id} by {self.person_id}"


def badge_expires(said: datetime) -> datetime:
    """Until when a count said at that moment is shown."""
    return said + BADGE_LASTS


class Badge(models.Model):
    """How many things wait for one person in one application, as the application last said."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="badges")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="application_badges")
    count = models.PositiveSmallIntegerField()
    # The moment the application signed. SECURITY: an older one changes nothing, so a request sent again is harmless.
    updated = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "application"], name="badge_unique"),
            models.CheckConstraint(condition=models.Q(count__lte=MOST_COUNT), name="badge_count_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.count} in {self.application_id} for {self.person_id}"


class BadgeKey(models.Model):
    """What an application signs its counts with. Sealed (see `foundation.outgoing.sealing`), shown once."""

    application = models.OneToOneField(Application, models.CASCADE, primary_key=True, related_name="badge_key")
    secret = models.CharField(max_length=250, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(null=True, editable=False)

    objects = BadgeKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"key of {self.application_id}"
