"""Background work of publications."""

from datetime import timedelta

from foundation.realtime.actions import push_topic

from .actions.alerts import follow_clock
from .banners import hearers_of
from .models import Alert

# How far back a worker that starts looks for what a killed one may have left unsaid.
UNSAID = timedelta(minutes=10)


def tick_alerts() -> int:
    """Do what the clock asks for. The worker calls it twice a second: one query of an index. Answers how many."""
    return follow_clock()


def resume_alerts() -> None:
    """When a worker starts: open pages look again at what moved lately. Killed between writing and saying, the one
    before it may have said nothing; a page that shows it already does not change."""
    for alert in Alert.objects.moved_since(UNSAID).with_readers():
        push_topic("alerts", hearers_of(alert))
