"""The circuit breaker of each server: after some failures in a row it is left alone for a minute, then tried once.

Kept in the cache, so that all processes leave it alone together. A cache that forgets means a few tries more.
"""

from datetime import datetime, timedelta

from django.core.cache import caches
from django.utils import timezone

from .store import CACHE

FAILURES = 5
RESTS = timedelta(seconds=60)
# Seconds that failures are counted for, and that one trial may take.
COUNTED, TRIAL = 900, 20


def may_ask(server: str) -> bool:
    """Whether the server may be asked now. A yes after a rest is for the one who got it: the trial."""
    failures, rests_until = _state(server)
    if failures < FAILURES:
        return True
    if rests_until and timezone.now() < rests_until:
        return False
    return bool(caches[CACHE].add(_key("trial", server), True, TRIAL))


def is_resting(server: str) -> bool:
    """Whether it is left alone."""
    failures, rests_until = _state(server)
    return failures >= FAILURES and bool(rests_until and timezone.now() < rests_until)


def give_back(server: str) -> None:
    """The trial was not made after all."""
    caches[CACHE].delete(_key("trial", server))


def failed(server: str) -> None:
    """One failure more."""
    cache = caches[CACHE]
    cache.add(_key("failures", server), 0, COUNTED)
    try:
        failures = cache.incr(_key("failures", server))
    except ValueError:
        # It expired in between.
        return
    if failures >= FAILURES:
        cache.set(_key("rest", server), timezone.now() + RESTS, COUNTED)
    cache.delete(_key("trial", server))


def worked(server: str) -> None:
    """It answered: everything is forgotten."""
    caches[CACHE].delete_many([_key(one, server) for one in ("failures", "rest", "trial")])


def _state(server: str) -> tuple[int, datetime | None]:
    keys = _key("failures", server), _key("rest", server)
    found = caches[CACHE].get_many(keys)
    return found.get(keys[0], 0), found.get(keys[1])


def _key(part: str, server: str) -> str:
    return f"mailbox:1:{part}:{server}"
