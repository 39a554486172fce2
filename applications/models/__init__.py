"""The register of applications, and who may open what."""

from .access import AccessGrant, AccessRequest
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "AccessGrant",
    "AccessRequest",
    "Application",
    "Door",
    "Entry",
    "Stage",
    "Status",
]
