"""The signing keys as a process holds them: read from the database again after a minute, so that all agree."""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from jwcrypto import jwk, jwt
from jwcrypto.common import JWException

from foundation.outgoing.sealing import unseal

from ..actions.signing_keys import ensure_signing_keys
from ..models import SigningKey

# Seconds that a process goes by what it read. A key that was rotated stays published: nothing it signs is refused.
KEPT = 60


@dataclass(frozen=True)
class Ring:
    """What is known of the keys: the one that signs, and the public half of all that are published, by kid."""

    kid: str
    signing: jwk.JWK
    public: dict[str, dict[str, Any]]
    read: float


_lock = threading.Lock()
_held: list[Ring] = []


def ring() -> Ring:
    """The keys as of less than a minute ago. Raises `sealing.Unreadable` until upkeep has replaced what SECRET_KEY no
    longer opens."""
    with _lock:
        if not _held or not 0 <= time.monotonic() - _held[0].read < KEPT:
            _held[:] = [_read()]
        return _held[0]


def forget() -> None:
    """Read again at the next need: for who just changed the keys, and for tests."""
    with _lock:
        _held.clear()


def _read() -> Ring:
    rows = list(SigningKey.objects.in_order())
    if not any(one.stage == SigningKey.Stage.CURRENT for one in rows):
        ensure_signing_keys()
        rows = list(SigningKey.objects.in_order())
    current = next(one for one in rows if one.stage == SigningKey.Stage.CURRENT)
    pem = unseal(current.sealed)
    return Ring(
        kid=current.kid,
        signing=jwk.JWK.from_pem(pem.encode()),
        public={one.kid: one.public for one in rows},
        read=time.monotonic(),
    )


def sign(claims: dict[str, Any]) -> str:
    """The claims as a signed token (JWT, RS256)."""
    held = ring()
    token = jwt.JWT(header={"typ": "JWT", "alg": "RS256", "kid": held.kid}, claims=claims)
    token.make_signed_token(held.signing)
    return str(token.serialize())


def read_signed(token: str) -> dict[str, Any] | None:
    """The claims of a token that we signed, however old; None for anything else.

    SECURITY: RS256 with one of our own keys, whatever its header says of algorithms.
    """
    if not token or len(token) > 8192:
        return None
    held = ring()
    keys = jwk.JWKSet()
    for one in held.public.values():
        keys.add(jwk.JWK(**one))
    try:
        found = jwt.JWT(jwt=token, key=keys, algs=["RS256"], check_claims={}, expected_type="JWS")
        claims = json.loads(found.claims)
    except (JWException, ValueError, KeyError, TypeError):
        return None
    return claims if isinstance(claims, dict) else None
