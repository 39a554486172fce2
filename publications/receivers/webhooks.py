"""What leaves for other systems when something was recorded of a notice."""

from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import recorded

from ..actions import webhooks


@receiver(recorded)
def queue_deliveries(sender: Any, activity: Any, **kwargs: Any) -> None:
    """Other systems are told with the change or not at all: the queue is a table of the same database."""
    webhooks.queue_deliveries(activity)
