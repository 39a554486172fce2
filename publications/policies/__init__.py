"""Who may do what with publications."""

from . import alerts, notices, sites, sources

__all__ = ["alerts", "notices", "sites", "sources"]
