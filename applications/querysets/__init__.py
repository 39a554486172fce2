"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet
from .sign_in import ConnectionQuerySet, SignInClientQuerySet, SigningKeyQuerySet, SignInQuerySet

__all__ = [
    "AccessGrantQuerySet",
    "ApplicationQuerySet",
    "ConnectionQuerySet",
    "SignInClientQuerySet",
    "SignInQuerySet",
    "SigningKeyQuerySet",
]
