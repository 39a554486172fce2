"""Whatever is recorded about a content queues it for the index, in the same transaction; so does, for all content of a
space, a change of who reads the space."""

from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import recorded

from .actions import queue, queue_objects, queue_space

# Verbs about a space that change who reads it, but for memberships: those are the searcher's own principals.
CHANGES_READERS = frozenset({"spaces.access_changed"})
# Verbs after which a space itself is found otherwise.
CHANGES_SPACE = frozenset({"spaces.created", "spaces.described", "spaces.access_changed"})


@receiver(recorded)
def queue_what_changed(sender: Any, activity: Any, **kwargs: Any) -> None:
    if activity.content_id:
        queue([activity.content_id])
    elif activity.space_id:
        if activity.verb in CHANGES_READERS:
            queue_space(activity.space_id)
        if activity.verb in CHANGES_SPACE:
            queue_objects("spaces.space", [activity.space_id])
