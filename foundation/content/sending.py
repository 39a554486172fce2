"""Sending keys: what a browser or a program calls one sending, so that sending it again adds nothing."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

T = TypeVar("T")


def sending_digest(key: str | None, actor: Any) -> str | None:
    """What is kept of `key`: 64 characters that no other person's key gives; None for none.

    SECURITY: keys come from outside: of any length, holding anything, and two people may choose the same.
    """
    return hashlib.sha256(f"{actor.pk}:{key}".encode("utf-8", "surrogatepass")).hexdigest() if key else None


def sent_once(send: Callable[[], T]) -> T:
    """What `send` makes. It looks for what the same key made before, and is called again when another sending of it
    came first by a moment."""
    try:
        with transaction.atomic():
            return send()
    except IntegrityError:
        with transaction.atomic():
            return send()
