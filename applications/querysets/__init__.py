"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet

__all__ = ["AccessGrantQuerySet", "ApplicationQuerySet"]
