"""Staying in step: listens to the directory and makes a run whenever it says that something changed.

The listening connection is only the doorbell. What changed is read by an ordinary run: there is one way for changes to
come in, whatever the server offers, and a bell heard twice does no harm.
"""

import logging
import threading
import time
from collections.abc import Callable

import ldap
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from ..actions.sync_runs import SyncBusy, note_watching, sync_state
from ..models import SyncRun
from .once import sync_once
from .run import Options
from .source import Source

logger = logging.getLogger(__name__)

# Seconds: how long one listens before looking whether to stop, how often the page of the sync hears of it, and the
# pauses between two tries while the directory is away.
LISTEN = 1.0
NOTE = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

Say = Callable[[SyncRun], None]


def watch(stop: threading.Event, say: Say | None = None) -> None:
    """Stay in step until `stop` is set. `say` hears of every run that changed something or went wrong."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            if _stay(stop, say):
                pause = FIRST_PAUSE
                continue
        except (ldap.LDAPError, DatabaseError) as error:
            if stop.is_set():
                # The signal that stops us also interrupts whoever listens.
                return
            logger.warning("the sync lost the directory or the database and tries again: %r", error)
        finally:
            close_old_connections()
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _stay(stop: threading.Event, say: Say | None) -> bool:
    """Catch up, then listen for as long as the connection holds, or wait for the next look. False when catching up
    failed."""
    if not _ring(stop, say):
        return False
    with Source() as source:
        if source.offers_syncrepl:
            return _listen(source, stop, say)
    until = time.monotonic() + settings.LDAP_SYNC_INTERVAL
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        note_watching()
        stop.wait(min(left, NOTE))
    return True


def _listen(source: Source, stop: threading.Event, say: Say | None) -> bool:
    """Make a run whenever the server says something. False when one failed."""
    heard = source.listen(sync_state().cookie)
    noted, is_told = 0.0, False
    while not stop.is_set():
        heard(LISTEN)
        # A server that was started again does not list what was deleted meanwhile: a run compares everything.
        is_unsure = source.is_persisting and not source.lists_deletions and not is_told
        if source.has_changes() or is_unsure:
            source.take_entries(), source.take_deleted()
            is_told = True
            if not _ring(stop, say):
                return False
        if time.monotonic() - noted > NOTE and source.is_persisting:
            noted = time.monotonic()
            note_watching()
    return True


def _ring(stop: threading.Event, say: Say | None) -> bool:
    """One run. Whether it got through to the directory."""
    while not stop.is_set():
        try:
            run = sync_once(Options(), mode=SyncRun.Mode.WATCH)
        except SyncBusy:
            # Somebody runs it by hand: whatever rang is read afterwards.
            stop.wait(FIRST_PAUSE)
            continue
        if say and run.pk:
            say(run)
        return run.state != SyncRun.State.FAILED
    return False


class SyncThread:
    """The watch inside the server process, for the embedded shape: sessions it ends are of this process' sockets."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=watch, args=(self._stop,), name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the run at hand, for at most ten seconds."""
        self._stop.set()
        self._thread.join(timeout=10)
