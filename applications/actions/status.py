"""What an application's checks and keepers together say of it: its status, written with its history and its outage."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from foundation.activity.actions import record
from foundation.content.models import State

from ..activities import OUTAGE_BEGAN, OUTAGE_ENDED
from ..models import Application, Check, Outage, Stage, Status, StatusPeriod

# The worst first.
ORDER = (Status.DOWN, Status.DEGRADED, Status.UP)


@transaction.atomic
def settle(pk: int, *, since: datetime | None = None, is_told: bool = True) -> str:
    """Write what the application is, when it is no longer what it was: status, history, outage, one announcement.

    since: when what made the difference was first seen, if not just now. is_told: False when the caller announces what
    it did itself. Answers "began" or "ended" of an outage the checks found, or nothing.
    """
    row = Application.objects.select_for_update(of=("self",)).select_related("space", "owner").get(pk=pk)
    outage = Outage.objects.current().filter(application=row).first()
    status = _status_of(row, outage)
    now = timezone.now()
    if status != row.status or row.status_since is None:
        _turn(row, status, min(since or now, now))
    # In maintenance it is known to be away: that is no outage.
    if status == Status.DOWN and outage is None and not row.is_in_maintenance(now):
        Outage.objects.create(application=row, began=row.status_since or now)
        if is_told:
            record(OUTAGE_BEGAN, row, actor=row.owner)
        return "began"
    if status != Status.DOWN and outage is not None:
        Outage.objects.filter(pk=outage.pk).update(ended=now)
        if is_told:
            record(OUTAGE_ENDED, row, actor=row.owner, data={"outage": str(outage.uuid)})
        return "ended"
    return ""


def settle_out_of_service() -> int:
    """What left the register is no longer out of order, nor in order. Answers how many were settled."""
    gone = ~Q(state=State.PUBLISHED) | Q(stage=Stage.RETIRED)
    marked = ~Q(status=Status.UNKNOWN) | Q(outages__ended__isnull=True, outages__isnull=False)
    pks = list(Application.objects.filter(gone & marked).order_by().values_list("pk", flat=True).distinct())
    for pk in pks:
        settle(pk, is_told=False)
    return len(pks)


@transaction.atomic
def note_silence(pk: int, last: datetime, now: datetime) -> None:
    """Nothing was known from `last` to `now` (the worker was stopped): the history says so, instead of the best."""
    held = StatusPeriod.objects.select_for_update().filter(application_id=pk, ended=None).first()
    if held is None or held.status == Status.UNKNOWN or not held.began < last < now:
        return
    StatusPeriod.objects.filter(pk=held.pk).update(ended=last)
    StatusPeriod.objects.create(application_id=pk, status=Status.UNKNOWN, began=last, ended=now)
    StatusPeriod.objects.create(application_id=pk, status=held.status, began=now)


def _status_of(row: Application, outage: Outage | None) -> Status:
    if row.state != State.PUBLISHED or row.stage == Stage.RETIRED:
        return Status.UNKNOWN
    if outage is not None and outage.is_declared:
        return Status.DOWN
    states = set(Check.objects.filter(application=row, is_active=True).values_list("state", flat=True))
    return next((one for one in ORDER if one in states), Status.UNKNOWN)


def _turn(row: Application, status: Status, moment: datetime) -> None:
    """Write the status and its history; `moment` is never before what is written already."""
    held = StatusPeriod.objects.filter(application=row, ended=None).first()
    if held is not None:
        moment = max(moment, held.began)
        StatusPeriod.objects.filter(pk=held.pk).update(ended=moment)
    row.status, row.status_since = status, moment
    Application.objects.filter(pk=row.pk).update(status=status, status_since=moment)
    StatusPeriod.objects.create(application=row, status=status, began=moment)
