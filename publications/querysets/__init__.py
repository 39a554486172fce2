"""How publications are read."""

from .images import SiteImageQuerySet
from .notices import NoticeQuerySet
from .pages import CityProposalQuerySet, PageContentQuerySet, PageProblemQuerySet
from .sites import SiteQuerySet

__all__ = [
    "CityProposalQuerySet",
    "NoticeQuerySet",
    "PageContentQuerySet",
    "PageProblemQuerySet",
    "SiteImageQuerySet",
    "SiteQuerySet",
]
