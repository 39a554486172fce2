"""Reading feeds: due ones, one at a time each, conditionally, and everything before anything is written."""

import logging
from collections import Counter
from typing import Any

from django.conf import settings

from directory.models import Person
from foundation.audiences.policies import ask
from foundation.outgoing.http import Answer, get
from foundation.outgoing.problems import Problem

from ..models import Source, SourceRun
from ..parsing import Parsed, read_feed
from .imports import PASSING, take_in, unchanged_of
from .source_runs import LeaseLost, begin_run, end_run, fail_run, new_holder, release_lease, renew_lease, take_lease

logger = logging.getLogger(__name__)

ACCEPT = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.7"


def due_sources() -> list[int]:
    """The feeds to read now, the longest waiting first."""
    return list(Source.objects.due().values_list("pk", flat=True)[:100])


def poll_due_sources() -> int:
    """Read the feeds whose moment has come. Called by the worker; answers how many were read."""
    return sum(poll(pk) is not None for pk in due_sources())


def poll(pk: int) -> SourceRun | None:
    """Read one feed, if it is due and nobody else reads it. What is wrong is written in its run.

    Killed at any point, the next reading does what was missing: items are known by their id, and the server's marks of
    the document are kept last.
    """
    holder = new_holder()
    source = take_lease(pk, holder)
    if source is None:
        return None
    run = begin_run(source)
    assert run is not None
    try:
        return _read(source, run, holder)
    except Problem as problem:
        return fail_run(run, problem)
    except LeaseLost:
        return run
    except Exception as error:
        # One source must not keep the others from being read.
        logger.exception("source %s met a fault", source.pk)
        return fail_run(run, Problem("unwritable", error=type(error).__name__))
    finally:
        release_lease(source, holder)


def keeper_of(source: Source) -> Any:
    """The keeper, as of now. Raises Problem when they may no longer write for the site."""
    keeper = Person.objects.with_unit().get(pk=source.keeper_id)
    if not keeper.is_active or not ask(keeper, "publications.draft", source.space):
        raise Problem("keeper")
    return keeper


def _read(source: Source, run: SourceRun, holder: str) -> SourceRun:
    keeper = keeper_of(source)
    marks = {"If-None-Match": source.etag, "If-Modified-Since": source.modified}
    headers = {"Accept": ACCEPT, **{name: mark for name, mark in marks.items() if mark}}
    answer = get(source.address, headers, allow=settings.FEED_SOURCES_ALLOW)
    if answer.status == 304:
        return end_run(run, {}, is_unchanged=True)
    if answer.status != 200:
        raise Problem("status", status=answer.status)
    parsed = read_feed(answer.body, answer.headers.get("content-type", ""), answer.url, source.language)
    counts, problems = write(source, parsed, keeper, lambda: renew_lease(source, holder))
    is_whole = not any(one["code"] in PASSING for one in problems)
    is_unchanged = not problems and counts["read"] == counts["unchanged"]
    return end_run(run, counts, problems, kept=_marks(answer) if is_whole else {}, is_unchanged=is_unchanged)


def _marks(answer: Answer) -> dict[str, str]:
    """What makes the next request conditional. SECURITY: sent back as they came, so nothing but visible ASCII."""
    found = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
    return {name: text for name, text in found.items() if text.isascii() and text.isprintable()}


def write(source: Source, parsed: Parsed, keeper: Any, between: Any) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Take the items in, each in its transaction; `between` is called before each. Answers counts and problems."""
    same = unchanged_of(source, parsed.items)
    counts = Counter({"read": len(parsed.items), "unchanged": len(same)})
    problems = list(parsed.problems)
    for item in parsed.items:
        if (item.external_id, item.language) in same:
            continue
        between()
        outcome = take_in(source, item, actor=keeper)
        counts[outcome.what] += 1
        problems += outcome.problems
    return dict(counts), problems
