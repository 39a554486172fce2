"""Activities (what happened), notifications (who is told), read marks and follows."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.audiences.models import Audience
from foundation.content.models import Content
from foundation.spaces.models import Space

from .querysets import ActivityQuerySet, FollowQuerySet, NotificationQuerySet
from .verbs import Verb, verb_of


class Activity(models.Model):
    """One thing that happened: never changed, gone only with what it speaks of. Also the audit log."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verb = models.CharField(max_length=48)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    content = models.ForeignKey(Content, models.CASCADE, null=True, related_name="activities")
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="activities")
    # Plain values only: rendered at read time, in the reader's language.
    data = models.JSONField(default=dict)
    created = models.DateTimeField(default=timezone.now)
    fanned_out = models.DateTimeField(null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["space", "-created"], name="activity_of_space"),
            models.Index(fields=["created"], condition=models.Q(fanned_out__isnull=True), name="activity_waiting"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def target(self) -> Content | Space | None:
        """What it happened to: the content, or else the space. The content has its space at hand."""
        if self.content is not None and self.space is not None and self.content.space_id == self.space_id:
            self.content.space = self.space
        return self.content or self.space

    @property
    def kind(self) -> Verb:
        return verb_of(self.verb)

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language. Reads `actor`, `content` and `space`: select them first."""
        return str(self.kind.sentence) % {
            "actor": self.actor.name,
            "title": self.content.display_title if self.content else "",
            "space": self.space.name if self.space else "",
            **self.kind.words(self),
        }

    @property
    def note(self) -> str:
        """A word of whoever did it to those who are told; empty for most."""
        return str(self.data.get("note") or "")


class Notification(models.Model):
    """Someone is told of an activity: one person, or an audience as one row."""

    class Reason(models.TextChoices):
        MENTION = "mention", _("You are mentioned")
        REPLY = "reply", _("Reply to you")
        FOLLOW = "follow", _("You follow this")
        MEMBER = "member", _("You are a member")
        AUDIENCE = "audience", _("Addressed to you")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notifications")
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    created = models.DateTimeField(default=timezone.now)
    # When the one person read it; an audience has read marks.
    read = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, audience__isnull=True)
                | models.Q(person__isnull=True, audience__isnull=False, read__isnull=True),
                name="notification_person_xor_audience",
            ),
            # A fan-out that runs twice tells nobody twice.
            models.UniqueConstraint(fields=["activity", "person"], name="notification_person_once"),
            models.UniqueConstraint(
                fields=["activity", "audience"],
                condition=models.Q(audience__isnull=False),
                name="notification_audience_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-created", "-id"], name="notification_of_person"),
            models.Index(fields=["person"], condition=models.Q(read__isnull=True), name="notification_unread"),
            models.Index(fields=["audience", "-created"], name="notification_of_audience"),
        ]

    def __str__(self) -> str:
        return self.activity.sentence

    @property
    def url(self) -> str:
        """Where the notification leads."""
        elsewhere = self.activity.kind.url
        if elsewhere is not None:
            return elsewhere(self.activity)
        return self.activity.target.get_absolute_url() if self.activity.target else ""


class ReadMark(models.Model):
    """One person read a notification addressed to an audience."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "notification"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.notification_id}"


class Follow(models.Model):
    """One person wants to hear of one content."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    content = models.ForeignKey(Content, models.CASCADE, related_name="follows")
    since = models.DateTimeField(default=timezone.now)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content", "person"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.content_id}"
