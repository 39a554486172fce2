"""Making the people asked agree with the request: who must acknowledge is written down, set by set, in the background.

One pass goes through all people by key, `BATCH` at a time, each batch one transaction that also notes how far it came:
killed anywhere, it goes on from there, and doing a batch twice changes nothing. The same pass freezes the set at
publication, adds joiners, marks leavers, asks again after a material change, and empties what was closed.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from foundation.audiences.sql import moment, table
from foundation.content.policies import addressees_of
from foundation.content.querysets import SHOWN

from .. import schedules
from ..models import Request, Target

BATCH = 2000
CHECK_EVERY = timedelta(minutes=15)
# How many requests one minute looks after: all of some hundreds in a quarter of an hour.
CHECKS = 20

_INSERT = """
INSERT INTO {target} (request_id, person_id, since, due, required, done, is_pending, next_reminder, escalates)
SELECT %s, r.reader, %s, %s, %s, 0, {true}, %s, %s FROM ({readers}) r WHERE 1 = 1
ON CONFLICT (request_id, person_id) DO NOTHING
"""


def settle(request_id: int) -> int:
    """The whole pass, or what is left of it. Answers how many batches there were."""
    batches = 1
    while settle_batch(request_id):
        batches += 1
    return batches


@transaction.atomic
def settle_batch(request_id: int, size: int = BATCH) -> bool:
    """The next `size` people. Answers whether there are more."""
    found = Request.objects.unsettled().select_for_update(of=("self",))
    request = found.select_related("content__space__audience", "content__audience").filter(pk=request_id).first()
    if request is None:
        return False
    now = timezone.now()
    people = get_user_model()._default_manager.filter(pk__gt=request.swept_to).order_by("pk")
    end = people.values_list("pk", flat=True)[size - 1 : size].first()
    chunk = Q(person_id__gt=request.swept_to) & (Q(person_id__lte=end) if end else Q())
    targets = Target.objects.on(request).filter(chunk)
    if request.closed:
        targets.pending().update(is_pending=False)
    elif request.content.state in SHOWN:
        _follow_readers(request, targets, end, now)
        _ask_again(request, targets)
        targets.filter(left__isnull=True, done__lt=F("required"), is_pending=False).update(is_pending=True)
    request.swept = request.checked = now
    if end:
        request.swept_to = end
    else:
        request.settled = now
        request.frozen = request.frozen or now
    request.save(update_fields=["swept", "swept_to", "settled", "frozen", "checked"])
    return bool(end)


def _readers(request: Request) -> QuerySet:
    """The active people who read the content now."""
    return get_user_model()._default_manager.filter(addressees_of(request.content), is_active=True)


def _schedule(request: Request, due: datetime | None) -> dict[str, Any]:
    """The columns that follow from a due date."""
    return {
        "due": due,
        "next_reminder": schedules.next_reminder(due, request.reminders, timezone.now()),
        "escalates": schedules.escalation(due, request.escalate_after),
    }


def _follow_readers(request: Request, targets: QuerySet, end: int | None, now: datetime) -> None:
    """Within a batch: who reads and is not written down is added, who no longer reads is no longer concerned, who reads
    again is concerned again."""
    readers = _readers(request).filter(pk__gt=request.swept_to)
    readers = readers.filter(pk__lte=end) if end else readers
    _add(request, readers, now)
    targets.filter(left__isnull=True).exclude(person__in=readers).update(left=now, is_pending=False)
    back = targets.filter(left__isnull=False, person__in=readers)
    more_time = _schedule(request, schedules.due_for(request.due, now, joined=True))
    back.filter(done__lt=F("required")).update(left=None, is_pending=True, **more_time)
    back.update(left=None)


def _add(request: Request, readers: QuerySet, now: datetime) -> None:
    """One INSERT … SELECT: no person passes through Python."""
    joined = request.frozen is not None
    since = now if joined else request.asked
    plan = _schedule(request, schedules.due_for(request.due, since, joined=joined))
    named = readers.order_by().values(reader=F("pk"))
    sql, params = named.query.get_compiler(connection=connection).as_sql()
    true = "TRUE" if connection.vendor == "postgresql" else "1"
    values = [request.pk, _at(since), _at(plan["due"]), request.required]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(target=table(Target), true=true, readers=sql),
            [*values, _at(plan["next_reminder"]), _at(plan["escalates"]), *params],
        )


def _at(value: datetime | None) -> Any:
    return None if value is None else moment(value)


def _ask_again(request: Request, targets: QuerySet) -> None:
    """After a material change: a new version to acknowledge, a new date, and the reminders from the start."""
    outdated = targets.filter(required__lt=request.required)
    pending = Case(When(left__isnull=True, done__lt=request.required, then=Value(True)), default=Value(False))
    outdated.update(required=request.required, is_pending=pending, escalated=None, **_schedule(request, request.due))


def check(now: datetime) -> int:
    """Look for joiners and leavers of the requests that were not looked at for a while. Answers how many changed."""
    late = Request.objects.open().with_shown_content().filter(settled__isnull=False, checked__lt=now - CHECK_EVERY)
    changed = 0
    for request in late.select_related("content__space__audience", "content__audience").order_by("checked")[:CHECKS]:
        if _has_drifted(request):
            reopened = Request.objects.filter(pk=request.pk, settled__isnull=False)
            if reopened.update(settled=None, swept_to=0, swept=now):
                settle(request.pk)
                changed += 1
        else:
            Request.objects.filter(pk=request.pk).update(checked=now)
    return changed


def _has_drifted(request: Request) -> bool:
    """Whether anybody joined, left or came back, or is not as they should be. A few questions, no rows."""
    readers, targets = _readers(request), Target.objects.on(request)
    written = targets.filter(person_id=OuterRef("pk"))
    # A pass while the thing lay in the trash left everything as it was.
    outdated = Q(required__lt=request.required)
    forgotten = Q(left__isnull=True, done__lt=F("required"), is_pending=False)
    return (
        readers.filter(~Exists(written)).exists()
        or targets.filter(left__isnull=True).exclude(person__in=readers).exists()
        or targets.filter(left__isnull=False, person__in=readers).exists()
        or targets.filter(outdated | forgotten).exists()
    )
