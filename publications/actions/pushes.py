"""The door by which other systems hand in their publications: signed, fresh, once, and no more than so many."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import WINDOW, Unreadable, is_signed, unseal

from ..models import Source
from ..parsing import read_feed, read_json
from ..problems import sentence_of
from .polling import keeper_of, write
from .source_runs import begin_run, end_run, fail_run

BODY_MAX = 1024 * 1024
# A minute: of one source, and refused ones of one address.
PUSHES, REFUSALS = 60, 30


@dataclass(frozen=True)
class Reply:
    """What is answered: the code, and an object for the machine that asked."""

    status: int
    body: dict[str, Any]


def refusal(status: int, code: str, detail: str) -> Reply:
    """A no, in words for whoever runs the other system."""
    return Reply(status, {"code": code, "detail": detail})


def receive_push(uuid: UUID, body: bytes, *, timestamp: str, signature: str, content_type: str, address: str) -> Reply:
    """Take in what a system sends. `address`: of the machine, to count its refusals.

    SECURITY: an unknown source, a paused one, one that is a feed and a wrong signature are answered alike.
    """
    if _count(f"refused:{address}", 0) >= REFUSALS:
        return refusal(429, "too_many", "Too many refused requests. Wait a minute.")
    if len(body) > BODY_MAX:
        return refusal(413, "too_large", f"At most {BODY_MAX} bytes.")
    source = Source.objects.with_row().filter(uuid=uuid, kind=Source.Kind.PUSH, is_active=True).first()
    refused = _refused(source, body, timestamp, signature)
    if refused is not None:
        _count(f"refused:{address}", 1)
        return refused
    assert source is not None
    if _count(f"push:{source.pk}", 1) > PUSHES:
        return refusal(429, "too_many", f"At most {PUSHES} requests a minute.")
    run = begin_run(source, signature=signature)
    if run is None:
        return refusal(401, "replayed", "This request was received already.")
    try:
        keeper = keeper_of(source)
        is_json = content_type.partition(";")[0].strip().lower() in ("application/json", "")
        parsed = read_json(body, "", source.language) if is_json else read_feed(body, content_type, "", source.language)
        counts, problems = write(source, parsed, keeper, lambda: None)
    except Problem as problem:
        fail_run(run, problem)
        if problem.code == "keeper":
            return refusal(409, problem.code, sentence_of(problem.code, problem.data))
        status = 413 if problem.code == "too_many" else 400
        return refusal(status, problem.code, sentence_of(problem.code, problem.data))
    end_run(run, counts, problems)
    said = [
        {"code": one["code"], "item": one["item"], "detail": sentence_of(one["code"], one["data"])} for one in problems
    ]
    return Reply(200, {"counts": counts, "problems": said})


def _refused(source: Source | None, body: bytes, timestamp: str, signature: str) -> Reply | None:
    """Why the signature does not count, if it does not."""
    if not timestamp or not signature:
        return refusal(401, "unsigned", "X-Parvis-Timestamp and X-Parvis-Signature are required.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return refusal(401, "bad_timestamp", "X-Parvis-Timestamp is the number of seconds since 1970.")
    if abs(time.time() - int(timestamp)) > WINDOW:
        return refusal(401, "expired", f"X-Parvis-Timestamp is more than {WINDOW} seconds away from now.")
    try:
        secret = unseal(source.secret) if source is not None else ""
    except Unreadable:
        return refusal(401, "bad_signature", "The signature does not match.")
    # SECURITY: computed for an unknown source too, so that the time says nothing.
    if not is_signed(secret, timestamp, body, signature) or not secret:
        return refusal(401, "bad_signature", "The signature does not match.")
    return None


def _count(name: str, more: int) -> int:
    """How many in this minute, with `more` added. In the cache: without a shared one each process counts for itself."""
    key = f"publications:{name}:{int(time.time()) // 60}"
    cache.add(key, 0, 120)
    try:
        return cache.incr(key, more) if more else int(cache.get(key) or 0)
    except ValueError:
        # The minute ended between the two lines.
        return more
