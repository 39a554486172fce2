"""Background work of acknowledgements: settling, and what the worker looks after every minute."""

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from django_tasks import task

from . import actions
from .models import Request

logger = logging.getLogger(__name__)

# Untouched for as long, a settling was cut: the worker that did it died.
CUT_AFTER = timedelta(seconds=60)
DELEGATES_EVERY = timedelta(minutes=15)


@task()
def freeze(request_id: int) -> int:
    """Write down who is asked, or make it agree with a change of the request. Answers how many batches there were."""
    return actions.settle(request_id)


def upkeep() -> None:
    """Every minute: settlings that were cut, joiners and leavers, reminders, stand-ins, escalation. Each part is a few
    indexed questions when there is nothing to do, and doing it twice tells nobody twice."""
    now = timezone.now()
    for step in (_resume, actions.check, actions.remind_due, actions.escalate, _tell_delegates):
        try:
            step(now)
        except Exception:
            # One part that fails must not keep the others, nor what the worker does after them, from being done.
            logger.exception("%s of acknowledgements failed", step.__name__)


def _resume(now: datetime) -> None:
    for pk in Request.objects.unsettled().filter(swept__lt=now - CUT_AFTER).values_list("pk", flat=True)[:20]:
        try:
            logger.warning("the settling of request %s had been cut", pk)
            actions.settle(pk)
        except Exception:
            # One that cannot be settled must not keep the others from being settled.
            logger.exception("request %s cannot be settled", pk)


def _tell_delegates(now: datetime) -> None:
    # Not a promise, only a pause: with no cache it is done more often.
    if cache.add("acknowledgements:delegates", 1, DELEGATES_EVERY.total_seconds()):
        actions.tell_delegates(now)
