"""Access to applications that ask for more than being seen: what was asked, what was answered, who was let in."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ui.addresses import address

from ..querysets import AccessGrantQuerySet, AccessRequestQuerySet
from ..querysets.access import WAITING
from .applications import Application


class AccessGrant(models.Model):
    """One person may open one application that is `Entry.REQUEST`. Withdrawn rather than deleted."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="grants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="application_grants")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    # When its holder was told that it ends soon.
    end_told = models.DateTimeField(null=True, blank=True)

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

    @property
    def is_active(self) -> bool:
        """Neither withdrawn nor expired."""
        return self.withdrawn is None and (self.expires is None or self.expires > timezone.now())

    @property
    def last_day(self) -> date | None:
        """The last day on which it opens, in the city's time; None without end."""
        return timezone.localdate(self.expires - timedelta(microseconds=1)) if self.expires else None


class AccessRequest(models.Model):
    """One person asks to open one application. It waits for their manager first where the application says so, then for
    whoever answers for the application; an answer is never changed, one asks again."""

    class State(models.TextChoices):
        MANAGER = "manager", _("Waiting for the manager")
        APPROVER = "approver", _("Waiting for an answer")
        GRANTED = "granted", _("Access given")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")
        LAPSED = "lapsed", _("Lapsed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="application_requests")
    reason = models.TextField(_("Reason"), max_length=1000)
    # The last day for which it is asked; null: without end.
    until = models.DateField(_("Until"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State)
    created = models.DateTimeField(default=timezone.now)
    agreed = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # When it stopped waiting, however that came.
    answered = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, max_length=1000)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "application"],
                condition=models.Q(state__in=WAITING),
                name="access_request_unique_while_waiting",
            )
        ]
        indexes = [models.Index(fields=["state", "created"], name="access_request_waiting")]

    def __str__(self) -> str:
        return f"{self.person_id} asks for {self.application_id}"

    def get_absolute_url(self) -> str:
        return address("applications:access_request", self.uuid)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to answer."""
        return self.state in WAITING
