"""A system's own records: what came from it, who reads its manifest now, how that goes. Nobody acts here: the row is
the record."""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from foundation.activity.actions import record

from ..activities import REGISTRAR_FAILING
from ..manifests import Flaw
from ..models import Proposal, Reception, Registrar

LEASE = timedelta(minutes=3)
BACK_OFF_MOST = timedelta(hours=24)
KEPT, KEPT_DAYS, PROPOSALS_DAYS = 300, 90, 730
# Replays are refused by the signatures of the receptions: kept longer than a signature is good for.
UNTOUCHED = timedelta(minutes=30)
# The keeper is told once, when it is no slip any more.
TELL_AFTER = 3
_NEWS = (Reception.Result.APPLIED, Reception.Result.WAITING)


@transaction.atomic
def note(
    registrar: Registrar,
    way: str,
    result: str,
    *,
    flaws: Iterable[Flaw] = (),
    key: str = "",
    version: str = "",
    proposal: Proposal | None = None,
    signature: str | None = None,
) -> Reception:
    """Write down what came. What tells nothing new prolongs the row before. IntegrityError for a known signature."""
    problems = [one.kept() for one in flaws][:100]
    now = timezone.now()
    if result not in _NEWS and signature is None:
        before = registrar.receptions.filter(key=key[:60], way=way).newest_first().first()
        same = (result, version[:40], problems)
        if before is not None and (before.result, before.version, before.problems) == same:
            before.times, before.last = before.times + 1, now
            before.save(update_fields=["times", "last"])
            return before
    return Reception.objects.create(
        registrar=registrar,
        way=way,
        result=result,
        key=key[:60],
        version=version[:40],
        problems=problems,
        proposal=proposal,
        signature=signature,
        at=now,
        last=now,
    )


def is_known(registrar: Registrar, signature: str) -> bool:
    """Whether this very request came before."""
    return Reception.objects.filter(registrar=registrar, signature=signature).exists()


def new_holder() -> str:
    """A name for one reading."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{get_random_string(6)}"


def take_lease(pk: int, holder: str) -> Registrar | None:
    """Become the one who reads its manifest, if it is due and nobody else does. A killed one's lease expires."""
    # SECURITY: one statement: of two workers at once, one gets it.
    due = Registrar.objects.due().filter(pk=pk).order_by()
    taken = due.update(lease_holder=holder, lease_until=timezone.now() + LEASE)
    return Registrar.objects.with_row().get(pk=pk) if taken else None


def release_lease(registrar: Registrar, holder: str) -> None:
    """Let others."""
    Registrar.objects.filter(pk=registrar.pk, lease_holder=holder).update(lease_holder="", lease_until=None)


def note_success(registrar: Registrar, *, marks: Mapping[str, str] | None = None, is_poll: bool = False) -> None:
    """It was heard of. `marks`: the machine's own for the next conditional request, once everything was taken in."""
    now = timezone.now()
    changed: dict[str, Any] = {"last_seen": now, "last_ok": now}
    if is_poll:
        changed |= {"failures": 0, "next_poll": now + timedelta(minutes=registrar.every)}
    if marks is not None:
        changed |= {"etag": marks.get("etag", "")[:300], "modified": marks.get("last-modified", "")[:100]}
    Registrar.objects.filter(pk=registrar.pk).update(**changed)


@transaction.atomic
def note_failure(registrar: Registrar, flaws: Sequence[Flaw]) -> None:
    """Its manifest could not be read, or taken in: tried again later and later; the keeper is told, once.

    `flaws`: what is wrong, where it was not written down already.
    """
    row = Registrar.objects.select_for_update(of=("self",)).select_related("space", "keeper").get(pk=registrar.pk)
    now = timezone.now()
    row.failures += 1
    wait = min(timedelta(minutes=row.every) * 2 ** min(row.failures, 12), BACK_OFF_MOST)
    Registrar.objects.filter(pk=row.pk).update(last_seen=now, failures=row.failures, next_poll=now + wait)
    if flaws:
        note(row, Reception.Way.POLL, Reception.Result.FAILED, flaws=flaws)
    if row.failures == TELL_AFTER:
        data = {"registrar": str(row.uuid), "name": row.name, "keeper": row.keeper_id}
        record(REGISTRAR_FAILING, row.space, actor=row.keeper, data=data)


def forget_old_receptions(now: datetime | None = None) -> int:
    """Of each system keep the newest 300 receptions of the last 90 days, and two years of what was decided or
    overtaken. Answers how many rows went."""
    now = now or timezone.now()
    count: int = Reception.objects.filter(last__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]
    for pk in Registrar.objects.values_list("pk", flat=True):
        rows = Reception.objects.filter(registrar_id=pk)
        oldest = rows.newest_first()[KEPT - 1 : KEPT].first()
        if oldest is not None:
            count += rows.filter(Q(last__lt=oldest.last) & Q(last__lt=now - UNTOUCHED)).delete()[0]
    decided = Proposal.objects.exclude(state=Proposal.State.WAITING)
    count += decided.filter(created__lt=now - timedelta(days=PROPOSALS_DAYS)).delete()[0]
    return count
