"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet
from .health import CheckQuerySet, OutageQuerySet, StatusPeriodQuerySet, count_by_status, outages_for
from .links import LinkQuerySet

__all__ = [
    "AccessGrantQuerySet",
    "ApplicationQuerySet",
    "CheckQuerySet",
    "LinkQuerySet",
    "OutageQuerySet",
    "StatusPeriodQuerySet",
    "count_by_status",
    "outages_for",
]
