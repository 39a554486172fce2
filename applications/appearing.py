"""Open launchers follow the register: those whom an application is for look again as it goes into service, or out.

SECURITY: what is sent says "look again" and nothing of what there is to see; the page asks for itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.dispatch import receiver

from foundation.activity.signals import recorded
from foundation.realtime.actions import push_topic
from foundation.realtime.topics import Topic

from .activities import APPLICATION_IN_SERVICE, APPLICATION_IN_TRIAL, APPLICATION_RETIRED

_SHOWN_AGAIN = frozenset(one.key for one in (APPLICATION_IN_SERVICE, APPLICATION_IN_TRIAL, APPLICATION_RETIRED))


def _look_again(people: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    return {one.pk: {} for one in people}


def _is_quiet() -> bool:
    """A page that has just been opened shows what there is; what rang meanwhile is told anyway."""
    return True


LAUNCHER = Topic("applications", _look_again, _is_quiet)


@receiver(recorded)
def show_launchers_again(sender: Any, activity: Any, **kwargs: Any) -> None:
    """After commit, by the sockets of whoever it is for."""
    if activity.verb not in _SHOWN_AGAIN or activity.content is None:
        return
    tellings = APPLICATION_IN_SERVICE.tell(activity)
    push_topic(LAUNCHER.key, {one for telling in tellings if telling.audience for one in telling.audience.principals})
