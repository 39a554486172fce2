"""The background worker: does what is queued, and every minute what a killed worker left undone. Beside it, the indexer
keeps the search in step, the clock begins and ends what has its hour, the courier reads feeds and sends webhooks, the
watch looks at applications, and the manifests of applications are read."""

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from applications.actions import (
    enter_due,
    follow_health_addresses,
    forget_tokens_of_leavers,
    look_after_access,
    sweep_launcher,
)
from applications.actions.sign_in_tokens import purge_sign_ins
from applications.actions.signing_keys import keep_signing_keys
from applications.courier import read_manifests_until
from applications.watch import check_until
from directory.actions import apply_policy
from directory.models import Session
from foundation.acknowledgements.tasks import upkeep as acknowledgements_upkeep
from foundation.activity.tasks import fan_out_waiting
from foundation.search.indexer import index_until
from publications.actions import publish_due
from publications.actions.pages import remind_reviews
from publications.courier import carry_until
from publications.tasks import resume_alerts, seconds_to_alerts, tick_alerts

logger = logging.getLogger(__name__)

UPKEEP_SECONDS = 60
# Between two looks at the clock, at most and at least: what begins or ends is seen within a second.
TICK_SECONDS, TICK_LEAST = 0.5, 0.02


def _upkeep() -> None:
    """What every minute asks for. One that fails is logged and holds up none of the others."""
    for job in (
        _fan_out_late,
        remind_reviews,
        Session.get_session_store_class().clear_expired,
        forget_tokens_of_leavers,
        acknowledgements_upkeep,
        look_after_access,
        follow_health_addresses,
        keep_signing_keys,
        purge_sign_ins,
        sweep_launcher,
        _follow_policy,
    ):
        try:
            job()
        except Exception:
            logger.exception("a part of the upkeep met a fault: the others go on")


def _fan_out_late() -> None:
    late = fan_out_waiting()
    if late:
        logger.warning("%s activities had been left untold", late)


def _follow_policy() -> None:
    if apply_policy():
        logger.info("words and photos of people follow the privacy policy of the settings")


def tick_until(stop: threading.Event) -> None:
    """Do what the clock asks for, until `stop` is set: in a thread of its own, so that no task holds it up."""
    first = True
    while not stop.is_set():
        wait = TICK_SECONDS
        try:
            if first:
                resume_alerts()
                first = False
            wait = seconds_to_alerts(TICK_SECONDS)
            if not wait:
                tick_alerts()
            done = publish_due()
            if done:
                logger.info("%s notices at their moment", done)
            entered = enter_due()
            if entered:
                logger.info("%s applications at their moment", entered)
        except Exception:
            logger.exception("the clock met a fault and goes on")
            wait = 5.0
        finally:
            close_old_connections()
        stop.wait(max(wait, TICK_LEAST))


def work(stop: threading.Event) -> None:
    """Run until `stop` is set. A fault (a database away for a minute) is logged and the work goes on afterwards."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(16),
        excluded_queue_names=[],
    )
    # Each in a thread of its own: a long task must not hold up what people look for, nor a slow machine the clock.
    beside = {
        "indexer": index_until,
        "clock": tick_until,
        "courier": carry_until,
        "watch": check_until,
        "manifests": read_manifests_until,
    }
    threads = [threading.Thread(target=run, args=(stop,), name=name, daemon=True) for name, run in beside.items()]
    for thread in threads:
        thread.start()
    next_upkeep = time.monotonic()
    while not stop.is_set():
        wait = settings.WORKER_INTERVAL
        try:
            worker.run()
            if time.monotonic() >= next_upkeep:
                next_upkeep = time.monotonic() + UPKEEP_SECONDS
                _upkeep()
        except Exception:
            logger.exception("the worker met a fault and tries again")
            wait = 5.0
        finally:
            close_old_connections()
        stop.wait(wait)
    for thread in threads:
        thread.join(timeout=10)


class WorkerThread:
    """The worker inside the server process, for the embedded shape: what it announces reaches this process' sockets."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=work, args=(self._stop,), name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the task at hand, for at most ten seconds."""
        self._stop.set()
        self._thread.join(timeout=10)
