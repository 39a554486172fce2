"""Shared documents: a snapshot, and what was changed since, as it came in."""

from django.db import models
from django.utils import timezone


class SharedDocument(models.Model):
    """What people write or draw together in one room: a Yjs document. Read it through `documents`."""

    kind = models.CharField(max_length=24)
    uuid = models.UUIDField()
    # Everything up to the last compaction, as one update; empty before the first.
    snapshot = models.BinaryField(default=b"")
    # How often it was compacted: who read another number than the row now has compacts nothing.
    version = models.PositiveIntegerField(default=0)
    # The kind was told of the changes up to this row (see `rooms.kinds.RoomKind.settled`).
    settled = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "uuid"], name="shared_document_of_room")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class DocumentUpdate(models.Model):
    """Changes of one document, as people made them within a moment (see `updates.packed`)."""

    document = models.ForeignKey(SharedDocument, models.CASCADE, related_name="updates")
    data = models.BinaryField()
    # Whose changes they are: ids of people.
    people = models.JSONField(default=list)
    # Made by the portal itself, not by somebody in the room: open rooms look for these.
    from_server = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(from_server=True), name="document_update_from_server")
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.document_id}"
