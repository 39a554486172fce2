"""The web addresses the register gives people, each tried once a day: which of them lead nowhere."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets.links import LinkQuerySet
from .applications import Application
from .health import SENTENCES

# Days in a row before somebody is bothered.
DAYS_TO_REPORT = 3
# The fields of an application that are tried.
FIELDS = ("address", "help_address")


class Link(models.Model):
    """One address of one application, and what came of trying it."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("link", "Not tried yet")
        ALIVE = "alive", pgettext_lazy("link", "Answers")
        DEAD = "dead", pgettext_lazy("link", "Leads nowhere")
        MOVED = "moved", pgettext_lazy("link", "Moved")
        # The portal may not ask that machine: nothing is known of it.
        UNASKED = "unasked", pgettext_lazy("link", "Not tried")

    application = models.ForeignKey(Application, models.CASCADE, related_name="links")
    field = models.CharField(max_length=12, choices=[(one, one) for one in FIELDS])
    address = models.CharField(max_length=500)
    host = models.CharField(max_length=253, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.NEW)
    problem = models.CharField(max_length=24, blank=True)
    problem_data = models.JSONField(default=dict)
    # Of `MOVED`: where the machine says that it is for good.
    target = models.CharField(max_length=500, blank=True)
    # Tries in a row, one a day, that found it dead or moved; and the first of them.
    days = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=timezone.now)
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    reminded = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "field"], name="applications_link_once")]
        indexes = [models.Index(fields=["next_at"], name="applications_link_due")]

    def __str__(self) -> str:
        return self.address

    @property
    def label(self) -> Any:
        """Which of the addresses it is, in words."""
        return _("Web address") if self.field == "address" else _("Address of its help")

    @property
    def sentence(self) -> str:
        """What was wrong, in the reader's language."""
        if self.state == self.State.MOVED:
            return str(_("The machine says that the page has moved for good."))
        try:
            return str(LINK_SENTENCES[self.problem]) % self.problem_data
        except (KeyError, ValueError, TypeError):
            return self.problem


LINK_SENTENCES: dict[str, Any] = {**SENTENCES, "not_found": _("The page does not exist (any more).")}
