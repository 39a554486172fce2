"""Access to applications that ask for more than being seen."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ..querysets import AccessGrantQuerySet
from .applications import Application


class AccessGrant(models.Model):
    """One person may open one application that is `Entry.REQUEST`. Withdrawn rather than deleted."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="grants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="application_grants")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "application"],
                condition=models.Q(withdrawn__isnull=True),
                name="access_grant_unique_while_held",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} to {self.application_id}"
