"""A whole index built beside the one that is read, then put in its place. What is done is noted at each commit: killed
or stopped, it goes on from there."""

from collections.abc import Iterator
from typing import Any

from haystack import connections

from foundation.content.models import Content

from .actions import queue_noted
from .folders import Lock

BATCH, COMMIT_EVERY = 500, 20_000


def indexes() -> list[Any]:
    """Every app's search index, in a fixed order."""
    found = connections["default"].get_unified_index().get_indexes()
    return [found[model] for model in sorted(found, key=lambda one: one._meta.label_lower)]


def indexes_by_kind() -> dict[str, Any]:
    """The search indexes of content, by kind."""
    return {index.get_model().KIND: index for index in indexes() if issubclass(index.get_model(), Content)}


def indexes_of_objects() -> dict[str, Any]:
    """The search indexes of what is no content, by model: `{"directory.person": ...}`."""
    others = (index for index in indexes() if not issubclass(index.get_model(), Content))
    return {index.get_model()._meta.label_lower: index for index in others}


def content_types() -> list[str]:
    """How Haystack names the models of content that are indexed."""
    return [index.get_model()._meta.label_lower for index in indexes_by_kind().values()]


class Rebuilding:
    """Raises Busy when another process rebuilds. `fresh` throws away what an interrupted one has done."""

    def __init__(self, backend: Any, *, fresh: bool = False) -> None:
        self.folders = backend.folders
        self._lock = Lock(self.folders.root / "rebuild.lock")
        self._lock.take()
        left = None if fresh else self.folders.building()
        self.folder = left or self.folders.begin()
        self.backend = backend.beside(self.folder)
        # model label -> the last key that is committed; the number done so far under "done".
        self.progress = self.folders.progress(self.folder)
        self.is_resumed = bool(self.progress)
        self.done = int(self.progress.get("done", 0))
        self._uncommitted = 0
        self._batches = self._all_batches()

    def expected(self) -> int:
        """How many there are in all."""
        return sum(index.index_queryset().count() for index in indexes())

    def step(self) -> int | None:
        """One batch. Answers how many were written; None when all are and the new index is in its place."""
        written = next(self._batches, None)
        if written is None:
            self._finish()
            return None
        self.done += written
        self._uncommitted += written
        if self._uncommitted >= COMMIT_EVERY:
            self._commit()
        return written

    def _all_batches(self) -> Iterator[int]:
        # What was written since the last commit before a kill is not there; what is, is replaced once.
        for index in indexes():
            label = index.get_model()._meta.label_lower
            while True:
                last = self.progress.get(label)
                found = index.index_queryset().order_by("pk")
                batch = list((found.filter(pk__gt=last) if last is not None else found)[:BATCH])
                if not batch:
                    break
                self.backend.write(self.backend.prepared(index, batch), is_new=not self.is_resumed, commit=False)
                self.progress[label] = batch[-1].pk
                yield len(batch)

    def _commit(self) -> None:
        self.backend.commit()
        self.folders.write_progress(self.folder, {**self.progress, "done": self.done})
        self._uncommitted = 0

    def _finish(self) -> None:
        self._commit()
        self.backend.close()
        with self.folders.turn().held():
            # What was written to the other index meanwhile is done again, in the new one.
            queue_noted(self.folders.noted(self.folder))
            self.folders.switch(self.folder)
        self._lock.give()

    def stop(self) -> None:
        """Keep what is done and let another process go on."""
        self._commit()
        self.backend.close()
        self._lock.give()
