"""What follows a change of a request."""

from typing import Any

from django.dispatch import receiver

from . import tasks
from .models import Request
from .signals import unsettled


@receiver(unsettled)
def queue_settling(sender: Any, request: Request, **kwargs: Any) -> None:
    """The queue is a table of the same database: the task is committed with the change or not at all."""
    tasks.freeze.enqueue(request.pk)
