"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet
from .notes import NotesPlaceQuerySet

__all__ = ["AccessGrantQuerySet", "ApplicationQuerySet", "NotesPlaceQuerySet"]
