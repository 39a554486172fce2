"""What publications do when something happens elsewhere."""

from . import alerts, notices, sites, webhooks

__all__ = ["alerts", "notices", "sites", "webhooks"]
