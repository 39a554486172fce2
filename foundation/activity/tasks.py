"""Background work of the activity floor."""

import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from . import actions
from .models import Activity

logger = logging.getLogger(__name__)


@task()
def fan_out(activity_id: int) -> int:
    """Tell people of one activity. Answers how many notifications there are."""
    activity = Activity.objects.filter(pk=activity_id).first()
    # The content may have been purged in between, and its activities with it.
    return len(actions.fan_out(activity)) if activity else 0


def fan_out_waiting(older_than: timedelta = timedelta(seconds=30)) -> int:
    """Do what a killed worker left undone. The worker calls it at start and every minute. Answers how many."""
    late = Activity.objects.waiting().filter(created__lt=timezone.now() - older_than).order_by("pk")
    count = 0
    for activity in late[:500]:
        try:
            actions.fan_out(activity)
        except Exception:
            # One that cannot be told (of a verb no longer known, say) must not keep the others from being told.
            logger.exception("activity %s cannot be told", activity.pk)
            continue
        count += 1
    return count
