"""The worker's side of the checks: who looks at which, and what a look changes. Nobody acts here: the history is the
record, and an outage is announced in its owner's name."""

import logging
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from ..checks import Finding
from ..models import Check, CheckResult, Status
from ..models.health import DEGRADED, DOWN, KEPT_OUTCOMES, UP, silence_of
from ..querysets.health import free_q
from .status import note_silence, settle

logger = logging.getLogger(__name__)

# A look takes fifteen seconds at most, and is begun as soon as it is taken.
LEASE = timedelta(seconds=60)
# Before an outage is believed: of how many applications something must have been heard lately, what is lately, how many
# are asked for it, when it is looked again, and how often that may be put off.
ENOUGH, LATELY, ASKED_MOST, AGAIN, PUT_OFF = 5, timedelta(seconds=90), 9, timedelta(seconds=15), 3
RETRY_IN_TROUBLE = timedelta(seconds=60)
# Since when the portal's own network seems away, while it does.
NETWORK_KEY, NETWORK_SECONDS = "applications.health.network", 150


def new_holder() -> str:
    """A name for one look."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{get_random_string(8)}"


def take_checks(count: int) -> list[Check]:
    """Become the one who looks at up to `count` of the checks that are due. A killed one's lease expires."""
    taken: list[Check] = []
    for pk in list(Check.objects.due().values_list("pk", flat=True)[: max(0, count)]):
        now, holder = timezone.now(), new_holder()
        # SECURITY: one statement on one table: of two workers at once, one gets it.
        mine = Check.objects.filter(free_q(now), pk=pk, is_active=True, next_at__lte=now)
        if mine.update(lease_holder=holder, lease_until=now + LEASE):
            taken += Check.objects.filter(pk=pk, lease_holder=holder)
    return taken


@transaction.atomic
def write_finding(pk: int, holder: str, found: Finding) -> bool:
    """What a look found: the result, the check's state, and the application's status when that changes.

    Answers whether it was written: False when another worker took over, or the check was changed or deleted meanwhile.
    """
    held = Check.objects.select_for_update(of=("self",)).select_related("application")
    check = held.filter(pk=pk, lease_holder=holder, is_active=True).first()
    if check is None:
        return False
    now = timezone.now()
    if check.last_at and check.last_at < now - silence_of(check.every):
        _begin_again(check, now)
    counted, wait = True, _interval(check)
    outcomes = (check.outcomes + found.outcome)[-KEPT_OUTCOMES:]
    if found.outcome == DOWN and check.application.is_in_maintenance(now):
        counted = False
    elif next_state(check, outcomes) == Status.DOWN and check.state != Status.DOWN:
        verdict = _verdict(check, now)
        if verdict == "network":
            logger.warning("most applications are away at once: the network of the portal, no outage is declared")
            cache.set(NETWORK_KEY, cache.get(NETWORK_KEY) or now, NETWORK_SECONDS)
            found = Finding(DOWN, problem="network")
            counted, wait, check.held = False, min(wait, RETRY_IN_TROUBLE), 0
        elif verdict == "ask":
            counted, wait, check.held = False, AGAIN, check.held + 1
    _write(check, found, now, now + wait)
    if counted:
        check.outcomes, check.held = outcomes, 0
        before, check.state = check.state, next_state(check, outcomes)
    check.save()
    if counted and check.state != before:
        settle(check.application_id, since=_first_of(check) if check.state == Status.DOWN else None)
    return True


def next_state(check: Check, outcomes: str) -> str:
    """What a check is after `outcomes`, the newest last: it takes some in a row to change one's mind."""
    failures, lapses = _tail(outcomes, DOWN), _tail(outcomes, DOWN + DEGRADED)
    goods, answers = _tail(outcomes, UP), _tail(outcomes, UP + DEGRADED)
    state = check.state
    if failures >= check.failures_to_down:
        return Status.DOWN
    if state == Status.DOWN:
        if answers < check.successes_to_up:
            return state
        return Status.UP if goods >= check.successes_to_up else Status.DEGRADED
    if state == Status.UNKNOWN:
        return {UP: Status.UP, DEGRADED: Status.DEGRADED}.get(outcomes[-1:], Status.UNKNOWN)
    if lapses >= check.failures_to_down:
        return Status.DEGRADED
    if state == Status.DEGRADED and goods >= check.successes_to_up:
        return Status.UP
    return state


def network_trouble() -> datetime | None:
    """Since when the portal's own network seems away; None when it does not."""
    since: datetime | None = cache.get(NETWORK_KEY)
    return since


def _tail(outcomes: str, letters: str) -> int:
    return len(outcomes) - len(outcomes.rstrip(letters))


def _interval(check: Check) -> timedelta:
    """A tenth more or less, always the same for one check: what fell together drifts apart."""
    share = (check.pk * 7919 % 201 - 100) / 1000
    return timedelta(seconds=check.every * 60 * (1 + share))


def _begin_again(check: Check, now: datetime) -> None:
    """Nothing was heard for long: what was seen before is not "in a row" with what is seen now."""
    check.outcomes, check.held = "", 0
    others = Check.objects.filter(application_id=check.application_id, is_active=True, last_at__isnull=False)
    last = others.order_by("-last_at").values_list("last_at", flat=True).first()
    if last is not None and last < now - silence_of(check.every):
        note_silence(check.application_id, last + timedelta(minutes=check.every), now)


def _write(check: Check, found: Finding, now: datetime, next_at: datetime) -> None:
    check.last_at, check.last_ms, check.last_outcome = now, found.ms, found.outcome
    check.problem, check.problem_data = found.problem, found.data
    check.certificate_until = found.certificate_until or check.certificate_until
    check.next_at, check.lease_holder, check.lease_until = next_at, "", None
    if found.problem == "network":
        # It says nothing of the application.
        return
    CheckResult.objects.create(
        check_of=check,
        at=now,
        outcome=found.outcome,
        ms=found.ms,
        code_class=found.code_class,
        problem=found.problem,
        problem_data=found.data,
    )


def _first_of(check: Check) -> datetime | None:
    """When the failures in a row began."""
    newest = CheckResult.objects.filter(check_of=check).order_by("-at", "-pk").values_list("at", "outcome")
    first = None
    for at, outcome in newest[: KEPT_OUTCOMES * 2]:
        if outcome != DOWN:
            break
        first = at
    return first


def _verdict(check: Check, now: datetime) -> str:
    """Whether an outage is believed: "down"; "network" when most applications fail at once; "ask" when too little was
    heard lately to tell, and others are asked first.

    Applications that were out of order before do not count: they say nothing of the network. A failure counts for a
    while; a success only when it came after this check's failures began, or it may have been before the network went.
    """
    since = now - LATELY
    began = max(since, _first_of(check) or now)
    others = Check.objects.at_work().exclude(application_id=check.application_id)
    others = others.exclude(application__status=Status.DOWN).order_by()
    heard: dict[int, bool] = {}
    silent: dict[int, int] = {}
    for pk, application, last_at, outcome in others.values_list("pk", "application_id", "last_at", "last_outcome"):
        if last_at and last_at >= (since if outcome == DOWN else began):
            heard[application] = heard.get(application, False) or outcome == DOWN
        else:
            silent.setdefault(application, pk)
    seen, failing = 1 + len(heard), 1 + sum(heard.values())
    if seen >= ENOUGH:
        return "network" if failing * 2 > seen else "down"
    unheard = [pk for application, pk in silent.items() if application not in heard]
    if seen + len(unheard) < ENOUGH or check.held >= PUT_OFF:
        return "down"
    _ask_now(Check.objects.filter(free_q(now)), sorted(unheard)[:ASKED_MOST], now)
    return "ask"


def _ask_now(checks: QuerySet[Check], pks: Sequence[int], now: datetime) -> None:
    checks.filter(pk__in=pks).update(next_at=now)
