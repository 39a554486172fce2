"""Where an index on disk lives: one folder per version and building, a pointer to the current one, locks.

    search/
      current-<version>  -> <version>-<number>      the one that is read
      <version>-<number>/                           an index; `building` in it while it is being built
      writer.lock  turn.lock

A new index is built beside and the pointer is renamed over: readers go from one to the other between two searches.
"""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

BUILDING, JOURNAL, DAMAGED = "building", "journal", "damaged"
# Indexes of other versions are kept so long, for servers that still run the code before.
KEEP_SECONDS = 7 * 24 * 3600


class Busy(RuntimeError):
    """Another process, named, holds the lock."""


class Lock:
    """A lock between processes, which ends with its holder however that ends. The file says who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Any = None

    @property
    def is_held(self) -> bool:
        return self._file is not None

    def take(self, *, wait: bool = False) -> None:
        """Raises Busy when somebody else holds it and one does not wait. Twice changes nothing."""
        if self._file is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise Busy(f"{self.path.name} is held by process {holder}") from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def give(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextlib.contextmanager
    def held(self, *, wait: bool = True) -> Iterator[None]:
        """For as long as the block lasts."""
        self.take(wait=wait)
        try:
            yield
        finally:
            self.give()


class Folders:
    """The folders of one version of an index under `root`."""

    def __init__(self, root: Path, version: str) -> None:
        self.root, self.version = root, version
        self.pointer = root / f"current-{version}"
        # The folder by the name the pointer holds: asked several times a search.
        self._known: tuple[str, Path] = ("", root)

    def turn(self) -> Lock:
        """Held while a batch is written and while the pointer is moved, by one at a time."""
        return Lock(self.root / "turn.lock")

    def writer(self) -> Lock:
        """Held by the one process that writes to the current index."""
        return Lock(self.root / "writer.lock")

    def current(self) -> Path | None:
        """The folder that is read; None while there is none."""
        try:
            name = os.readlink(self.pointer)  # noqa: PTH115  (several times a search: as a plain text)
        except OSError:
            return None
        if self._known[0] != name:
            self._known = (name, self.root / name)
        return self._known[1]

    def building(self) -> Path | None:
        """The folder of an unfinished building."""
        found = sorted(path.parent for path in self.root.glob(f"{self.version}-*/{BUILDING}"))
        return found[-1] if found else None

    def begin(self) -> Path:
        """A new folder to build in. One that was left unfinished is thrown away."""
        while left := self.building():
            shutil.rmtree(left, ignore_errors=True)
        folder = self.root / f"{self.version}-{time.time_ns():020d}"
        folder.mkdir(parents=True)
        self.write_progress(folder, {})
        return folder

    def switch(self, folder: Path) -> None:
        """From now on `folder` is read. What was read before is thrown away; who reads it still may go on."""
        (folder / BUILDING).unlink(missing_ok=True)
        (folder / JOURNAL).unlink(missing_ok=True)
        beside = self.root / f".{self.pointer.name}.{os.getpid()}"
        beside.unlink(missing_ok=True)
        beside.symlink_to(folder.name)
        beside.rename(self.pointer)
        for other in self.root.iterdir():
            if other.is_symlink() or not other.is_dir() or other == folder:
                continue
            is_old = time.time() - other.stat().st_mtime > KEEP_SECONDS
            if other.name.startswith(f"{self.version}-") or is_old:
                shutil.rmtree(other, ignore_errors=True)
        for pointer in self.root.glob("current-*"):
            if not pointer.exists():
                pointer.unlink(missing_ok=True)

    # -- how far a building is, and what changed meanwhile

    def progress(self, folder: Path) -> dict[str, Any]:
        """What `write_progress` was last given."""
        return json.loads((folder / BUILDING).read_text() or "{}")

    def write_progress(self, folder: Path, progress: dict[str, Any]) -> None:
        beside = folder / f".{BUILDING}"
        beside.write_text(json.dumps(progress))
        beside.rename(folder / BUILDING)

    def note(self, names: Iterable[str]) -> None:
        """What is written to the current index while another is being built, to be done there too: numbers of content,
        names of other objects, "directory.person.12"."""
        folder = self.building()
        if folder:
            with (folder / JOURNAL).open("a") as journal:
                journal.write("".join(f"{one}\n" for one in names))
                journal.flush()
                os.fsync(journal.fileno())

    def noted(self, folder: Path) -> set[str]:
        """What `note` was given since the building began."""
        with contextlib.suppress(FileNotFoundError):
            return set((folder / JOURNAL).read_text().split())
        return set()

    # -- damage

    def report_damage(self, folder: Path, error: BaseException) -> None:
        """Said by whoever cannot read it; the indexer builds another."""
        with contextlib.suppress(OSError):
            if not (folder / DAMAGED).exists():
                logger.error("the search index %s cannot be read and will be built again: %s", folder.name, error)
                (folder / DAMAGED).write_text(str(error))

    def is_damaged(self, folder: Path) -> bool:
        return not folder.is_dir() or (folder / DAMAGED).exists()
