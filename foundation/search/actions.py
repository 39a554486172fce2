"""The queue of the index: put in, take out."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from .models import Outbox


def queue(content_ids: Iterable[int]) -> None:
    """Mark content as changed since it was indexed. Inside the transaction of the change, so that none is lost."""
    now = timezone.now()
    Outbox.objects.bulk_create(
        [Outbox(content_id=pk, queued=now) for pk in content_ids],
        update_conflicts=True,
        unique_fields=["content"],
        update_fields=["queued"],
    )


def read_batch(size: int = 500) -> list[Outbox]:
    """The oldest rows, for an indexer."""
    return list(Outbox.objects.oldest_first()[:size])


@transaction.atomic
def clear_batch(batch: Iterable[Outbox]) -> int:
    """Forget rows that are in the index. Those queued again since they were read stay. Answers how many went."""
    gone = 0
    for row in batch:
        gone += Outbox.objects.filter(pk=row.pk, queued=row.queued).delete()[0]
    return gone
