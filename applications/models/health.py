"""Whether applications work: what is checked, what the checks found, and the outages that people are told of."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.outgoing.problems import PROBLEMS
from foundation.ui.addresses import address
from foundation.ui.pairs import Pair

from ..querysets.health import CheckQuerySet, OutageQuerySet, StatusPeriodQuerySet
from .applications import Application, Status

EVERY = (1, 60)
TIMEOUT = (1, 10)
TIMES = (1, 10)
SLOW = (10, 10_000)
DAYS_WARNED = (1, 90)
CHECKS_MOST = 5
# Names that belong to nobody (RFC 2606): written in examples, never asked.
EXAMPLES = (".example", ".test", ".invalid")

# What a check found, one letter each; a check keeps its last ones.
UP, DEGRADED, DOWN = "u", "g", "d"
KEPT_OUTCOMES = 10


def _between(bounds: tuple[int, int]) -> list[Any]:
    return [MinValueValidator(bounds[0]), MaxValueValidator(bounds[1])]


class Check(models.Model):
    """One thing the worker looks at regularly for an application."""

    class Kind(models.TextChoices):
        HTTP = "http", _("A web page answers")
        TCP = "tcp", _("A port takes connections")
        TLS = "tls", _("A certificate is good")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="checks")
    kind = models.CharField(_("What is checked"), max_length=4, choices=Kind, default=Kind.HTTP)
    # Of a page; the other kinds have a machine and a port.
    address = models.CharField(_("Address of the page"), max_length=500, blank=True)
    host = models.CharField(_("Machine"), max_length=253, blank=True)
    port = models.PositiveIntegerField(_("Port"), default=443, validators=_between((1, 65535)))
    status_from = models.PositiveSmallIntegerField(_("Codes from"), default=200, validators=_between((100, 599)))
    status_to = models.PositiveSmallIntegerField(_("Codes up to"), default=399, validators=_between((100, 599)))
    expected_text = models.CharField(_("Text that the page must hold"), max_length=100, blank=True)
    every = models.PositiveSmallIntegerField(_("Every (minutes)"), default=5, validators=_between(EVERY))
    timeout = models.PositiveSmallIntegerField(_("Wait at most (seconds)"), default=5, validators=_between(TIMEOUT))
    # Milliseconds; it works, but people notice.
    slow_after = models.PositiveIntegerField(_("Slow from (milliseconds)"), default=3000, validators=_between(SLOW))
    failures_to_down = models.PositiveSmallIntegerField(
        _("Out of order after (failures in a row)"), default=3, validators=_between(TIMES)
    )
    successes_to_up = models.PositiveSmallIntegerField(
        _("Works again after (successes in a row)"), default=2, validators=_between(TIMES)
    )
    days_warned = models.PositiveSmallIntegerField(
        _("Warn before the end of the certificate (days)"), default=21, validators=_between(DAYS_WARNED)
    )
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    # Written by the worker alone. `outcomes`: the last ones, the newest last.
    state = models.CharField(max_length=8, choices=Status, default=Status.UNKNOWN, editable=False)
    outcomes = models.CharField(max_length=KEPT_OUTCOMES, blank=True, editable=False)
    last_outcome = models.CharField(max_length=1, blank=True, editable=False)
    # How often in a row an outage was not believed at once (see `actions.health_runs`).
    held = models.PositiveSmallIntegerField(default=0, editable=False)
    last_at = models.DateTimeField(null=True, editable=False)
    last_ms = models.PositiveIntegerField(null=True, editable=False)
    problem = models.CharField(max_length=24, blank=True, editable=False)
    problem_data = models.JSONField(default=dict, editable=False)
    certificate_until = models.DateTimeField(null=True, editable=False)
    next_at = models.DateTimeField(default=timezone.now, editable=False)
    # One worker at a time; a killed one's lease expires.
    lease_holder = models.CharField(max_length=64, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = CheckQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(is_active=True), name="applications_check_due")]

    def __str__(self) -> str:
        return self.target

    def get_absolute_url(self) -> str:
        return f"{address('applications:health', self.application.uuid)}{self.uuid}/"

    @property
    def target(self) -> str:
        """What is looked at, as people write it."""
        return self.address if self.kind == self.Kind.HTTP else f"{self.host}:{self.port}"

    @property
    def is_example(self) -> bool:
        """Whether its machine is an example, which is never asked."""
        return self.host.endswith(EXAMPLES)

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of it for longer than it should be: the worker may have stopped."""
        if not self.is_active or self.is_example:
            return False
        return (self.last_at or self.created) < timezone.now() - silence_of(self.every)

    @property
    def sentence(self) -> str:
        """What was wrong the last time, in the reader's language; empty when nothing was."""
        return sentence_of(self.problem, self.problem_data)


def silence_of(every: int) -> timedelta:
    """After how long without a result nothing is known any more: two turns missed, and five minutes."""
    return timedelta(minutes=every * 3 + 5)


class CheckResult(models.Model):
    """One look, kept for a week; then its hour or day is kept as a `CheckSummary`.

    SECURITY: no body, no banner, no header of what answered: a check tells that, how fast and by which class of code,
    so that it reads nothing of the inside network.
    """

    check_of = models.ForeignKey(Check, models.CASCADE, related_name="results")
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=1)
    ms = models.PositiveIntegerField(null=True)
    # 2 for 200 to 299, and so on.
    code_class = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=24, blank=True)
    problem_data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["check_of", "-at"], name="applications_results"),
            models.Index(fields=["at"], name="applications_results_old"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.at:%Y-%m-%d %H:%M} {self.outcome}"

    @property
    def state(self) -> str:
        return STATES[self.outcome]

    @property
    def sentence(self) -> str:
        return sentence_of(self.problem, self.problem_data)


class CheckSummary(models.Model):
    """What the looks of an hour (from the eighth day on) or of a day (from the thirty-first) found."""

    class Span(models.TextChoices):
        HOUR = "hour", pgettext_lazy("span", "Hour")
        DAY = "day", pgettext_lazy("span", "Day")

    check_of = models.ForeignKey(Check, models.CASCADE, related_name="summaries")
    span = models.CharField(max_length=4, choices=Span)
    begins = models.DateTimeField()
    ups = models.PositiveIntegerField(default=0)
    degradeds = models.PositiveIntegerField(default=0)
    downs = models.PositiveIntegerField(default=0)
    # Of the looks that were answered: their times added up, how many they were, and the longest.
    ms_total = models.PositiveBigIntegerField(default=0)
    ms_count = models.PositiveIntegerField(default=0)
    ms_most = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_of", "span", "begins"], name="applications_check_summary_once")
        ]
        indexes = [models.Index(fields=["span", "begins"], name="applications_summaries_old")]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.span} {self.begins:%Y-%m-%d %H:%M}"

    @property
    def ms(self) -> int | None:
        """The mean time to answer."""
        return self.ms_total // self.ms_count if self.ms_count else None


class StatusPeriod(models.Model):
    """How long an application was as it was: the history of `Application.status`, of which one is open."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="status_periods")
    status = models.CharField(max_length=8, choices=Status)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    objects = StatusPeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(ended__isnull=True), name="applications_one_status"
            )
        ]
        indexes = [models.Index(fields=["application", "ended"], name="applications_statuses")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.status} {self.began:%Y-%m-%d %H:%M}"


class Outage(models.Model):
    """An application does not work, as the checks found or as its keepers declared; what is said of it is a pair."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="outages")
    began = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)
    # Declared by hand: it ends by hand too. Otherwise the checks end it.
    is_declared = models.BooleanField(default=False)
    note_fr = models.CharField(_("What is happening, in French"), max_length=300, blank=True)
    note_en = models.CharField(_("What is happening, in English"), max_length=300, blank=True)
    # Who looks after it: the first who said so.
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acknowledged = models.DateTimeField(null=True)

    note = Pair("note")

    objects = OutageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(ended__isnull=True), name="applications_one_outage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.began:%Y-%m-%d %H:%M}"

    @property
    def is_of_today(self) -> bool:
        """Whether it began today: the hour alone says it."""
        return timezone.localdate(self.began) == timezone.localdate()

    @property
    def lasted(self) -> timedelta:
        """How long; up to now while it lasts."""
        return (self.ended or timezone.now()) - self.began


STATES = {UP: Status.UP.value, DEGRADED: Status.DEGRADED.value, DOWN: Status.DOWN.value}

# What a check finds besides what can go wrong on the way (see `foundation.outgoing.problems`).
SENTENCES: dict[str, Any] = {
    **PROBLEMS,
    "code_class": _("The machine answered with a code of the series %(series)s00."),
    "text": _("The page does not hold the expected text."),
    "took": _("It answered slowly."),
    "expired": _("The certificate is past its end."),
    "expires": _("The certificate ends soon."),
    "wrong_name": _("The certificate is for another machine."),
    "network": _("Most applications seemed away at once: it was the network of the portal."),
    "fault": _("The check itself met a fault: tell the operator."),
}


def sentence_of(problem: str, data: dict[str, Any]) -> str:
    """A problem by its key, in the reader's language."""
    if not problem:
        return ""
    # An unknown key or lost values are no reason for a page to fail.
    try:
        return str(SENTENCES[problem]) % data
    except (KeyError, ValueError, TypeError):
        return problem
