"""Who may do what with publications."""

from . import notices, sources

__all__ = ["notices", "sources"]
