"""How publications are read."""

from .notices import NoticeQuerySet, SequenceQuerySet
from .sites import SiteQuerySet

__all__ = ["NoticeQuerySet", "SequenceQuerySet", "SiteQuerySet"]
