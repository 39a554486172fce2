"""The register of applications, and who may open what."""

from .access import AccessGrant, AccessRequest
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status
from .service import Part, Proposal, Reception, Registrar, Registration

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "AccessGrant",
    "AccessRequest",
    "Application",
    "Door",
    "Entry",
    "Part",
    "Proposal",
    "Reception",
    "Registrar",
    "Registration",
    "Stage",
    "Status",
]
