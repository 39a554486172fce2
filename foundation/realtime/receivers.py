"""What open browsers are told of what the activity floor announces."""

from collections.abc import Iterator
from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import notifications_read, notified
from foundation.audiences.principals import principal

from .actions import group_of, push, push_all


@receiver(notified)
def push_notifications(sender: Any, notifications: Any, **kwargs: Any) -> None:
    push_all(_events(notifications))


def _events(notifications: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in notifications:
        event = {"type": "notification.new", "pk": one.pk}
        if one.person_id:
            yield group_of(principal("person", one.person_id)), event
        elif one.audience_id:
            for each in one.audience.principals:
                yield group_of(each), event


@receiver(notifications_read)
def push_unread(sender: Any, person: Any, **kwargs: Any) -> None:
    push(group_of(principal("person", person.pk)), {"type": "unread.changed"})
