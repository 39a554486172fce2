"""What people were responsible for, and to whom it passed: because they left, or because they gave it on."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from foundation.content.models import Content
from foundation.spaces.models import Space

from ..querysets import HandoverItemQuerySet
from .groups import Group


class Handover(models.Model):
    """What somebody owned passed to somebody else, on leaving or by choice; null when there was nobody to take it."""

    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handed_over")
    heir = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="received")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.leaver_id} to {self.heir_id}"


class HandoverItem(models.Model):
    """One thing that passed: a content, a space or a group."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    content = models.ForeignKey(Content, models.CASCADE, null=True, related_name="+")
    space = models.ForeignKey(Space, models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="+")

    objects = HandoverItemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.content_id or self.space_id or self.group_id}"
