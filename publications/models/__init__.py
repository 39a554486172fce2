"""What the organisation says officially: notices of every genre, and the sites they come from."""

from .images import SiteImage, SiteRendition
from .notices import Correction, Genre, Notice, Sequence, Stage, Tag
from .pages import CityProposal, PageContent, PageProblem, PageVote, SitePage
from .sites import Languages, RoleTask, Site

__all__ = [
    "CityProposal",
    "Correction",
    "Genre",
    "Languages",
    "Notice",
    "PageContent",
    "PageProblem",
    "PageVote",
    "RoleTask",
    "Sequence",
    "Site",
    "SiteImage",
    "SitePage",
    "SiteRendition",
    "Stage",
    "Tag",
]
