"""The courier: a thread of the worker that goes out for publications: reads feeds, sends webhooks, forgets old records.

In a thread of its own: another machine that is slow must not hold up what people are told.
"""

import logging
import threading
import time

from django.db import close_old_connections

from .actions.feed_keys import forget_keys_of_leavers
from .actions.polling import due_sources, poll
from .actions.source_runs import forget_old_runs
from .actions.webhooks import forget_old_deliveries, send_due_deliveries

logger = logging.getLogger(__name__)

EVERY_SECONDS, UPKEEP_SECONDS, FORGET_SECONDS = 5.0, 60.0, 3600.0


def go_round() -> int:
    """Everything that is due. Webhooks are looked at after each feed: none waits for all of them."""
    done = send_due_deliveries()
    for pk in due_sources():
        done += poll(pk) is not None
        done += send_due_deliveries()
    return done


def carry_until(stop: threading.Event) -> None:
    """The courier's life. A fault (a database away for a minute) is logged and the work goes on afterwards."""
    next_upkeep = next_forgetting = time.monotonic()
    while not stop.is_set():
        try:
            now = time.monotonic()
            if now >= next_upkeep:
                next_upkeep = now + UPKEEP_SECONDS
                forget_keys_of_leavers()
            if now >= next_forgetting:
                next_forgetting = now + FORGET_SECONDS
                forget_old_runs()
                forget_old_deliveries()
            go_round()
        except Exception:
            logger.exception("the courier met a fault and tries again")
        finally:
            close_old_connections()
        stop.wait(EVERY_SECONDS)
