"""How applications are read."""

from .access import AccessGrantQuerySet, AccessRequestQuerySet
from .applications import ApplicationQuerySet
from .health import CheckQuerySet, OutageQuerySet, StatusPeriodQuerySet, count_by_status, outages_for
from .links import LinkQuerySet
from .notes import NotesPlaceQuerySet

__all__ = [
    "AccessGrantQuerySet",
    "AccessRequestQuerySet",
    "ApplicationQuerySet",
    "CheckQuerySet",
    "LinkQuerySet",
    "NotesPlaceQuerySet",
    "OutageQuerySet",
    "StatusPeriodQuerySet",
    "count_by_status",
    "outages_for",
]
