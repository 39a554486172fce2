"""What open browsers are told of what the activity floor announces."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from foundation.activity.signals import notifications_read, notified, recorded
from foundation.audiences.principals import principal

from .actions import group_of, push, push_all, tell_rooms


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


@receiver(recorded)
def ask_at_the_doors_again(sender: Any, activity: Any, **kwargs: Any) -> None:
    """SECURITY: whatever happened to a thing or a space may have changed who may be in its rooms, and what they may do.
    The verbs are not looked at: a new one must not be forgotten here."""
    content, space = activity.content_id, activity.space_id
    if content is not None or space is not None:
        transaction.on_commit(lambda: tell_rooms("happened", content=content, space=space))
