"""What the activity floor does when the lower floors say that something happened, and when it has recorded it."""

from typing import Any

from django.dispatch import receiver

from foundation.spaces.signals import happened

from . import tasks
from .actions import record
from .signals import recorded
from .verbs import verb_of


@receiver(happened)
def record_what_happened(sender: Any, verb: str, target: Any, actor: Any, data: dict[str, Any], **kwargs: Any) -> None:
    record(verb_of(verb), target, actor=actor, data=data)


@receiver(recorded)
def enqueue_fan_out(sender: Any, activity: Any, **kwargs: Any) -> None:
    """The queue is a table of the same database: the task is committed with the change or not at all."""
    if activity.fanned_out is None:
        tasks.fan_out.enqueue(activity.pk)
