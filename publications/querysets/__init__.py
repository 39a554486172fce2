"""How publications are read."""

from .notices import NoticeQuerySet
from .sites import SiteQuerySet

__all__ = ["NoticeQuerySet", "SiteQuerySet"]
