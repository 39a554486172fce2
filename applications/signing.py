"""The door by which systems come in: signed, fresh, once, and no more than so many.

Three headers: `X-Parvis-Registrar` (the system's id), `X-Parvis-Timestamp` (seconds since 1970), `X-Parvis-Signature`
(`sha256=` and the HMAC, by the system's secret, of the timestamp, a full stop, the method, a space, the path with its
query, a line feed, and the body).
"""

import time
from collections.abc import Mapping
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext as _

from foundation.outgoing.sealing import WINDOW, Unreadable, is_signed, unseal

from .actions.receptions import is_known, note
from .manifests import Flaw
from .models import Reception, Registrar

# A minute: of one system, and refused ones of one address.
REQUESTS, REFUSALS = 60, 30
REGISTRAR, TIMESTAMP, SIGNATURE = "X-Parvis-Registrar", "X-Parvis-Timestamp", "X-Parvis-Signature"


class NotLetIn(Exception):
    """A request that does not count: the code of the answer, and why, in the reader's language."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def signed_text(method: str, path: str, body: bytes) -> bytes:
    """What is signed besides the moment: a signature serves for one request, at one address."""
    return f"{method.upper()} {path}\n".encode() + body


def let_in(headers: Mapping[str, str], method: str, path: str, body: bytes, *, address: str) -> Registrar:
    """The system that signed this request. `address`: of the machine, to count its refusals. Raises NotLetIn.

    SECURITY: an unknown system, a paused one and a wrong signature are answered alike.
    """
    refusals = f"refused:{address}"
    if _count(refusals, 0) >= REFUSALS:
        raise NotLetIn(429, _("Too many refused requests: wait a minute."))
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    named = _named(headers.get(REGISTRAR, ""))
    reason = _refused(named, method, path, body, timestamp, signature)
    if reason:
        _count(refusals, 1)
        if named is not None and named.is_active:
            # Its keeper sees that somebody tries, or that its pipeline has the former secret.
            note(named, Reception.Way.PUSH, Reception.Result.UNSIGNED, flaws=[Flaw("unsigned")])
        raise NotLetIn(401, reason)
    assert named is not None
    if _count(f"requests:{named.pk}", 1) > REQUESTS:
        raise NotLetIn(429, _("At most %(most)s requests a minute.") % {"most": REQUESTS})
    return named


def _named(text: str) -> Registrar | None:
    try:
        return Registrar.objects.with_row().filter(uuid=UUID(text)).first()
    except ValueError:
        return None


def _refused(registrar: Registrar | None, method: str, path: str, body: bytes, timestamp: str, signature: str) -> str:
    """Why the signature does not count, if it does not."""
    if not timestamp or not signature:
        return _("Sign the request: X-Parvis-Registrar, X-Parvis-Timestamp and X-Parvis-Signature are required.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return _("X-Parvis-Timestamp is the number of seconds since 1970.")
    if abs(time.time() - int(timestamp)) > WINDOW:
        return _("X-Parvis-Timestamp is more than %(seconds)s seconds away from now.") % {"seconds": WINDOW}
    active = registrar if registrar is not None and registrar.is_active else None
    try:
        secret = unseal(active.secret) if active is not None else ""
    except Unreadable:
        secret = ""
    # SECURITY: computed for an unknown system too, so that the time says nothing.
    if not is_signed(secret, timestamp, signed_text(method, path, body), signature) or not secret:
        return _("The signature does not match.")
    assert active is not None
    if method not in ("GET", "HEAD") and is_known(active, signature):
        return _("This request was received already.")
    return ""


def _count(name: str, more: int) -> int:
    """How many in this minute, with `more` added. In the cache: without a shared one each process counts for itself."""
    key = f"applications:{name}:{int(time.time()) // 60}"
    cache.add(key, 0, 120)
    try:
        return cache.incr(key, more) if more else int(cache.get(key) or 0)
    except ValueError:
        # The minute ended between the two lines.
        return more
