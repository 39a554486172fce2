"""Whatever is recorded about a content queues it for the index, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import recorded

from .actions import queue


@receiver(recorded)
def queue_what_changed(sender: Any, activity: Any, **kwargs: Any) -> None:
    if activity.content_id:
        queue([activity.content_id])
