"""Files of any content: content-addressed blobs, and the attachments that name them."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from foundation.content.models import Content

from .querysets import AttachmentQuerySet


class Blob(models.Model):
    """The bytes, once, under their own sha256. Never changed. Seen only through what refers to it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> str:
        """Its name in the storage."""
        return f"blobs/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class Attachment(models.Model):
    """One file on one content, under the name its sender gave it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(Content, models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    # Decided by us from the bytes and the name, never taken from the sender's browser.
    media_type = models.CharField(max_length=100)
    is_image = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["content", "created"], name="attachment_of_content")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:attachment", args=[self.uuid, self.name])

    @property
    def extension(self) -> str:
        """For people: "PDF"; empty when there is none."""
        return self.name.rpartition(".")[2].upper()[:5] if "." in self.name else ""
