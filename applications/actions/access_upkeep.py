"""What the clock does to access: requests that nobody can answer or that lost their sense, access that ends soon."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from foundation.activity.actions import record
from foundation.content.models import State

from ..activities import ACCESS_ASKED, ACCESS_ENDS_SOON, REQUEST_LAPSED
from ..models import AccessGrant, AccessRequest, Entry, Stage
from ..policies.applications import sees
from .access import answerers_of, manager_asked

logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Model)

# Nobody answered for as long: it would be given for a need of last season.
LAPSES_AFTER = timedelta(days=90)
# Who sees what is asked one by one, so not every minute.
LOOK_EVERY = timedelta(minutes=15)
BATCH = 500


def look_after_access() -> int:
    """Lapse the requests that lost their sense, pass on those whose manager can no longer be asked, tell those whose
    access ends soon. Called every minute; answers how many it changed. Doing it twice tells nobody twice."""
    if not cache.add("applications:requests", 1, LOOK_EVERY.total_seconds()):
        return 0
    return settle_requests() + announce_ends()


def announce_ends() -> int:
    """Tell those whose access ends soon, once; they may ask for more. Answers how many."""
    return _each(_announce_end, AccessGrant.objects.to_announce().with_row().order_by("expires", "pk"))


@transaction.atomic
def _announce_end(grant: AccessGrant) -> int:
    row = AccessGrant.objects.select_for_update(of=("self",)).to_announce().with_row().filter(pk=grant.pk).first()
    if row is None:
        return 0
    row.end_told = timezone.now()
    row.save(update_fields=["end_told"])
    application, last_day = row.application, row.last_day
    # What is of no use to them any more is told to nobody.
    is_of_use = application.entry == Entry.REQUEST and application.stage != Stage.RETIRED and row.person.is_active
    if last_day is None or not is_of_use or application.state != State.PUBLISHED or not sees(row.person, application):
        return 0
    # The clock speaks in the name of whoever has it.
    said = {"person": row.person_id, "last_day": last_day.isoformat()}
    record(ACCESS_ENDS_SOON, application, actor=row.person, data=said)
    return 1


def settle_requests() -> int:
    """The same, now."""
    return _each(_settle, AccessRequest.objects.waiting().with_row().oldest_first())


def _each(work: Callable[[T], int], rows: QuerySet[T]) -> int:
    """Do it for each of the first rows. Answers how many it changed."""
    changed = 0
    for one in rows[:BATCH]:
        try:
            changed += work(one)
        except Exception:
            # One that cannot be dealt with must not keep the others from it.
            logger.exception("the clock cannot deal with %s %s", one._meta.label, one.pk)
    return changed


@transaction.atomic
def _settle(request: AccessRequest) -> int:
    row = AccessRequest.objects.select_for_update(of=("self",)).with_row().get(pk=request.pk)
    if not row.is_waiting:
        return 0
    application = row.application
    is_moot = application.entry == Entry.OPEN or application.stage == Stage.RETIRED
    is_moot = is_moot or application.state == State.TRASHED
    is_over = row.created < timezone.now() - LAPSES_AFTER or (
        row.until is not None and row.until < timezone.localdate()
    )
    if is_moot or is_over or not row.person.is_active or not sees(row.person, application):
        row.state, row.answered = AccessRequest.State.LAPSED, timezone.now()
        row.save(update_fields=["state", "answered"])
        # The clock speaks in the name of whoever asked.
        record(REQUEST_LAPSED, application, actor=row.person, data={"person": row.person_id, "request": str(row.uuid)})
        return 1
    if row.state == AccessRequest.State.MANAGER and manager_asked(row) is None:
        row.state = AccessRequest.State.APPROVER
        row.save(update_fields=["state"])
        said = {"request": str(row.uuid), "told": answerers_of(row)}
        record(ACCESS_ASKED, application, actor=row.person, data=said)
        return 1
    return 0
