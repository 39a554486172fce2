"""The register of applications, and who may open what."""

from .access import AccessGrant, AccessRequest
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status
from .health import Check, CheckResult, CheckSummary, Outage, StatusPeriod
from .links import Link
from .notes import NotesPlace

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "AccessGrant",
    "AccessRequest",
    "Application",
    "Check",
    "CheckResult",
    "CheckSummary",
    "Door",
    "Entry",
    "Link",
    "NotesPlace",
    "Outage",
    "Stage",
    "Status",
    "StatusPeriod",
]
