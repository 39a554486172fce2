"""What publications do when a notice goes through Wagtail, and when something was recorded of one."""

from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import recorded

from .actions import notices, webhooks
from .models import Notice
from .signals import ended, publishing, went_public


@receiver(publishing)
def check(sender: Any, notice: Notice, revision: Any, person: Any, **kwargs: Any) -> bool:
    return notices.check_publishing(notice, revision, person)


@receiver(went_public)
def finish(sender: Any, notice: Notice, revision: Any, person: Any, **kwargs: Any) -> None:
    notices.finish_publishing(notice, revision, actor=person)


@receiver(ended)
def end(sender: Any, notice: Notice, person: Any, expired: bool, **kwargs: Any) -> None:
    notices.finish_ending(notice, expired=expired, actor=person)


@receiver(recorded)
def queue_deliveries(sender: Any, activity: Any, **kwargs: Any) -> None:
    """Other systems are told with the change or not at all: the queue is a table of the same database."""
    webhooks.queue_deliveries(activity)
