"""Who may do what with publications."""

from . import notices

__all__ = ["notices"]
