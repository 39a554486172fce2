"""What publications do when something happens elsewhere."""

from . import alerts, notices, webhooks

__all__ = ["alerts", "notices", "webhooks"]
