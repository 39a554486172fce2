"""Background work of publications."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from foundation.realtime.actions import push_topic

from .actions import images
from .actions.alerts import follow_clock
from .banners import hearers_of
from .models import Alert, SiteImage

# How far back a worker that starts looks for what a killed one may have left unsaid.
UNSAID = timedelta(minutes=10)


def seconds_to_alerts(most: float) -> float:
    """How long the clock may rest: until the next moment of an alert, at most `most`; 0 when it is there.

    One query of an index, which the worker asks twice a second: what another process has just raised is known in time.
    """
    due = Alert.objects.waiting_for_the_clock().values_list("due", flat=True).first()
    return most if due is None else min(most, max(0.0, (due - timezone.now()).total_seconds()))


def tick_alerts() -> int:
    """Do what the clock asks for. Answers how many changed."""
    return follow_clock()


def resume_alerts() -> None:
    """When a worker starts: open pages look again at what moved lately. Killed between writing and saying, the one
    before it may have said nothing; a page that shows it already does not change."""
    for alert in Alert.objects.moved_since(UNSAID).with_readers():
        push_topic("alerts", hearers_of(alert))


@task()
def prepare_image(image_id: int) -> None:
    """Shrink an image that was received."""
    image = SiteImage.objects.filter(pk=image_id).first()
    # It may have been deleted in between.
    if image is not None:
        images.prepare_image(image)
