"""Who may do what with publications."""

from . import sites

__all__ = ["sites"]
