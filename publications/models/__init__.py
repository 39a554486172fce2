"""What the organisation says officially: notices of every genre, and the sites they come from."""

from .notices import BODY_MAX, DRAFTED, JOURNAL, Correction, Genre, Notice, Sequence, Stage, Tag
from .sites import Languages, RoleTask, Site

__all__ = [
    "BODY_MAX",
    "DRAFTED",
    "JOURNAL",
    "Correction",
    "Genre",
    "Languages",
    "Notice",
    "RoleTask",
    "Sequence",
    "Site",
    "Stage",
    "Tag",
]
