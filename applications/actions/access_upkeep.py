"""What the clock does to requests for access: which nobody can answer, which lost their sense."""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.content.models import State

from ..activities import ACCESS_ASKED, REQUEST_LAPSED
from ..models import AccessRequest, Entry, Stage
from ..policies.applications import sees
from .access import answerers_of, manager_asked

logger = logging.getLogger(__name__)

# Nobody answered for as long: it would be given for a need of last season.
LAPSES_AFTER = timedelta(days=90)
# Who sees what is asked one by one, so not every minute.
LOOK_EVERY = timedelta(minutes=15)
BATCH = 500


def look_after_requests() -> int:
    """Lapse the requests that lost their sense, and pass on those whose manager can no longer be asked. Called every
    minute; answers how many it changed. Doing it twice tells nobody twice."""
    if not cache.add("applications:requests", 1, LOOK_EVERY.total_seconds()):
        return 0
    return settle_requests()


def settle_requests() -> int:
    """The same, now."""
    changed = 0
    rows = AccessRequest.objects.waiting().with_row().oldest_first()
    for one in rows[:BATCH]:
        try:
            changed += _settle(one)
        except Exception:
            # One that cannot be settled must not keep the others from it.
            logger.exception("request for access %s cannot be settled", one.pk)
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
