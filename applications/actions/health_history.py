"""Keeping the history of the checks small: looks become hours after a week, hours days after a month, days go."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDay, TruncHour
from django.utils import timezone

from ..models import CheckResult, CheckSummary, Outage, StatusPeriod
from ..models.health import DEGRADED, DOWN, UP

LOOKS, HOURS, KEPT = timedelta(days=7), timedelta(days=30), timedelta(days=90)


def tidy_history(now: datetime | None = None) -> int:
    """Do what is due of it. Answers how many rows went. Killed in the middle, it is done the next time."""
    now = now or timezone.now()
    gone = 0
    for step in (_looks_to_hours, _hours_to_days):
        try:
            gone += step(now)
        except IntegrityError:
            # Another worker did it at the same moment.
            continue
    gone += CheckSummary.objects.filter(begins__lt=now - KEPT).delete()[0]
    gone += StatusPeriod.objects.filter(ended__lt=now - KEPT).delete()[0]
    gone += Outage.objects.filter(ended__lt=now - KEPT).delete()[0]
    return gone


@transaction.atomic
def _looks_to_hours(now: datetime) -> int:
    until = (now - LOOKS).replace(minute=0, second=0, microsecond=0)
    old = CheckResult.objects.filter(at__lt=until)
    rows = (
        old.annotate(begins=TruncHour("at"))
        .order_by()
        .values("check_of_id", "begins")
        .annotate(
            ups=Count("pk", filter=Q(outcome=UP)),
            degradeds=Count("pk", filter=Q(outcome=DEGRADED)),
            downs=Count("pk", filter=Q(outcome=DOWN)),
            ms_total=Coalesce(Sum("ms"), 0),
            ms_count=Count("ms"),
            ms_most=Coalesce(Max("ms"), 0),
        )
    )
    return _replace(old, rows, CheckSummary.Span.HOUR)


@transaction.atomic
def _hours_to_days(now: datetime) -> int:
    until = timezone.localtime(now - HOURS).replace(hour=0, minute=0, second=0, microsecond=0)
    old = CheckSummary.objects.filter(span=CheckSummary.Span.HOUR, begins__lt=until)
    rows = (
        old.annotate(day=TruncDay("begins"))
        .order_by()
        .values("check_of_id", "day")
        .annotate(
            all_ups=Sum("ups"),
            all_degradeds=Sum("degradeds"),
            all_downs=Sum("downs"),
            all_ms=Sum("ms_total"),
            all_counts=Sum("ms_count"),
            most=Max("ms_most"),
        )
    )
    named = [
        {
            "check_of_id": one["check_of_id"],
            "begins": one["day"],
            "ups": one["all_ups"],
            "degradeds": one["all_degradeds"],
            "downs": one["all_downs"],
            "ms_total": one["all_ms"],
            "ms_count": one["all_counts"],
            "ms_most": one["most"],
        }
        for one in rows
    ]
    return _replace(old, named, CheckSummary.Span.DAY)


def _replace(old: QuerySet[Any], rows: Any, span: str) -> int:
    CheckSummary.objects.bulk_create([CheckSummary(span=span, **one) for one in rows], batch_size=500)
    return old.delete()[0]
