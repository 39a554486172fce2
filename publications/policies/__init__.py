"""Who may do what with publications."""

from . import alerts, notices

__all__ = ["alerts", "notices"]
