"""Who may do what with publications."""

from . import alerts

__all__ = ["alerts"]
