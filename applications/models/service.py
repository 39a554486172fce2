"""How applications come into the register by themselves: the systems that register them, what they said of which, what
waits for a decision, and what was received."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.audiences.models import Audience
from foundation.spaces.models import Space
from foundation.ui.addresses import address
from foundation.ui.pairs import reading_language

from ..querysets.service import ProposalQuerySet, ReceptionQuerySet, RegistrarQuerySet
from .applications import Application

# Minutes between two readings of a manifest's address.
MINUTES = (1, 7 * 24 * 60)


class Part(models.TextChoices):
    """What of a manifest may wait for somebody (see `manifests.PARTS`)."""

    NEW = "new", _("An application that is not in the register yet")
    NAME = "name", _("Its names")
    ADDRESS = "address", _("Its addresses")
    AUDIENCE = "audience", _("Who sees it and who may open it")
    STAGE = "stage", _("Its stage, and what takes its place")
    OWNER = "owner", _("Who answers for it")
    WORDS = "words", _("Its description, help, icon and category")
    SUPPORT = "support", _("Its support")
    MAINTENANCE = "maintenance", _("Its maintenance")


def guarded_parts() -> list[str]:
    """What waits for somebody unless the register says otherwise."""
    return ["new", "name", "address", "audience", "stage", "owner"]


class Registrar(models.Model):
    """A system that may register applications in one register: it pushes signed manifests, or has one that is read."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # A system's own name is the same in both languages.
    name = models.CharField(_("Name of the system"), max_length=120)
    space = models.ForeignKey(Space, models.PROTECT, related_name="registrars", verbose_name=_("Register"))
    # In whose name: their rights in the register decide what may come in.
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Keeper"))
    # Sealed (`sealing.seal`). Shown once, when it is made.
    secret = models.CharField(max_length=300, editable=False)
    # Patterns of names (`manifests.hosts`): where its applications may lead.
    hosts = models.JSONField(_("Machines"), default=list)
    # What it registers may be narrowed to a part of these people. Null: whoever reads the register.
    audience = models.ForeignKey(
        Audience, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("At most for")
    )
    # Of `Part`.
    guarded = models.JSONField(_("What waits for approval"), default=guarded_parts)
    manifest_address = models.CharField(_("Address of the manifest"), max_length=500, blank=True)
    every = models.PositiveIntegerField(
        _("Read every (minutes)"),
        default=15,
        validators=[MinValueValidator(MINUTES[0]), MaxValueValidator(MINUTES[1])],
    )
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    # What the machine said the last time, for conditional requests. Kept only once everything was taken in.
    etag = models.CharField(max_length=300, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)
    last_seen = models.DateTimeField(null=True, editable=False)
    last_ok = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    next_poll = models.DateTimeField(default=timezone.now, editable=False)
    # One reader at a time; a killed one's expires.
    lease_holder = models.CharField(max_length=64, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = RegistrarQuerySet.as_manager()

    class Meta:
        verbose_name = _("system that registers applications")
        verbose_name_plural = _("systems that register applications")
        indexes = [
            models.Index(
                fields=["next_poll"],
                condition=models.Q(is_active=True),
                name="applications_manifest_due",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("applications:registrar", self.uuid)

    @property
    def health(self) -> str:
        """asleep, failing, late, waiting (nothing came yet) or ok."""
        if not self.is_active:
            return "asleep"
        if self.failures:
            return "failing"
        # Two intervals and five minutes: one reading that found the worker busy is no news.
        if self.manifest_address and self.next_poll < timezone.now() - timedelta(minutes=self.every * 2 + 5):
            return "late"
        return "ok" if self.last_ok else "waiting"


class Registration(models.Model):
    """One application as its system knows it: the key is the system's for as long as the application exists.

    `settled`: what was decided of the system's words, by field; the same words again are no news, whether they were
    taken in or refused, and what people wrote over them stays.
    """

    key = models.SlugField(max_length=60, unique=True)
    registrar = models.ForeignKey(Registrar, models.PROTECT, related_name="registrations")
    application = models.OneToOneField(Application, models.CASCADE, null=True, related_name="registration")
    version = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    # The last manifest that was read whole.
    said = models.JSONField(default=dict)
    settled = models.JSONField(default=dict)
    # Where the system says that its health is asked.
    health_address = models.CharField(max_length=500, blank=True)
    # The last of these for which a check was made: what keepers do with the check afterwards stays.
    health_followed = models.CharField(max_length=500, blank=True)
    seen = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class Proposal(models.Model):
    """What a system wants changed in the register: waits, or was applied at once, approved, refused, or overtaken."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("proposal", "Waiting")
        APPLIED = "applied", pgettext_lazy("proposal", "Applied at once")
        APPROVED = "approved", pgettext_lazy("proposal", "Approved")
        REFUSED = "refused", pgettext_lazy("proposal", "Refused")
        SUPERSEDED = "superseded", pgettext_lazy("proposal", "Overtaken")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registrar = models.ForeignKey(Registrar, models.PROTECT, related_name="proposals")
    # Null: a new one.
    application = models.ForeignKey(Application, models.CASCADE, null=True, related_name="proposals")
    key = models.SlugField(max_length=60)
    version = models.CharField(max_length=40, blank=True)
    # Plain values by field (see `manifests.meaning`); `before`: what the register said then.
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created = models.DateTimeField(default=timezone.now)
    decided = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["registrar", "-created"], name="applications_proposals")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state="waiting"), name="applications_one_proposal_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    def get_absolute_url(self) -> str:
        return address("applications:proposal", self.uuid)

    @property
    def name(self) -> str:
        """The application's, or the one it would have."""
        if self.application is not None:
            return self.application.display_title
        other = self.values.get("title_translated") if reading_language() == "en" else ""
        return str(other or self.values.get("title") or self.key)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_new(self) -> bool:
        """Whether it proposed an application that was not in the register."""
        return not self.before


class Reception(models.Model):
    """What came from a system, by which way, and what became of it. A quiet night is one row, counted in `times`."""

    class Way(models.TextChoices):
        PUSH = "push", pgettext_lazy("way", "Sent")
        POLL = "poll", pgettext_lazy("way", "Read")
        COMMAND = "command", pgettext_lazy("way", "By an operator")

    class Result(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("reception", "Taken in")
        WAITING = "waiting", pgettext_lazy("reception", "Waits for a decision")
        UNCHANGED = "unchanged", pgettext_lazy("reception", "Nothing new")
        STALE = "stale", pgettext_lazy("reception", "Older than what is known: left aside")
        INVALID = "invalid", pgettext_lazy("reception", "Refused")
        FAILED = "failed", pgettext_lazy("reception", "Not received")
        UNSIGNED = "unsigned", pgettext_lazy("reception", "Not signed as it should be")

    registrar = models.ForeignKey(Registrar, models.CASCADE, related_name="receptions")
    at = models.DateTimeField(default=timezone.now)
    last = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)
    way = models.CharField(max_length=7, choices=Way)
    key = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=9, choices=Result)
    # `Flaw.kept`: sentences are in `manifests.problems`.
    problems = models.JSONField(default=list)
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, related_name="receptions")
    # Of a push: the same one is refused a second time, whatever was restarted in between.
    signature = models.CharField(max_length=80, null=True)

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["registrar", "-last", "-id"], name="applications_receptions")]
        constraints = [
            models.UniqueConstraint(
                fields=["registrar", "signature"],
                condition=models.Q(signature__isnull=False),
                name="applications_push_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.registrar_id} {self.at:%Y-%m-%d %H:%M} {self.result}"

    @property
    def is_good(self) -> bool:
        return self.result not in (self.Result.INVALID, self.Result.FAILED, self.Result.UNSIGNED)

    @property
    def flaws(self) -> list[dict[str, Any]]:
        """What is wrong, without what was only noted."""
        return [one for one in self.problems if not one.get("warning")]
