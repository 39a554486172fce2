"""What publications tell the floors below: their kinds of content, their menu, their desk."""

from . import alerts, notices, sites, sources

__all__ = ["alerts", "notices", "sites", "sources"]
