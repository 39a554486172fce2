"""The sync's own records: where it stands, one run at a time, what each run did.

Nobody acts here but the sync, and the run itself is the record: there is no activity besides.
"""

import contextlib
import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from ..entries import Problem
from ..models import SyncProblem, SyncRun, SyncState

LEASE = timedelta(seconds=60)


class SyncBusy(Exception):
    """Another sync runs; the text says until when at most."""


class LeaseLost(Exception):
    """Another sync took over: this one had been silent for too long."""


def sync_state() -> SyncState:
    """Where the sync stands."""
    return SyncState.objects.get_or_create(pk=1)[0]


def new_holder() -> str:
    """A name for one run: the machine, the process, and something of its own."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{get_random_string(6)}"


@transaction.atomic
def take_lease(holder: str) -> SyncState:
    """Become the one sync that runs. SyncBusy while another does; one that was killed is no obstacle."""
    sync_state()
    state = SyncState.objects.select_for_update().get(pk=1)
    now = timezone.now()
    is_held = state.lease_holder and state.lease_until and state.lease_until > now
    if is_held and state.lease_holder != holder and not _is_dead(state.lease_holder):
        raise SyncBusy(f"{state.lease_until:%H:%M:%S}")
    state.lease_holder, state.lease_until = holder, now + LEASE
    state.save(update_fields=["lease_holder", "lease_until"])
    # Whoever left a run open was killed.
    SyncRun.objects.filter(state=SyncRun.State.RUNNING).update(state=SyncRun.State.FAILED, ended=now)
    return state


def renew_lease(holder: str) -> None:
    """Go on being the one. LeaseLost when another is."""
    held = SyncState.objects.filter(pk=1, lease_holder=holder)
    if not held.update(lease_until=timezone.now() + LEASE):
        raise LeaseLost


def release_lease(holder: str) -> None:
    """Let others run."""
    SyncState.objects.filter(pk=1, lease_holder=holder).update(lease_holder="", lease_until=None)


def _is_dead(holder: str) -> bool:
    """Whether the process is known to be gone: of this machine, and no longer there."""
    host, _sep, rest = holder.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:40] or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def begin_run(mode: str, *, is_dry_run: bool = False, is_forced: bool = False) -> SyncRun:
    """A run that administrators see from its beginning."""
    return SyncRun.objects.create(mode=mode, is_dry_run=is_dry_run, is_forced=is_forced)


@transaction.atomic
def end_run(
    run: SyncRun, state: str, *, counts: dict[str, int], problems: Iterable[Problem] = (), message: str = ""
) -> SyncRun:
    """Write how a run ended. It need not have been begun in the database."""
    run.state, run.counts, run.message, run.ended = state, counts, message, timezone.now()
    run.save()
    SyncProblem.objects.bulk_create(
        (SyncProblem(run=run, code=one.code, dn=one.dn[:500], data=dict(one.data)) for one in problems),
        batch_size=1000,
    )
    return run


@transaction.atomic
def fold_run(run: SyncRun) -> None:
    """Forget a run of the watch that tells nothing new. One that failed or was refused as the one before prolongs that:
    a directory away for a weekend is one line, not thousands."""
    before = SyncRun.objects.newest_first().exclude(pk=run.pk).first()
    if run.state == SyncRun.State.DONE:
        run.delete()
    elif before and (before.mode, before.state, before.message) == (run.mode, run.state, run.message):
        SyncRun.objects.filter(pk=before.pk).update(ended=run.ended)
        run.delete()


def keep_place(holder: str, **values: Any) -> None:
    """Store the cookie, or the newest modification: in the transaction of the last changes it stands for.

    LeaseLost when another sync took over meanwhile: what it stored is newer.
    """
    held = SyncState.objects.filter(Q(lease_holder=holder), pk=1)
    if not held.update(**values):
        raise LeaseLost


def note_watching(at: datetime | None = None) -> None:
    """A watch is listening."""
    with contextlib.suppress(SyncState.DoesNotExist):
        SyncState.objects.filter(pk=sync_state().pk).update(watched=at or timezone.now())
