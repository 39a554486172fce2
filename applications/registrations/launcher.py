"""What the launcher tells the floors below: that open pages look again when a count changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.realtime.topics import Topic, register_topic

from ..actions.badges import TOPIC


def _look_again(people: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    """SECURITY: only that there is something to see. What, the page asks for, by the rule (`views.launcher.badges`)."""
    return {one.pk: {} for one in people}


def _is_quiet() -> bool:
    """A page that has just been drawn holds the counts already; what rang meanwhile is told anyway."""
    return True


register_topic(Topic(TOPIC, _look_again, _is_quiet))
