"""The REST API of content: the shapes every part of it shares, and shares of any content."""

from .shapes import Item, Listing, Paging, item_of, listing
from .shares import router

__all__ = ["Item", "Listing", "Paging", "item_of", "listing", "router"]
