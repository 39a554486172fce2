"""A source's own records: who reads it now, one run at a time, how it went. Nobody acts here: the run is the record."""

import os
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from foundation.activity.actions import record
from foundation.outgoing.problems import Problem

from ..activities import SOURCE_FAILING
from ..models import Source, SourceRun

LEASE = timedelta(minutes=3)
BACK_OFF_MOST = timedelta(hours=24)
KEPT_RUNS, KEPT_DAYS = 200, 90
# Replays are refused by the signatures of the runs: these are kept longer than a signature is good for.
UNTOUCHED = timedelta(minutes=30)
# The keeper is told once, when it is no slip any more.
TELL_AFTER = 3


class LeaseLost(Exception):
    """Another worker took over: this one had been silent for too long."""


def new_holder() -> str:
    """A name for one reading."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{get_random_string(6)}"


def take_lease(pk: int, holder: str) -> Source | None:
    """Become the one who reads the source, if it is due and nobody else does. A killed one's lease expires."""
    now = timezone.now()
    # SECURITY: one statement: of two workers at once, one gets it.
    taken = Source.objects.due().filter(pk=pk).order_by().update(lease_holder=holder, lease_until=now + LEASE)
    return Source.objects.with_row().get(pk=pk) if taken else None


def renew_lease(source: Source, holder: str) -> None:
    """Go on. Raises LeaseLost."""
    held = Source.objects.filter(pk=source.pk, lease_holder=holder)
    if not held.update(lease_until=timezone.now() + LEASE):
        raise LeaseLost


def release_lease(source: Source, holder: str) -> None:
    """Let others."""
    Source.objects.filter(pk=source.pk, lease_holder=holder).update(lease_holder="", lease_until=None)


@transaction.atomic
def begin_run(source: Source, *, signature: str | None = None) -> SourceRun | None:
    """A run that people see from its beginning. None for a push whose signature was seen before.

    Of a feed, whoever left a run open was killed.
    """
    is_push = signature is not None
    if not is_push:
        left = SourceRun.objects.filter(source=source, is_push=False, state=SourceRun.State.RUNNING)
        killed = [{"code": "killed", "item": "", "data": {}}]
        left.update(state=SourceRun.State.FAILED, ended=timezone.now(), problems=killed)
    try:
        with transaction.atomic():
            return SourceRun.objects.create(source=source, is_push=is_push, signature=signature)
    except IntegrityError:
        return None


@transaction.atomic
def end_run(
    run: SourceRun,
    counts: Mapping[str, int],
    problems: Sequence[Mapping[str, Any]] = (),
    *,
    kept: Mapping[str, str] | None = None,
    is_unchanged: bool = False,
) -> SourceRun:
    """It went well. `kept`: the server's marks for the next conditional request, once everything was written."""
    source = Source.objects.select_for_update(of=("self",)).get(pk=run.source_id)
    now = timezone.now()
    run.state = SourceRun.State.UNCHANGED if is_unchanged else SourceRun.State.DONE
    run.counts, run.problems, run.ended = dict(counts), list(problems)[:200], now
    run.save()
    changed = {"last_seen": now, "last_ok": now, "failures": 0, "next_poll": now + timedelta(minutes=source.every)}
    if any(counts.get(name) for name in ("added", "drafted", "corrected", "ended")):
        changed["last_item"] = now
    if kept is not None:
        changed |= {"etag": kept.get("etag", "")[:300], "modified": kept.get("last-modified", "")[:100]}
    Source.objects.filter(pk=source.pk).update(**changed)
    return _fold(run)


@transaction.atomic
def fail_run(run: SourceRun, problem: Problem, counts: Mapping[str, int] | None = None) -> SourceRun:
    """Nothing more came of it: said, and tried again later and later."""
    source = Source.objects.select_for_update(of=("self",)).select_related("space").get(pk=run.source_id)
    now = timezone.now()
    run.state, run.ended, run.counts = SourceRun.State.FAILED, now, dict(counts or {})
    run.problems = [{"code": problem.code, "item": "", "data": problem.data}]
    run.save()
    failures = source.failures + 1
    wait = min(timedelta(minutes=source.every) * 2 ** min(failures, 12), BACK_OFF_MOST)
    Source.objects.filter(pk=source.pk).update(last_seen=now, failures=failures, next_poll=now + wait)
    run = _fold(run)
    if failures == TELL_AFTER:
        data = {"source": str(source.uuid), "code": problem.code, "keeper": source.keeper_id}
        record(SOURCE_FAILING, source.space, actor=source.keeper, data=data)
    return run


def _fold(run: SourceRun) -> SourceRun:
    """A run that tells nothing new prolongs the one before: a quiet night is one line."""
    if run.is_push or run.state == SourceRun.State.DONE:
        return run
    before = SourceRun.objects.filter(source_id=run.source_id).exclude(pk=run.pk).newest_first().first()
    if before is None or (before.state, before.problems) != (run.state, run.problems):
        return run
    before.ended = run.ended
    before.counts = {**before.counts, "times": before.counts.get("times", 1) + 1}
    before.save(update_fields=["ended", "counts"])
    run.delete()
    return before


def forget_old_runs(now: datetime | None = None) -> int:
    """Of each source keep the newest 200 runs of the last 90 days. Answers how many went."""
    now = now or timezone.now()
    old = SourceRun.objects.filter(started__lt=now - timedelta(days=KEPT_DAYS))
    count: int = old.delete()[0]
    for pk in Source.objects.values_list("pk", flat=True):
        runs = SourceRun.objects.filter(source_id=pk)
        oldest_kept = runs.newest_first()[KEPT_RUNS - 1 : KEPT_RUNS].first()
        if oldest_kept is not None:
            beyond = Q(started__lt=oldest_kept.started, ended__lt=now - UNTOUCHED)
            count += runs.filter(beyond).delete()[0]
    return count
