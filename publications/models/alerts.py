"""Alerts: a banner for an audience, for a time. Apart from news: no draft, no review, no acknowledgement.

One that is still to come is a draft (seen by its author and the editors), one that lasts is published, one that is over
is archived: so every list, page and search follows the one rule. What changes by the clock is changed by the worker
(`actions.alerts.follow_clock`); that it is over is also read from `expires`, whatever the worker does.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content, State
from foundation.ui.addresses import address
from foundation.ui.pairs import reading_language

from ..querysets.alerts import AlertQuerySet

BODY_MAX = 400
LONGEST = timedelta(days=14)


class Severity(models.IntegerChoices):
    """How much it matters. Ordered; never told by a colour alone."""

    INFO = 10, _("Information")
    WARNING = 20, _("Warning")
    CRITICAL = 30, _("Critical")

    @property
    def key(self) -> str:
        """As programs and style sheets name it."""
        return self.name.lower()

    @property
    def icon(self) -> str:
        return {10: "info-circle", 20: "alert-triangle", 30: "alert-circle"}[self.value]


class Alert(Content):
    """One alert. Its title is a pair, French first (`title`, `title_translated`); both languages are required."""

    KIND = "alert"

    severity = models.PositiveSmallIntegerField(_("Severity"), choices=Severity, default=Severity.INFO)
    body = models.TextField(_("Text in French"), max_length=BODY_MAX, blank=True)
    body_translated = models.TextField(_("Text in English"), max_length=BODY_MAX, blank=True)
    # Where one reads more: an address of the portal (« /… ») or of the web, and what the link says in both languages.
    link = models.CharField(_("Link"), max_length=500, blank=True)
    link_label = models.CharField(max_length=80, blank=True)
    link_label_translated = models.CharField(max_length=80, blank=True)
    starts = models.DateTimeField(_("Begins"))
    # When the clock next changes something: it begins, then ends. Null: nothing more.
    due = models.DateTimeField(null=True, editable=False)
    # Ended before its time, by whom.
    ended = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    # Another number as soon as it says something else: what was put away shows again, open pages are told apart.
    version = models.PositiveIntegerField(default=1, editable=False)
    # A resent form raises nothing.
    sending_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [
            models.Index(fields=["due"], condition=models.Q(due__isnull=False), name="publications_alert_due"),
        ]

    def get_absolute_url(self) -> str:
        return address("publications:alert", self.uuid)

    @property
    def ends(self) -> Any:
        return self.expires

    def _in(self, french: str, english: str) -> str:
        return english if reading_language() == "en" and english else french

    @property
    def text(self) -> str:
        """In the reader's language."""
        return self._in(self.body, self.body_translated)

    @property
    def link_text(self) -> str:
        return self._in(self.link_label, self.link_label_translated)

    @property
    def leads_outside(self) -> bool:
        """Whether the link leaves the portal."""
        return not self.link.startswith("/")

    @property
    def ends_today(self) -> bool:
        return timezone.localdate(self.ends) == timezone.localdate()

    @property
    def level(self) -> Severity:
        return Severity(self.severity)

    @property
    def is_current(self) -> bool:
        return self.state == State.PUBLISHED and self.expires is not None and self.expires > timezone.now()

    @property
    def is_to_come(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_over(self) -> bool:
        return not self.is_current and not self.is_to_come

    @property
    def can_be_put_away(self) -> bool:
        """SECURITY: what is critical stays in view as long as it lasts."""
        return self.severity < Severity.CRITICAL


class PutAway(models.Model):
    """One person has read an alert and no longer wants to see its banner."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="put_away")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "alert"], name="publications_put_away_once")]

    def __str__(self) -> str:
        return f"{self.person_id} put {self.alert_id} away"
