"""The queue of the index: put in, take out."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .models import ObjectOutbox, Outbox, SpaceOutbox


def queue(content_ids: Iterable[int]) -> None:
    """Mark content as changed since it was indexed. Inside the transaction of the change, so that none is lost."""
    now = timezone.now()
    Outbox.objects.bulk_create(
        [Outbox(content_id=pk, queued=now) for pk in content_ids],
        update_conflicts=True,
        unique_fields=["content"],
        update_fields=["queued"],
        batch_size=1_000,
    )


def queue_objects(label: str, keys: Iterable[int]) -> None:
    """The same for what is no content: `queue_objects("directory.person", ids)`."""
    now = timezone.now()
    ObjectOutbox.objects.bulk_create(
        [ObjectOutbox(label=label, key=key, queued=now) for key in keys],
        update_conflicts=True,
        unique_fields=["label", "key"],
        update_fields=["queued"],
        batch_size=1_000,
    )


def queue_noted(names: Iterable[str]) -> None:
    """What was indexed while a new index was built, as its journal names it."""
    contents: list[int] = []
    others: dict[str, list[int]] = {}
    for name in names:
        label, _dot, key = name.rpartition(".")
        (others.setdefault(label, []) if label else contents).append(int(key))
    queue(sorted(contents))
    for label, keys in others.items():
        queue_objects(label, sorted(keys))


def queue_space(space_id: int) -> None:
    """Mark all content of a space as changed, because its readers have. One row, in the transaction of the change."""
    SpaceOutbox.objects.update_or_create(space_id=space_id, defaults={"queued": timezone.now(), "done_to": 0})


def read_batch(size: int = 500) -> list[Outbox]:
    """The oldest rows, for an indexer."""
    return list(Outbox.objects.oldest_first()[:size])


def read_objects(size: int = 500) -> list[ObjectOutbox]:
    """The same of what is no content."""
    return list(ObjectOutbox.objects.oldest_first()[:size])


@transaction.atomic
def clear_batch(batch: Iterable[Outbox | ObjectOutbox]) -> int:
    """Forget rows that are in the index. Those queued again since they were read stay. Answers how many went."""
    by_moment: dict[tuple[type[Outbox | ObjectOutbox], datetime], list[int]] = {}
    for row in batch:
        by_moment.setdefault((type(row), row.queued), []).append(row.pk)
    return sum(
        model.objects.filter(pk__in=pks, queued=queued).delete()[0] for (model, queued), pks in by_moment.items()
    )


def note_progress(row: SpaceOutbox, done_to: int | None) -> None:
    """The content of a space is indexed up to `done_to`; with None all of it. Queued again: from the start."""
    same = SpaceOutbox.objects.filter(pk=row.pk, queued=row.queued)
    if done_to is None:
        same.delete()
    else:
        same.update(done_to=done_to)
