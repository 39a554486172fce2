"""The one indexer: what the outbox holds goes into the index, committed every second while there is something.

Order is what loses nothing: committed first, forgotten in the outbox after. Killed in between, it does the same again.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from haystack import connections

from foundation.content.models import Content, Share

from .actions import clear_batch, note_progress, queue, queue_objects, read_batch, read_objects
from .folders import Busy
from .indexes import FINDABLE, STAMPED, stamp_of
from .models import ObjectOutbox, Outbox, SpaceOutbox
from .rebuilding import Rebuilding, content_types, indexes_by_kind, indexes_of_objects
from .sorts import labels_of_content

logger = logging.getLogger(__name__)

EVERY_SECONDS, BUSY_SECONDS = 1.0, 5.0
BATCH = 500
CATCH_UP_BATCH = 1_000


class Indexer:
    """Works on the default connection. Used by one thread."""

    def __init__(self, using: str = "default") -> None:
        self.backend = connections[using].get_backend()
        self._rebuilding: Rebuilding | None = None
        self._shares_seen = timezone.now() - timedelta(days=2)

    def round(self) -> int:
        """Do one batch of everything that waits. Answers how many contents were written; 0 when nothing is left.

        Raises Busy while another process writes.
        """
        self.backend.take_writer()
        done = self._outbox() + self._objects() + self._spaces() if self._is_readable() else 0
        return done + self._rebuild()

    def settle(self) -> int:
        """Everything that waits, until nothing is left. Answers how many contents were written."""
        total = 0
        while done := self.round():
            total += done
        return total

    def close(self) -> None:
        """Let another process write."""
        self.backend.close()

    # -- what changed

    def _outbox(self) -> int:
        with self.backend.folders.turn().held():
            batch = read_batch(BATCH)
            if batch:
                self._index([row.content_id for row in batch])
        clear_batch(batch)
        return len(batch)

    def _objects(self) -> int:
        """What is no content."""
        with self.backend.folders.turn().held():
            batch = read_objects(BATCH)
            if batch:
                self.backend.folders.note(f"{row.label}.{row.key}" for row in batch)
                with self._reporting():
                    write_objects(self.backend, [(row.label, row.key) for row in batch])
                    self.backend.commit()
        clear_batch(batch)
        return len(batch)

    def _spaces(self) -> int:
        """One batch of one space whose readers changed."""
        row = SpaceOutbox.objects.oldest_first().first()
        if row is None:
            return 0
        with self.backend.folders.turn().held():
            following = Content.objects.filter(space_id=row.space_id, pk__gt=row.done_to).order_by("pk")
            pks = list(following.values_list("pk", flat=True)[:BATCH])
            if pks:
                self._index(pks)
        note_progress(row, pks[-1] if len(pks) == BATCH else None)
        return max(1, len(pks))

    def _index(self, pks: Sequence[int]) -> None:
        """Write contents as they are now, or take them out, and commit."""
        self.backend.folders.note(map(str, pks))
        with self._reporting():
            write(self.backend, pks)
            self.backend.commit()

    def queue_expired_shares(self) -> int:
        """Shares end without anybody doing anything: what they showed is indexed again. Once a minute."""
        now = timezone.now()
        ended = Share.objects.filter(withdrawn__isnull=True, expires__gt=self._shares_seen, expires__lte=now)
        pks = set(ended.values_list("content_id", flat=True))
        queue(pks)
        self._shares_seen = now
        return len(pks)

    # -- a missing or damaged index

    def _is_readable(self) -> bool:
        folder = self.backend.folders.current()
        return folder is not None and not self.backend.folders.is_damaged(folder) and self.backend.is_there()

    def _rebuild(self) -> int:
        """One batch of a rebuild, when there is no index to read. A rebuild by hand goes on by itself."""
        if self._rebuilding is None:
            if self._is_readable():
                return 0
            with contextlib.suppress(Busy):
                self._rebuilding = Rebuilding(self.backend)
        if self._rebuilding is None:
            return 0
        done = self._rebuilding.step()
        if done is None:
            self._rebuilding = None
            return 1
        return max(1, done)

    @contextlib.contextmanager
    def _reporting(self) -> Any:
        """An index that cannot be written to is built again; the outbox keeps what was not written. A database that is
        away says nothing of the index."""
        folder = self.backend.folders.current()
        try:
            yield
        except (Busy, DatabaseError, InterfaceError):
            raise
        except Exception as error:
            if folder is not None:
                self.backend.folders.report_damage(folder, error)
            self.backend.close()
            raise

    # -- once a day

    def catch_up(self) -> int:
        """Compare database and index, batch by batch, and queue what differs: what bulk updates missed, what was
        purged. Answers how many things were queued."""
        if not self._is_readable():
            return 0
        return self._catch_up_content() + sum(map(self._catch_up_objects, indexes_of_objects()))

    def _catch_up_objects(self, label: str) -> int:
        index, differing = indexes_of_objects()[label], set()
        there = self.backend.stamps(-1, 2**62, [label])
        for one in index.index_queryset().order_by("pk").iterator(CATCH_UP_BATCH):
            if there.pop(f"{label}.{one.pk}", None) != index.prepare_stamp(one):
                differing.add(one.pk)
        differing |= {int(name.rpartition(".")[2]) for name in there}
        queue_objects(label, differing)
        return len(differing)

    def _catch_up_content(self) -> int:
        found, low = 0, 0
        types, labels = content_types(), labels_of_content()
        while True:
            rows = list(
                Content.objects.filter(pk__gt=low, state__in=FINDABLE, kind__in=labels)
                .order_by("pk")
                .values_list("pk", "kind", *STAMPED)[:CATCH_UP_BATCH]
            )
            high = rows[-1][0] if len(rows) == CATCH_UP_BATCH else 2**62
            there = self.backend.stamps(low, high, types)
            expected = {f"{labels[row[1]]}.{row[0]}": stamp_of(tuple(row[2:])) for row in rows}
            differing = {name for name, stamp in expected.items() if there.get(name) != stamp}
            differing |= there.keys() - expected.keys()
            queue({int(name.rpartition(".")[2]) for name in differing})
            found += len(differing)
            if high == 2**62:
                return found
            low = high


def write(backend: Any, pks: Collection[int]) -> None:
    """Put contents into an index as they are now; take out what nobody finds. Does not commit."""
    kind_of = dict(Content.objects.filter(pk__in=pks, state__in=FINDABLE).values_list("pk", "kind"))
    left = set(pks)
    for kind, index in indexes_by_kind().items():
        theirs = [pk for pk in pks if kind_of.get(pk) == kind]
        if theirs:
            objects = list(index.index_queryset().filter(pk__in=theirs))
            backend.update(index, objects, commit=False)
            left -= {one.pk for one in objects}
    backend.take_out([f"{label}.{pk}" for label in content_types() for pk in sorted(left)], commit=False)


def write_objects(backend: Any, pairs: Collection[tuple[str, int]]) -> None:
    """The same for what is no content, by (label, key)."""
    left = set(pairs)
    for label, index in indexes_of_objects().items():
        keys = [key for other, key in pairs if other == label]
        if keys:
            objects = list(index.index_queryset().filter(pk__in=keys))
            backend.update(index, objects, commit=False)
            left -= {(label, one.pk) for one in objects}
    backend.take_out([f"{label}.{key}" for label, key in sorted(left)], commit=False)


def index_until(stop: threading.Event, using: str = "default") -> None:
    """The indexer's life, in a thread of the worker. Another process that writes is waited for; a fault is logged."""
    indexer: Indexer | None = None
    next_minute, caught_up = time.monotonic() + 60, timezone.now()
    while not stop.is_set():
        wait = EVERY_SECONDS
        try:
            indexer = indexer or Indexer(using)
            begun = time.monotonic()
            if time.monotonic() >= next_minute:
                next_minute = begun + 60
                indexer.queue_expired_shares()
                if nightly(caught_up, timezone.now()):
                    caught_up = timezone.now()
                    if queued := indexer.catch_up():
                        logger.warning("%s things differed from the search index and are indexed again", queued)
            if indexer.round():
                wait = max(0.0, EVERY_SECONDS - (time.monotonic() - begun)) if not is_much_waiting() else 0.0
        except Busy:
            wait = BUSY_SECONDS
        except Exception:
            logger.exception("the indexer met a fault and tries again")
            wait = BUSY_SECONDS
        finally:
            close_old_connections()
        stop.wait(wait)
    if indexer:
        indexer.close()


def is_much_waiting() -> bool:
    """Whether more than one batch waits."""
    more = (model.objects.all()[BATCH : BATCH + 1].exists() for model in (Outbox, ObjectOutbox))
    return any(more) or SpaceOutbox.objects.exists()


def nightly(last: datetime | None, now: datetime) -> bool:
    """Whether the catch-up is due: at the first upkeep after three in the morning."""
    local = timezone.localtime(now)
    due = local.replace(hour=3, minute=0, second=0, microsecond=0)
    return local >= due and (last is None or last < due)
