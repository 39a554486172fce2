"""The register of applications, who may open what, and the launcher of each person."""

from .access import AccessGrant
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status
from .launcher import Badge, BadgeKey, Favourite, LauncherDefault, LauncherView, Opening

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "AccessGrant",
    "Application",
    "Badge",
    "BadgeKey",
    "Door",
    "Entry",
    "Favourite",
    "LauncherDefault",
    "LauncherView",
    "Opening",
    "Stage",
    "Status",
]
