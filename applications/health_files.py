"""The history of checks as their pages and files show it. Whoever calls this has asked who may read it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.ui.sheets import MARK, guarded, line_writer

from .charts import SPAN, Chart, chart_of
from .models import Check, CheckResult, CheckSummary

CHUNK = 1000


def charts_of(checks: Sequence[Check], now: datetime) -> dict[int, Chart]:
    """The last day of each check, by its key. One query, whatever their number."""
    rows: dict[int, list[tuple[datetime, str, int | None]]] = {}
    looks = CheckResult.objects.filter(check_of__in=checks, at__gt=now - SPAN).order_by("at", "pk")
    for pk, *values in looks.values_list("check_of_id", "at", "outcome", "ms"):
        rows.setdefault(pk, []).append((values[0], values[1], values[2]))
    charts = {pk: chart_of(values, now) for pk, values in rows.items()}
    return {pk: chart for pk, chart in charts.items() if chart}


def newest_of(check: Check, count: int) -> list[CheckResult]:
    """What it found last, the newest first."""
    return list(CheckResult.objects.filter(check_of=check).order_by("-at", "-pk")[:count])


def csv_of(check: Check) -> Iterator[str]:
    """All that is kept of it, line by line: looks of the last week, then hours and days, the newest first."""
    language = translation.get_language() or "fr"
    line = line_writer(language[:2])
    with translation.override(language):
        heads = (
            _("Moment"),
            pgettext("check", "Span"),
            _("State"),
            _("Milliseconds"),
            _("Series of the code"),
            _("What was wrong"),
        )
        yield MARK + line([*heads, pgettext("check", "Looks"), pgettext("check", "Failures")])
    looks = CheckResult.objects.filter(check_of=check).order_by("-at", "-pk")
    for one in looks.iterator(CHUNK):
        # The thread that sends it has no language of its own.
        with translation.override(language):
            yield line([_stamp(one.at), "", _state(one.state), *_seen(one), guarded(one.sentence), 1, ""])
    summaries = CheckSummary.objects.filter(check_of=check).order_by("-begins", "-pk")
    for one in summaries.iterator(CHUNK):
        with translation.override(language):
            total = one.ups + one.degradeds + one.downs
            yield line([_stamp(one.begins), one.get_span_display(), "", one.ms or "", "", "", total, one.downs])


def _seen(one: CheckResult) -> tuple[Any, Any]:
    return ("" if one.ms is None else one.ms, one.code_class or "")


def _stamp(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")


def _state(state: str) -> str:
    return str(dict(Check._meta.get_field("state").flatchoices)[state])
