"""How publications are read."""

from .images import SiteImageQuerySet
from .notices import NoticeQuerySet, SequenceQuerySet, TagQuerySet
from .pages import CityProposalQuerySet, PageContentQuerySet, PageProblemQuerySet
from .sites import SiteQuerySet

__all__ = [
    "CityProposalQuerySet",
    "NoticeQuerySet",
    "PageContentQuerySet",
    "PageProblemQuerySet",
    "SequenceQuerySet",
    "SiteImageQuerySet",
    "SiteQuerySet",
    "TagQuerySet",
]
