"""What the organisation says officially: notices of every genre, alerts, and the sites they come from."""

from .alerts import Alert, PutAway, Severity
from .notices import Correction, Genre, Notice, Sequence, Stage, Tag
from .sites import Languages, RoleTask, Site

__all__ = [
    "Alert",
    "Correction",
    "Genre",
    "Languages",
    "Notice",
    "PutAway",
    "RoleTask",
    "Sequence",
    "Severity",
    "Site",
    "Stage",
    "Tag",
]
