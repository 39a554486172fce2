"""The manifests' thread of the worker: reads those that are due, forgets old records.

In a thread of its own: another machine that is slow must not hold up what people are told.
"""

import logging
import threading
import time

from django.db import close_old_connections

from .actions.polling import read_due_manifests
from .actions.receptions import forget_old_receptions

logger = logging.getLogger(__name__)

EVERY_SECONDS, FORGET_SECONDS = 5.0, 3600.0


def read_manifests_until(stop: threading.Event) -> None:
    """The thread's life. A fault (a database away for a minute) is logged and the work goes on afterwards."""
    next_forgetting = time.monotonic()
    while not stop.is_set():
        try:
            if time.monotonic() >= next_forgetting:
                next_forgetting = time.monotonic() + FORGET_SECONDS
                forget_old_receptions()
            read_due_manifests()
        except Exception:
            logger.exception("the reading of manifests met a fault and goes on")
        finally:
            close_old_connections()
        stop.wait(EVERY_SECONDS)
