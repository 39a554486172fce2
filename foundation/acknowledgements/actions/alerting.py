"""Telling others: who stands in for somebody away, and the managers of those who are late. Once each.

Nobody acknowledges for another: the proof says who read. Who stands in is told so that they read it, act on it and
brief the one who is away, who stays pending until they are back.
"""

import logging
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.audiences.relations import delegates_of, managers_of
from foundation.content.policies import readers_of

from ..activities import DELEGATED, ESCALATED
from ..models import Alert, Request, Target

logger = logging.getLogger(__name__)

CHUNK = 5000


def escalate(now: datetime) -> int:
    """Tell the managers of those who are late enough. Answers how many requests had some."""
    late = Target.objects.pending().filter(escalates__lte=now)
    count = 0
    for pk in late.order_by().values_list("request_id", flat=True).distinct()[:100]:
        try:
            count += _escalate(pk, now)
        except Exception:
            # One that cannot be told must not keep the others from being told.
            logger.exception("request %s cannot be escalated", pk)
    return count


@transaction.atomic
def _escalate(request_id: int, now: datetime) -> bool:
    request = _locked(request_id)
    late = Target.objects.on(request).pending().filter(escalates__lte=now)
    ids = list(late.values_list("person_id", flat=True))
    managers = {
        manager for start in range(0, len(ids), CHUNK) for manager in managers_of(ids[start : start + CHUNK]).values()
    }
    late.update(escalated=now, escalates=None)
    if request.closed:
        return False
    kind = Alert.Kind.MANAGER
    told = set(Alert.objects.filter(request=request, kind=kind).values_list("person_id", flat=True))
    new = _who_see(request, managers - told)
    Alert.objects.bulk_create(Alert(request=request, kind=kind, person_id=one, at=now) for one in sorted(new))
    if new:
        data = {"request": request.pk, "wave": now.isoformat()}
        record(ESCALATED, request.content, actor=request.asked_by, data=data)
    return bool(new)


def tell_delegates(now: datetime) -> int:
    """Tell those who stand in today of what waits for the one they replace. Answers how many requests had some."""
    delegates = delegates_of(timezone.localdate(now))
    count = 0
    ids = sorted(delegates)
    waiting: dict[int, list[int]] = {}
    for start in range(0, len(ids), CHUNK):
        found = Target.objects.pending().filter(person_id__among=ids[start : start + CHUNK])
        found = found.filter(request__closed__isnull=True, request__content__state="published")
        for request_id, person_id in found.values_list("request_id", "person_id"):
            waiting.setdefault(request_id, []).append(person_id)
    for request_id, away in sorted(waiting.items()):
        try:
            count += _tell_delegates(request_id, {one: delegates[one] for one in away}, now)
        except Exception:
            # One that cannot be told must not keep the others from being told.
            logger.exception("those who stand in cannot be told of request %s", request_id)
    return count


@transaction.atomic
def _tell_delegates(request_id: int, delegates: dict[int, int], now: datetime) -> bool:
    kind = Alert.Kind.DELEGATE
    told = set(Alert.objects.filter(request_id=request_id, kind=kind).values_list("about_id", "person_id"))
    new = [pair for pair in sorted(delegates.items()) if pair not in told]
    if not new:
        return False
    request = _locked(request_id)
    able = _who_see(request, {delegate for _away, delegate in new})
    rows = [
        Alert(request=request, kind=kind, person_id=delegate, about_id=away, at=now)
        for away, delegate in new
        if delegate in able
    ]
    made = Alert.objects.bulk_create(rows, ignore_conflicts=True)
    if made:
        data = {"request": request.pk, "wave": now.isoformat()}
        record(DELEGATED, request.content, actor=request.asked_by, data=data)
    return bool(made)


def _locked(request_id: int) -> Request:
    found = Request.objects.select_for_update(of=("self",))
    return found.select_related("content__space__audience", "content__audience", "asked_by").get(pk=request_id)


def _who_see(request: Request, ids: Collection[int]) -> set[int]:
    """SECURITY: those of `ids` who may see the content. The others are told nothing, not even later."""
    if not ids:
        return set()
    readers = get_user_model()._default_manager.filter(readers_of(request.content), is_active=True)
    return set(readers.filter(pk__in=ids).values_list("pk", flat=True))
