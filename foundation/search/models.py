"""The outbox: what has changed since the index last saw it, written in the transaction of the change."""

from django.db import models
from django.utils import timezone

from foundation.content.models import Content

from .querysets import OutboxQuerySet


class Outbox(models.Model):
    """One row per content waiting to be indexed again. The indexer deletes exactly the rows it has read."""

    # No constraint: what was purged must still be taken out of the index.
    content = models.OneToOneField(Content, models.DO_NOTHING, db_constraint=False, related_name="+")
    # Changes once more while the indexer reads: then it stays for the next round.
    queued = models.DateTimeField(default=timezone.now)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return str(self.content_id)
