"""The sync as administrators see it: whether it listens, its runs, and what was wrong with entries."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.audiences.policies import require

from ..actions.sync_runs import sync_state
from ..models import SyncRun
from ..sync.problems import sentence_of
from ..sync.report import LABELS

RUNS = 50
PROBLEMS = 500
# A watch is heard of every ten seconds.
SILENT = timedelta(minutes=1)
# What one wants to know of a run in a list of runs.
TELLING = ("people_added", "people_changed", "people_left", "people_returned", "units_changed", "groups_changed")


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """The newest runs, and whether a watch listens. For administrators; 403 with the reason for others."""
    require(request.user, "directory.see_sync", None)
    watched = sync_state().watched
    context = {
        "runs": [
            (run, _counts(run, TELLING)) for run in SyncRun.objects.visible_to(request.user).newest_first()[:RUNS]
        ],
        "watched": watched,
        "is_listening": watched is not None and timezone.now() - watched < SILENT,
    }
    return render(request, "directory/sync_runs.html", context)


@require_safe
def run(request: HttpRequest, uuid: str) -> HttpResponse:
    """One run: its numbers, and each problem in words."""
    require(request.user, "directory.see_sync", None)
    shown = get_object_or_404(SyncRun.objects.visible_to(request.user), uuid=uuid)
    problems = list(shown.problems.all()[: PROBLEMS + 1])
    context = {
        "run": shown,
        "counts": _counts(shown, tuple(shown.counts)),
        "problems": [(one.dn, sentence_of(one.code, one.data)) for one in problems[:PROBLEMS]],
        "has_more": len(problems) > PROBLEMS,
    }
    return render(request, "directory/sync_run.html", context)


def _counts(of: SyncRun, names: tuple[str, ...]) -> list[tuple[Any, int]]:
    """The numbers that are not zero, with their words."""
    return [(LABELS.get(name, name), of.counts[name]) for name in names if of.counts.get(name)]
