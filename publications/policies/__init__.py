"""Who may do what with publications."""

from . import alerts, notices, sites

__all__ = ["alerts", "notices", "sites"]
