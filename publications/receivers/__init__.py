"""What publications do when something happens elsewhere."""

from . import alerts, notices

__all__ = ["alerts", "notices"]
