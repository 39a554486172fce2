"""The register of applications, and who may open what."""

from .access import AccessGrant
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status
from .mailboxes import MailboxCredential

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "AccessGrant",
    "Application",
    "Door",
    "Entry",
    "MailboxCredential",
    "Stage",
    "Status",
]
