"""Acknowledgements: who is asked to read what, in which version, and the proof that they did; readings."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.content.models import Content
from foundation.ui.pairs import Pair

from .querysets import AcknowledgementQuerySet, RequestQuerySet, TargetQuerySet


class Mode(models.TextChoices):
    """What the person declares."""

    READ = "read", _("I have read")
    AGREE = "agree", _("I have read and agree")


def default_reminders() -> list[int]:
    """Days after the due date; negative ones come before."""
    return [-3, 0, 7]


class Request(models.Model):
    """People are asked to acknowledge a content. At most one is open per content; closed ones stay.

    PROTECT everywhere: a proof outlives the wish to delete what it proves.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(Content, models.PROTECT, related_name="acknowledgement_requests")
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.READ)
    due = models.DateTimeField(null=True, blank=True)
    reminders = models.JSONField(default=default_reminders)
    # Days after a person's due date; null: never.
    escalate_after = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(365)])
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked = models.DateTimeField(default=timezone.now)
    closed = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # What one acknowledges now; null only within the transaction that makes both.
    current = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    # The number of the last version that everyone must acknowledge: the first, or the last material one.
    required = models.PositiveSmallIntegerField(default=1)
    # The background work that makes the targets agree with the request (see `actions.settling`): when it last began
    # or went on, up to which person it came, and when it ended; null while there is some left.
    swept = models.DateTimeField(default=timezone.now, editable=False)
    swept_to = models.BigIntegerField(default=0, editable=False)
    settled = models.DateTimeField(null=True, blank=True, editable=False)
    # The end of the first settling: whoever is added later joined.
    frozen = models.DateTimeField(null=True, blank=True, editable=False)
    # When joiners and leavers were last looked for.
    checked = models.DateTimeField(default=timezone.now, editable=False)
    # When everyone pending was last reminded by hand.
    reminded = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content"], condition=models.Q(closed__isnull=True), name="acknowledgement_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["checked"], condition=models.Q(closed__isnull=True), name="acknowledgement_check"),
            models.Index(fields=["swept"], condition=models.Q(settled__isnull=True), name="acknowledgement_unsettled"),
        ]
        verbose_name = _("request for acknowledgement")
        verbose_name_plural = _("requests for acknowledgement")

    def __str__(self) -> str:
        return f"{self.content_id}: {self.mode}"


class Version(models.Model):
    """One state of the text, as it was shown in each language. Never changed."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    # {"fr": sha256 of the very text shown, "en": …}
    hashes = models.JSONField()
    # Everyone must acknowledge again.
    is_material = models.BooleanField(default=True)
    note_fr = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    note = Pair("note")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="acknowledgement_version_once")]
        verbose_name = _("version of a text")
        verbose_name_plural = _("versions of a text")

    def __str__(self) -> str:
        return f"{self.request_id}.{self.number}"


class Target(models.Model):
    """One person who is asked. Kept when they leave or lose sight of it: then `left` says since when.

    `is_pending` is what the one query of every page reads: still asked, still concerned, not done. Every action that
    changes one of the three writes it too; the settling compares and repairs.
    """

    # Its own unique constraint is the index.
    request = models.ForeignKey(Request, models.PROTECT, related_name="targets", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    # Theirs: who joins later has more time than the others.
    due = models.DateTimeField(null=True)
    # The numbers of the version they must acknowledge, and of the last they did; 0 for none.
    required = models.PositiveSmallIntegerField(default=1)
    done = models.PositiveSmallIntegerField(default=0)
    last = models.ForeignKey("Acknowledgement", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    is_pending = models.BooleanField(default=True)
    left = models.DateTimeField(null=True, blank=True)
    # When the next reminder is due, and when the last wave reached them.
    next_reminder = models.DateTimeField(null=True, blank=True)
    reminded = models.DateTimeField(null=True, blank=True)
    # When their manager is to be told, and was.
    escalates = models.DateTimeField(null=True, blank=True)
    escalated = models.DateTimeField(null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="acknowledgement_target_once")]
        indexes = [
            # "What must I still acknowledge?" is this index alone: it holds only what is pending.
            models.Index(fields=["person", "due"], condition=models.Q(is_pending=True), name="acknowledgement_pending"),
            models.Index(fields=["person", "-since", "-id"], name="acknowledgement_of_person"),
            models.Index(
                fields=["next_reminder"],
                condition=models.Q(is_pending=True, next_reminder__isnull=False),
                name="acknowledgement_reminder",
            ),
            models.Index(
                fields=["escalates"],
                condition=models.Q(is_pending=True, escalates__isnull=False),
                name="acknowledgement_escalates",
            ),
        ]
        verbose_name = _("person asked")
        verbose_name_plural = _("people asked")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.person_id}"

    @property
    def state(self) -> str:
        """One of `registers.STATES`."""
        return state_of(self.done, self.required, self.left, self.due, timezone.now())

    @property
    def is_overdue(self) -> bool:
        return self.state == "overdue"


def state_of(done: int, required: int, left: datetime | None, due: datetime | None, now: datetime) -> str:
    """Where a person is: done, left (no longer concerned), overdue or pending."""
    if done >= required:
        return "done"
    if left is not None:
        return "left"
    return "overdue" if due is not None and due < now else "pending"


class Acknowledgement(models.Model):
    """The proof: this person declared this, of this version, in this language, at this moment.

    SECURITY: append-only. No code changes or deletes one, and the database refuses to delete what it points to.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, models.PROTECT, related_name="proofs", db_index=False)
    target = models.ForeignKey(Target, models.PROTECT, related_name="proofs")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, related_name="proofs", db_index=False)
    language = models.CharField(max_length=2)
    # Of the text they had before them, copied from the version: the proof stands by itself.
    content_hash = models.CharField(max_length=64)
    mode = models.CharField(max_length=5, choices=Mode)
    at = models.DateTimeField(default=timezone.now)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="acknowledgement_once")]
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")

    def __str__(self) -> str:
        return f"{self.person_id}: {self.version_id} ({self.language})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a proof is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("a proof is never deleted")


class Alert(models.Model):
    """Somebody else was told that a person has not acknowledged: their manager, or who stands in. Once each."""

    class Kind(models.TextChoices):
        DELEGATE = "delegate", _("Stand-in")
        MANAGER = "manager", _("Manager")

    request = models.ForeignKey(Request, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The one who is away; null for a manager, told once of all their people.
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person", "about"],
                condition=models.Q(kind="delegate"),
                name="acknowledgement_alert_delegate",
            ),
            models.UniqueConstraint(
                fields=["request", "person"],
                condition=models.Q(kind="manager"),
                name="acknowledgement_alert_manager",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind} {self.person_id}"


class Reading(models.Model):
    """One distinct reader of a content, without saying who: a keyed hash (see `readings.py`). No date, on purpose."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="readings", db_index=False)
    mark = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content", "mark"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.content_id}"
