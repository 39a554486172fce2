"""Secrets that must be read again, because a signature is checked or made with them: sealed in the database.

SECURITY: sealed by a key made from SECRET_KEY, which is not in the database: a stolen copy of the database signs
nothing. What is only compared (tokens, keys of feeds) is kept as a hash instead.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "pvs_"
# Seconds a signature is good for, one way or the other.
WINDOW = 300


class Unreadable(Exception):
    """Sealed with a key this portal no longer has: the secret must be renewed."""


def _sealer() -> MultiFernet:
    return _sealer_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _sealer_of(keys: tuple[str, ...]) -> MultiFernet:
    derived = (hashlib.sha256(b"publications.sealing\x00" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in derived])


def new_secret() -> str:
    """256 random bits, as text."""
    return PREFIX + secrets.token_urlsafe(32)


def seal(secret: str) -> str:
    """What is kept of a secret."""
    return _sealer().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret. Raises Unreadable; also for what was never sealed."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error


def digest_of(secret: str) -> str:
    """The hash kept of a key that is only compared. 256 random bits: a plain hash cannot be searched backwards."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=…` over the moment, a full stop and the bytes sent: neither can be changed without the other."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def is_signed(secret: str, timestamp: str, body: bytes, given: str) -> bool:
    """Whether `given` is the signature. SECURITY: compared in constant time."""
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode("utf-8", "surrogatepass"))
