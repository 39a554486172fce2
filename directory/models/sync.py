"""The sync with LDAP: its runs, what was wrong with entries, and where it stands."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..querysets import SyncRunQuerySet, SyncStateQuerySet


class SyncRun(models.Model):
    """One run: what it read, what it changed, how it ended. A watch writes one per batch of changes."""

    class Mode(models.TextChoices):
        FULL = "full", _("Full")
        CHANGES = "changes", _("Changes")
        WATCH = "watch", _("Watch")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        # The guard: too many people would have been deactivated.
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mode = models.CharField(max_length=8, choices=Mode)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    is_dry_run = models.BooleanField(default=False)
    is_forced = models.BooleanField(default=False)
    started = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)
    # {"people_read": 28000, "people_added": 3…}: the names are those of `sync.report.Counts`.
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-started"], name="sync_run_newest")]

    def __str__(self) -> str:
        return f"{self.mode} {self.started:%Y-%m-%d %H:%M} {self.state}"


class SyncProblem(models.Model):
    """Something wrong with one entry, which did not stop the run."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="problems")
    # A key of `sync.problems.PROBLEMS`, which carries the sentence in both languages.
    code = models.CharField(max_length=40)
    dn = models.CharField(max_length=500)
    # Plain values for the sentence.
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.code}: {self.dn}"


class SyncState(models.Model):
    """Where the sync stands: one row. The cookie is written in the transaction of the changes it stands for."""

    # The server, base and filter the rest belongs to: another one starts over.
    source = models.CharField(max_length=500, blank=True)
    cookie = models.TextField(blank=True)
    # The newest modification seen, as the server writes it, where there is no cookie.
    modified = models.CharField(max_length=40, blank=True)
    # One sync at a time: whoever holds the lease renews it; a killed one's expires.
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # The last time a watch was known to be listening.
    watched = models.DateTimeField(null=True, blank=True)
    # The privacy policy by which words and photos were made (`actions.apply_policy`).
    policy = models.CharField(max_length=64, blank=True)

    objects = SyncStateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.source
