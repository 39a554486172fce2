"""Liveness, readiness, metrics, and the yardstick of every benchmark."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from applications.querysets import count_by_status
from foundation.search.models import ObjectOutbox, Outbox

from .metrics import APPLICATIONS, UNINDEXED, WAITING

LOOPBACK = ("127.0.0.1", "::1")


@require_safe
@never_cache
def hello(request: HttpRequest) -> HttpResponse:
    """The bare signed-in view that every page's cost is measured against: session, person, their name."""
    return HttpResponse(request.user.name, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The parts it cannot do without answer: 200, or 503 with the name of the one that does not."""
    parts: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = "ok"
    except Exception as error:  # whatever the driver raises, the answer is the same
        parts["database"] = type(error).__name__
    try:
        cache.set("health", "1", 5)
        parts["cache"] = "ok" if cache.get("health") == "1" else "lost"
    except Exception as error:
        parts["cache"] = type(error).__name__
    is_ready = all(state == "ok" for state in parts.values())
    return JsonResponse(parts, status=200 if is_ready else 503)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format. SECURITY: for this machine, or for the bearer of METRICS_TOKEN; 404 for others."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        is_allowed = secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    else:
        is_allowed = request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers
    if not is_allowed:
        return HttpResponse(status=404)
    WAITING.set(DBTaskResult.objects.ready().count())
    for status, count in count_by_status().items():
        APPLICATIONS.labels(status).set(count)
    UNINDEXED.set(Outbox.objects.count() + ObjectOutbox.objects.count())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
