"""Who may do what with publications."""

from . import alerts, notices, sources

__all__ = ["alerts", "notices", "sources"]
