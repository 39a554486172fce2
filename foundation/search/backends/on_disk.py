"""What the engines that live in files share: folders, shelves (a folder's index opened in this process), one writer."""

import contextlib
import logging
import threading
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foundation.search.folders import Folders, Lock

from .base import Backend

logger = logging.getLogger(__name__)

# The shelves and the writer's lock of this process: Haystack makes a backend for each thread, and all share these.
_shelves: dict[tuple[str, Path], Any] = {}
_writers: dict[Path, Lock] = {}
_lock = threading.RLock()


def _is_fault(error: BaseException) -> bool:
    """What an engine does to a damaged file. A panic of tantivy is no Exception."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


class OnDisk(Backend):
    """A backend whose index is a folder. `folder` chooses another than the current one, to build it beside."""

    def __init__(self, connection_alias: str, *, folder: Path | None = None, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        self.folder = folder
        self._folders: Folders | None = None

    @abstractmethod
    def engine_version(self) -> str:
        """The engine and its version: another one writes another format."""

    @abstractmethod
    def open(self, folder: Path) -> Any:
        """The shelf of a folder, made when it is empty. It has `writer(is_building=)`, `close()` and what the
        engine's own methods need."""

    @property
    def folders(self) -> Folders:
        if self._folders is None:
            self._folders = Folders(Path(self.options["PATH"]), f"{self.engine_version()}-{self.fields.digest}")
        return self._folders

    def beside(self, folder: Path) -> "OnDisk":
        """The same backend on a folder that is being built."""
        return type(self)(self.connection_alias, folder=folder, **self.options)

    # -- shelves

    @property
    def shelf(self) -> Any:
        """The index that is read; FileNotFoundError when there is none."""
        folder = self.folder or self.folders.current()
        if folder is None:
            raise FileNotFoundError(f"no search index in {self.options['PATH']}")
        key = (self.folders.version, folder)
        found = _shelves.get(key)
        if found is None:
            with _lock:
                if key not in _shelves:
                    # Those of folders that are gone.
                    for other in [one for one in _shelves if not one[1].exists()]:
                        _shelves.pop(other).close()
                    _shelves[key] = self.open(folder)
                found = _shelves[key]
        return found

    def is_there(self) -> bool:
        """Whether it can be read. What cannot is reported, so that the indexer builds another."""
        folder = self.folder or self.folders.current()
        if folder is None:
            return False
        try:
            self.size()
        except BaseException as error:
            if not _is_fault(error):
                raise
            with _lock:
                _shelves.pop((self.folders.version, folder), None)
            if folder == (self.folder or self.folders.current()):
                self.folders.report_damage(folder, error)
            return False
        return True

    def search(self, query_string: Any, **kwargs: Any) -> dict[str, Any]:
        folder = self.folder or self.folders.current()
        try:
            return super().search(query_string, **kwargs)
        except BaseException as error:
            # A file damaged where opening does not look: tantivy panics.
            if folder is None or isinstance(error, Exception) or not _is_fault(error):
                raise
            self.folders.report_damage(folder, error)
            return {"results": [], "hits": 0, "facets": {}}

    # -- writing

    @contextlib.contextmanager
    def writing(self) -> Iterator[Any]:
        """The engine's writer. Raises Busy while another process writes to the current index."""
        if self.folder is None:
            self.take_writer()
            if self.folders.current() is None:
                self.folders.switch(self.folders.begin())
        with _lock:
            yield self.shelf.writer(is_building=self.folder is not None)

    def take_writer(self) -> None:
        """Become the one process that writes. Raises Busy."""
        with _lock:
            root = self.folders.root
            if root not in _writers:
                _writers[root] = self.folders.writer()
            _writers[root].take()

    def commit(self) -> None:
        """Make what was written without committing visible."""
        with self.writing() as writer:
            writer.commit()

    def close(self) -> None:
        """Let go of writer and lock."""
        with _lock:
            folder = self.folder or self.folders.current()
            shelf = _shelves.pop((self.folders.version, folder), None) if folder else None
            if shelf is not None:
                shelf.close()
            if self.folder is None and self.folders.root in _writers:
                _writers.pop(self.folders.root).give()
