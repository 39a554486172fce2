"""The limit on failed sign-ins, per account and per address, kept in Django's cache.

An attempt is counted before it is made and given back when it did not fail: a hundred attempts at once get no further
than a hundred in a row. The count is by the name as typed, known or not, so a lock says nothing about who exists.

With several processes the cache must be a shared one (REDIS_URL), or each process counts for itself.
"""

import hashlib
import ipaddress
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from .querysets import canonical_username


class TooManyFailures(Exception):
    """No more attempts for now; `seconds` until the next may be made."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many failed sign-ins, wait {seconds} s")
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        """The wait for people: whole minutes, at least one."""
        return max(1, math.ceil(self.seconds / 60))


class Attempt:
    """One attempt to sign in. Counted as a failure from its creation, until `succeeded` or `forgiven` says otherwise.

    Raises TooManyFailures when the account or the address has no attempt left.
    """

    def __init__(self, username: str, address: str | None) -> None:
        self._account = _key("account", canonical_username(username))
        self._address = _key("address", network_of(address))
        limits = {
            self._account: settings.SIGN_IN_FAILURES_PER_ACCOUNT,
            self._address: settings.SIGN_IN_FAILURES_PER_ADDRESS,
        }
        counts = {key: _count(key) for key in limits}
        blocked = [key for key, limit in limits.items() if counts[key] > limit]
        if blocked:
            raise TooManyFailures(max(_wait(key) for key in blocked))

    def succeeded(self) -> None:
        """The account starts afresh. SECURITY: the address gets only this attempt back, or one's own account would wipe
        out the failures made on others'."""
        cache.delete_many([self._account, _end(self._account)])
        _give_back(self._address)

    def forgiven(self) -> None:
        """It was not decided: the directory did not answer, or the form was incomplete."""
        _give_back(self._account)
        _give_back(self._address)


def client_address(request: HttpRequest) -> str | None:
    """The address of the person's machine. SECURITY: X-Forwarded-For is believed only as far as our own
    TRUSTED_PROXIES wrote it, counted from the right; what stands further left is whatever the client sent."""
    direct = _valid(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return direct
    chain = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    if not chain:
        return direct
    return _valid(chain[-min(proxies, len(chain))]) or direct


def _valid(text: str) -> str | None:
    """The address in `text`, which some proxies write with a port; None when there is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def network_of(address: str | None) -> str:
    """What is counted as one address: with IPv6 a home has 2^64 of them."""
    if address and ":" in address:
        return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return address or "unknown"


def _key(kind: str, value: str) -> str:
    # Hashed: names are personal and cache keys are short.
    return f"sign-in:{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def _end(key: str) -> str:
    return f"{key}:end"


def _count(key: str) -> int:
    """Add one atomically, opening a window of SIGN_IN_WINDOW seconds with the first."""
    window = settings.SIGN_IN_WINDOW
    if cache.add(key, 0, window):
        cache.set(_end(key), time.time() + window, window)
    try:
        count = int(cache.incr(key))
    except ValueError:
        # The window closed between the two lines.
        cache.set(key, 1, window)
        cache.set(_end(key), time.time() + window, window)
        return 1
    if count == 1:
        # Some caches count on from nothing without an end, when a window closes at the wrong moment.
        cache.touch(key, window)
    return count


def _give_back(key: str) -> None:
    try:
        cache.decr(key)
    except ValueError:
        # The window closed meanwhile: nothing is counted any more.
        return


def _wait(key: str) -> int:
    end = cache.get(_end(key))
    return max(1, math.ceil(end - time.time())) if end else settings.SIGN_IN_WINDOW
