"""How the applications are: for everyone, of those they see."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.audiences.policies import ask

from ..actions.health_runs import network_trouble
from ..models import Application, Link, Outage, Status
from ..models.health import silence_of
from ..querysets import outages_for
from ..querysets.health import with_last_look
from ..uptime import duration, history_of_each

MAINTENANCE_AHEAD = timedelta(days=14)
# The one that needs somebody comes first.
ORDER = {Status.DOWN: 0, Status.DEGRADED: 1, Status.UP: 2, Status.UNKNOWN: 3}
OUTAGES = 30


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The applications I see: their light, their last thirty days, outages, maintenance to come."""
    shown = Application.objects.visible_to(request.user).published().exclude(stage="retired").in_launcher_order()
    applications = list(with_last_look(shown))
    histories = history_of_each([one.pk for one in applications])
    rows = [
        {"application": one, "history": histories[one.pk], "is_silent": _is_silent(one)}
        for one in applications
        if one.pk in histories
    ]
    rows.sort(key=lambda row: ORDER[Status(row["application"].status)])
    context = {
        "rows": rows,
        "unwatched": [one for one in applications if one.pk not in histories],
        "outages": outages_for(request.user),
        "maintenance": _maintenance(applications),
        "network": network_trouble(),
        "counts": _counts(rows),
        "keeps_links": Link.objects.visible_to(request.user).exists(),
    }
    return render(request, "applications/health/status.html", context)


@require_safe
def history(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One application, day by day, with its outages."""
    found = get_object_or_404(Application.objects.visible_to(request.user), uuid=uuid)
    past = Outage.objects.visible_to(request.user).filter(application=found).newest_first()
    past = list(past[:OUTAGES])
    for one in past:
        one.lasted_words = duration(one.lasted)
    context = {
        "application": found,
        "history": history_of_each([found.pk]).get(found.pk),
        "past": past,
        "can_keep": ask(request.user, "applications.keep", found),
    }
    return render(request, "applications/health/history.html", context)


def _is_silent(one: Any) -> bool:
    """Whether its checks have not been heard of for longer than they should: its light is an old one."""
    return bool(one.last_look and one.last_look < timezone.now() - silence_of(one.looked_every))


def _maintenance(applications: list[Application]) -> list[Application]:
    now = timezone.now()
    coming = [
        one
        for one in applications
        if one.maintenance_from
        and one.maintenance_until
        and one.maintenance_until > now
        and one.maintenance_from < now + MAINTENANCE_AHEAD
    ]
    return sorted(coming, key=lambda one: (one.maintenance_from or now, one.pk))


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(Status.values, 0)
    for row in rows:
        counts[row["application"].status] += 1
    return counts
