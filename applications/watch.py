"""The watch: a thread of the worker that has applications looked at and their addresses tried.

A few threads look, and one alone, this one, writes: a machine that hangs holds up one look, and no thread but this has
a connection to the database.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections

from .actions.health_history import tidy_history
from .actions.health_runs import take_checks, write_finding
from .actions.links import gather_links, take_links, write_trial
from .actions.status import settle_out_of_service
from .checks import Finding, Look, Trial, probe, try_link
from .models.health import DOWN
from .models.links import Link

logger = logging.getLogger(__name__)

THREADS = 8
# Threads that links may not take: checks come first.
KEPT_FREE = 3
# Seconds between two looks at what is due; how long the slowest look may take beyond its own limit (the resolving of a
# name cannot be cut short); between two gatherings of addresses, and two tidyings.
EVERY, GRACE, GATHER, TIDY = 1.0, 5.0, 300.0, 3600.0
LINK_LIMIT = 20.0


@dataclass(eq=False)
class Job:
    """One look under way. `write` puts what was found in the database; `late` is what is written of one that hangs."""

    look: Callable[[], Any]
    write: Callable[[Any], bool]
    late: Any
    until: float
    found: Any = None
    thread: threading.Thread | None = None


@dataclass
class Watch:
    """Looks under way, and the threads they run in."""

    answers: "queue.SimpleQueue[Job]" = field(default_factory=queue.SimpleQueue)
    running: list[Job] = field(default_factory=list)
    # Those that hang past their time: forgotten, but for their thread.
    hanging: list[Job] = field(default_factory=list)

    def turn(self, wait: float = 0.5) -> int:
        """Begin what is due, write what is done. Waits up to `wait` seconds for the first answer. Answers how many
        looks were begun or written."""
        done = self._begin() + self._write(wait if self.running else 0.0)
        return done + self._give_up()

    def run_due(self) -> int:
        """Everything that is due now, to its end. Answers how many looks were begun or written."""
        total = 0
        while (done := self.turn()) or self.running:
            total += done
        return total

    def _begin(self) -> int:
        self.hanging = [one for one in self.hanging if one.thread and one.thread.is_alive()]
        free = THREADS - len(self.running) - len(self.hanging)
        jobs = [_check_job(one) for one in take_checks(free)]
        if not jobs:
            jobs = [_link_job(link, holder) for link, holder in take_links(free - KEPT_FREE)]
        for one in jobs:
            # Daemons: a process that ends waits for no machine.
            one.thread = threading.Thread(target=self._look, args=(one,), name="look", daemon=True)
            self.running.append(one)
            one.thread.start()
        return len(jobs)

    def _look(self, job: Job) -> None:
        try:
            job.found = job.look()
        except Exception:
            logger.exception("a look met a fault")
            job.found = None
        self.answers.put(job)

    def _write(self, wait: float) -> int:
        written = 0
        until = time.monotonic() + wait
        while self.running:
            try:
                job = self.answers.get(timeout=max(0.0, until - time.monotonic()) if not written else 0.0)
            except queue.Empty:
                break
            if job in self.running:
                self.running.remove(job)
                written += 1
                if job.found is not None:
                    job.write(job.found)
        return written

    def _give_up(self) -> int:
        late = [one for one in self.running if time.monotonic() >= one.until]
        for one in late:
            self.running.remove(one)
            self.hanging.append(one)
            one.write(one.late)
        return len(late)


def _check_job(check: Any) -> Job:
    one, pk, holder = Look.of(check), check.pk, check.lease_holder
    return Job(
        look=lambda: probe(one),
        write=lambda found: write_finding(pk, holder, found),
        late=Finding(DOWN, problem="slow", data={"seconds": one.timeout}),
        until=time.monotonic() + one.timeout + GRACE,
    )


def _link_job(link: Link, holder: str) -> Job:
    address, pk = link.address, link.pk
    return Job(
        look=lambda: try_link(address),
        write=lambda found: write_trial(pk, holder, found),
        late=Trial(Link.State.DEAD, "slow", {"seconds": int(LINK_LIMIT)}),
        until=time.monotonic() + LINK_LIMIT,
    )


def check_until(stop: threading.Event) -> None:
    """The watch's life. A fault (a database away for a minute) is logged and the work goes on afterwards."""
    watch = Watch()
    next_gathering = next_tidying = time.monotonic()
    while not stop.is_set():
        done, wait = 0, EVERY
        try:
            now = time.monotonic()
            if now >= next_gathering:
                next_gathering = now + GATHER
                gather_links()
                settle_out_of_service()
            if now >= next_tidying:
                next_tidying = now + TIDY
                tidy_history()
            done = watch.turn()
        except Exception:
            logger.exception("the watch met a fault and tries again")
            wait = 5.0
        finally:
            close_old_connections()
        if not done and not (watch.running and wait < 5.0):
            stop.wait(wait)
