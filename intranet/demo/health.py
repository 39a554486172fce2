"""Checks of the demo city, with thirty days of history: invented, the same every time, and asked of no machine.

Its machines end in `.example`, which belongs to nobody: the worker never asks them (see `Check.is_example`).
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from applications.models import Application, Check, CheckResult, CheckSummary, Link, Outage, Status, StatusPeriod
from applications.models.health import DEGRADED, DOWN, UP
from directory.models import Person

from .city import read_toml

DAYS = 30
EVERY = timedelta(minutes=10)
LETTERS = {Status.UP: UP, Status.DEGRADED: DEGRADED, Status.DOWN: DOWN}


@dataclass(frozen=True)
class Incident:
    """When it was not in order: hours ago, and for how many (null: it lasts)."""

    status: str
    ago: float
    hours: float | None


def load_health(seed: int) -> str:
    """Checks, history, one outage that lasts, one certificate at its end, dead links. Answers what was loaded."""
    texts = read_toml("health.toml")
    by_name = {one.title: one for one in Application.objects.select_related("owner")}
    now = timezone.now()
    checks = 0
    for row in texts["checks"]:
        application = by_name[row["application"]]
        checks += _load_check(application, row, random.Random(f"{seed} {row['application']}"), now)
    for row in texts["links"]:
        _load_link(by_name[row["application"]], row, now)
    return f"{checks} checks of applications, {len(texts['links'])} dead links"


def _load_check(application: Application, row: dict[str, Any], chance: random.Random, now: datetime) -> int:
    incidents = [Incident(one["status"], one["ago"], one.get("hours")) for one in row.get("incidents", ())]
    kinds = row.get("kinds", ["http"])
    host = urlsplit(application.address).hostname or ""
    status, since = Status.UP.value, now - timedelta(days=DAYS)
    for one in incidents:
        began = now - timedelta(hours=one.ago)
        ended = began + timedelta(hours=one.hours) if one.hours else None
        StatusPeriod.objects.create(application=application, status=Status.UP, began=since, ended=began)
        status, since = (Status.UP.value, ended) if ended else (one.status, began)
        if ended:
            StatusPeriod.objects.create(application=application, status=one.status, began=began, ended=ended)
        if one.status == Status.DOWN:
            outage = Outage(application=application, began=began, ended=ended)
            if not ended:
                outage.note_fr, outage.note_en = row["note_fr"], row["note_en"]
                outage.acknowledged_by, outage.acknowledged = _keeper(application), began + timedelta(minutes=9)
            outage.save()
    StatusPeriod.objects.create(application=application, status=status, began=since)
    Application.objects.filter(pk=application.pk).update(status=status, status_since=since)
    for kind in kinds:
        check = Check(application=application, kind=kind, host=host, created=now - timedelta(days=DAYS), every=10)
        check.address = application.address if kind == Check.Kind.HTTP else ""
        check.state, check.last_at, check.next_at = status, now, now
        ends = kind == Check.Kind.TLS and row.get("certificate_days")
        if kind == Check.Kind.TLS:
            check.certificate_until = now + timedelta(days=row.get("certificate_days", 240))
        if ends:
            check.problem = "expires"
        elif kinds != ["http"] and kind == Check.Kind.HTTP and status == Status.DEGRADED:
            # It is the certificate, not the page.
            check.state = Status.UP
        elif status == Status.DOWN:
            check.problem, check.problem_data = "code_class", {"series": 5}
        check.save()
        _load_looks(check, incidents, row.get("ms", 240), chance, now)
    return len(kinds)


def _keeper(application: Application) -> Person:
    return Person.objects.get(pk=application.owner_id)


def _load_looks(check: Check, incidents: list[Incident], ms: int, chance: random.Random, now: datetime) -> None:
    """The last day look by look, the days before in a line each."""
    looks, at = [], now - timedelta(hours=24)
    while at <= now:
        outcome = _outcome(check, incidents, (now - at).total_seconds() / 3600)
        look = CheckResult(check_of=check, at=at, outcome=outcome)
        if outcome == DOWN:
            look.problem, look.problem_data, look.code_class = "code_class", {"series": 5}, 5
        else:
            # Busier in the middle of the day, and slow when it is disturbed.
            busy = 1.6 if 9 <= timezone.localtime(at).hour < 16 else 1.0
            slow = 9 if outcome == DEGRADED and check.kind == Check.Kind.HTTP else 1
            look.ms = int(ms * busy * slow * chance.uniform(0.8, 1.3))
            look.code_class = 2 if check.kind == Check.Kind.HTTP else None
            look.problem = {"g": "expires" if check.kind == Check.Kind.TLS else "took"}.get(outcome, "")
        looks.append(look)
        at += EVERY
    CheckResult.objects.bulk_create(looks, batch_size=500)
    check.last_ms = looks[-1].ms
    check.last_outcome = looks[-1].outcome
    check.outcomes = "".join(one.outcome for one in looks[-10:])
    check.save(update_fields=["last_ms", "last_outcome", "outcomes"])
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = []
    for day in range(2, DAYS):
        count = 144
        mean = int(ms * chance.uniform(1.0, 1.4))
        rows.append(
            CheckSummary(
                check_of=check,
                span=CheckSummary.Span.DAY,
                begins=midnight - timedelta(days=day),
                ups=count,
                ms_total=mean * count,
                ms_count=count,
                ms_most=mean * 3,
            )
        )
    CheckSummary.objects.bulk_create(rows)


def _outcome(check: Check, incidents: list[Incident], ago: float) -> str:
    for one in incidents:
        lasted = one.hours if one.hours is not None else one.ago
        if one.ago - lasted <= ago <= one.ago:
            if check.state == Status.UP and one.hours is None:
                return UP
            return LETTERS[Status(one.status)]
    return UP


def _load_link(application: Application, row: dict[str, Any], now: datetime) -> None:
    field = row.get("field", "address")
    if field == "help_address" and not application.help_address:
        Application.objects.filter(pk=application.pk).update(help_address=row["address"])
    address = row.get("address") or application.address
    Link.objects.create(
        application=application,
        field=field,
        address=address,
        host=urlsplit(address).hostname or "",
        state=row["state"],
        problem=row.get("problem", ""),
        problem_data=row.get("data", {}),
        target=row.get("target", ""),
        days=row["days"],
        since=now - timedelta(days=row["days"]),
        last_at=now - timedelta(hours=3),
        next_at=now + timedelta(hours=21),
    )
