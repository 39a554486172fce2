"""What the organisation says officially: notices of every genre, and the sites they come from."""

from .notices import Correction, Genre, Notice, Sequence, Stage, Tag
from .sites import Languages, RoleTask, Site

__all__ = ["Correction", "Genre", "Languages", "Notice", "RoleTask", "Sequence", "Site", "Stage", "Tag"]
