"""The few threads that speak to mail and calendar servers, beside the pages and never in their way.

They touch no database: what they need comes with the question, what they found goes to the cache. Idle ones end.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

THREADS = 4
# Questions that wait; past them the person's page simply asks again.
WAITING = 64
IDLE_SECONDS = 20.0


class Readers:
    """A bounded pool that starts when it is needed and goes when it is not.

    concurrent.futures' pool would hold the process at its end until a server that hangs has had its time.
    """

    def __init__(self) -> None:
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._threads = 0
        self._free = 0

    def start(self, job: Callable[[], None]) -> bool:
        """Do `job` soon. False when too many wait already."""
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            return False
        with self._lock:
            if self._queue.qsize() > self._free and self._threads < THREADS:
                self._threads += 1
                threading.Thread(target=self._work, name="mailbox reader", daemon=True).start()
        return True

    def wait(self) -> None:
        """Until everything that was started is done."""
        self._queue.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._free += 1
            try:
                job = self._queue.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                job = None
            with self._lock:
                self._free -= 1
                # Looked at under the lock: a job put in between finds either this thread or room for another.
                if job is None and self._queue.empty():
                    self._threads -= 1
                    return
            if job is None:
                continue
            try:
                job()
            except Exception:
                logger.exception("a reader of mailboxes met a fault and goes on")
            finally:
                self._queue.task_done()


readers = Readers()


def _begin_again() -> None:
    """A forked process has none of the threads."""
    readers.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_begin_again)
