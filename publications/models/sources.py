"""Where official publications are taken in from: polled feeds, systems that push; what came, and how it went."""

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
from foundation.ui.pairs import Pair

from ..querysets.sources import RunQuerySet, SourceQuerySet
from .notices import Genre, Notice

MINUTES = (5, 7 * 24 * 60)


class Source(models.Model):
    """One feed or system of the city's official journal, the site it publishes in, and how what comes is mapped."""

    class Kind(models.TextChoices):
        FEED = "feed", _("A feed, read regularly (Atom or RSS)")
        PUSH = "push", _("A system that sends us its publications, signed")

    class Language(models.TextChoices):
        FRENCH = "fr", "Français"
        ENGLISH = "en", "English"
        AUTO = "auto", _("As each item says")

    class Arrival(models.TextChoices):
        PUBLISH = "publish", _("Publish at once")
        DRAFT = "draft", _("Keep as drafts for the editors")

    class Change(models.TextChoices):
        TOUCH_UP = "touch_up", _("Change the text, tell nobody")
        CORRECTION = "correction", _("Publish a correction, and tell its readers")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name_fr = models.CharField(_("Name in French"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=120, blank=True)
    kind = models.CharField(_("Kind"), max_length=4, choices=Kind, default=Kind.FEED)
    space = models.ForeignKey(Space, models.PROTECT, related_name="sources", verbose_name=_("Site"))
    address = models.CharField(_("Address of the feed"), max_length=500, blank=True)
    genre = models.CharField(_("Genre"), max_length=16, choices=Genre, default=Genre.PUBLIC_NOTICE)
    language = models.CharField(_("Language"), max_length=4, choices=Language, default=Language.FRENCH)
    # Null: whoever reads the site.
    audience = models.ForeignKey(
        Audience, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Audience")
    )
    arrival = models.CharField(_("What comes"), max_length=8, choices=Arrival, default=Arrival.PUBLISH)
    change = models.CharField(_("When it changes"), max_length=12, choices=Change, default=Change.TOUCH_UP)
    # The same journal in the other language: items with one id become one notice in both.
    pair = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="paired", verbose_name=_("Same journal as")
    )
    every = models.PositiveIntegerField(
        _("Read every (minutes)"),
        default=15,
        validators=[MinValueValidator(MINUTES[0]), MaxValueValidator(MINUTES[1])],
    )
    # In whose name: their rights in the site decide what may come in.
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Keeper"))
    # Sealed (`sealing.seal`). Shown once, when it is made.
    secret = models.CharField(max_length=300, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    # What the server said the last time, for conditional requests. Kept only once everything was written.
    etag = models.CharField(max_length=300, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)
    last_seen = models.DateTimeField(null=True, editable=False)
    last_ok = models.DateTimeField(null=True, editable=False)
    last_item = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    next_poll = models.DateTimeField(default=timezone.now, editable=False)
    # One reader at a time; a killed one's expires.
    lease_holder = models.CharField(max_length=64, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    name = Pair("name")

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        indexes = [
            models.Index(fields=["next_poll"], condition=models.Q(is_active=True), name="publications_source_due")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("publications:source", self.uuid)

    @property
    def is_feed(self) -> bool:
        return self.kind == self.Kind.FEED

    @property
    def health(self) -> str:
        """asleep, failing, late, waiting (nothing came yet) or ok."""
        if not self.is_active:
            return "asleep"
        if self.failures:
            return "failing"
        if not self.is_feed:
            return "ok" if self.last_seen else "waiting"
        # Two intervals and five minutes: one poll that found the worker busy is no news.
        if self.next_poll < timezone.now() - timedelta(minutes=self.every * 2 + 5):
            return "late"
        return "ok" if self.last_ok else "waiting"


class SourceItem(models.Model):
    """One publication of a source, known by the source's own id, and the notice it became."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="items")
    # Longer ids are kept as their hash.
    external_id = models.CharField(max_length=300)
    language = models.CharField(max_length=2)
    # Of everything that is taken over: the same one again changes nothing.
    digest = models.CharField(max_length=64)
    url = models.CharField(max_length=500, blank=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="source_items")
    # The revision last written from here: another one means that somebody changed the notice by hand.
    revision = models.PositiveBigIntegerField(null=True)
    created = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id", "language"], name="publications_source_item_once")
        ]

    def __str__(self) -> str:
        return self.external_id


class SourceRun(models.Model):
    """One reading of a feed, or one push: what came of it, and what was wrong."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("run", "Running")
        DONE = "done", pgettext_lazy("run", "Done")
        UNCHANGED = "unchanged", pgettext_lazy("run", "Nothing new")
        FAILED = "failed", pgettext_lazy("run", "Failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="runs")
    started = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    is_push = models.BooleanField(default=False)
    # {"read": 20, "added": 1, "drafted": 0, "corrected": 2, "ended": 0, "unchanged": 17}
    counts = models.JSONField(default=dict)
    # [{"code": …, "item": …, "data": {…}}]: sentences are in `problems.PROBLEMS`.
    problems = models.JSONField(default=list)
    # Of a push: the same one is refused a second time.
    signature = models.CharField(max_length=80, null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["source", "-started"], name="publications_runs")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "signature"],
                condition=models.Q(signature__isnull=False),
                name="publications_push_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.started:%Y-%m-%d %H:%M} {self.state}"

    @property
    def first_problem(self) -> dict[str, Any] | None:
        return self.problems[0] if self.problems else None
