"""What leaves: systems told of publications, what they were told, and the secret addresses of people's feeds."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.activity.models import Activity
from foundation.spaces.models import Space
from foundation.ui.addresses import address

from ..querysets.webhooks import DeliveryQuerySet, FeedKeyQuerySet, WebhookQuerySet


class Webhook(models.Model):
    """A system that is told, at its address and signed, when something is published, corrected or ended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    address = models.CharField(_("Address"), max_length=500)
    # Sealed (`sealing.seal`). Shown once, when it is made.
    secret = models.CharField(max_length=300, editable=False)
    # Empty: all genres.
    genres = models.JSONField(_("Genres"), default=list, blank=True)
    # Null: all sites.
    space = models.ForeignKey(
        Space, models.CASCADE, null=True, blank=True, related_name="webhooks", verbose_name=_("Site")
    )
    # What is not for the whole city is told without its title.
    narrowed_too = models.BooleanField(_("Also what is not for the whole city (without titles)"), default=False)
    is_active = models.BooleanField(default=True)
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Keeper"))
    created = models.DateTimeField(default=timezone.now, editable=False)
    # Deliveries that failed for good, one after the other.
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_ok = models.DateTimeField(null=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("publications:webhook", self.uuid)


class WebhookDelivery(models.Model):
    """One message to one system. The row is the queue: written in the transaction of the change."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        DONE = "done", pgettext_lazy("delivery", "Delivered")
        FAILED = "failed", pgettext_lazy("delivery", "Given up")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, related_name="+")
    event = models.CharField(max_length=32)
    # The very text that is signed: the same at each attempt.
    body = models.TextField()
    created = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    # Being sent until then: a killed worker's is taken up again.
    lease_until = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    # The answer's code; null: there was none, and `problem` says why.
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    # Its first bytes, for whoever looks for the cause.
    answer = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try"], condition=models.Q(state="waiting"), name="publications_delivery_due"),
            models.Index(fields=["webhook", "-created"], name="publications_deliveries"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}: {self.state}"


class FeedKey(models.Model):
    """The secret in the addresses of one person's feeds and calendar: it reads these and nothing else.

    Shown once; only its hash is kept.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_key")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    last_used = models.DateField(null=True)

    objects = FeedKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"feed key of {self.person_id}"
