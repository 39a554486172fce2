"""What publications do when something happens elsewhere."""

from . import alerts, notices, sites

__all__ = ["alerts", "notices", "sites"]
