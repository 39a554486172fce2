"""How applications are read."""

from .access import AccessGrantQuerySet, AccessRequestQuerySet
from .applications import ApplicationQuerySet

__all__ = ["AccessGrantQuerySet", "AccessRequestQuerySet", "ApplicationQuerySet"]
