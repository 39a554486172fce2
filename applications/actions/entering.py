"""What the clock does: applications go into service at their moment, and are retired on their day."""

import logging
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from foundation.audiences.policies import Refused
from foundation.content.models import State

from ..models import Application, Stage
from .stages import put_in_service, retire

logger = logging.getLogger(__name__)

# What could not be moved is not tried again for a minute; by its key, until when. Of this process alone.
AGAIN = timedelta(minutes=1)
_set_aside: dict[int, datetime] = {}


def enter_due() -> int:
    """Put in service and retire what is due, in the order of the moments, each once. Called by the worker twice a
    second; answers how many. One query when nothing is due.

    Each in a transaction of its own with its announcement: a worker killed halfway goes on with the next one, and what
    was missed while none was running is done when one starts.
    """
    now = timezone.now()
    return sum(_enter(pk) for _moment, pk in sorted(_due()) if _set_aside.get(pk, now) <= now)


def _due() -> list[tuple[datetime, int]]:
    """The moments that have come, with their applications."""
    rows = Application.objects.filter(_is_due(), state=State.PUBLISHED)
    return [(_moment_of(one), one.pk) for one in rows.only("stage", "service_from", "retires_on")]


def _is_due() -> Q:
    entering = Q(stage__in=(Stage.ANNOUNCED, Stage.PILOT), service_from__lte=timezone.now())
    # On its day, from midnight on in the City.
    return entering | Q(stage=Stage.RETIRING, retires_on__lte=timezone.localdate())


def _moment_of(application: Application) -> datetime:
    if application.stage == Stage.RETIRING and application.retires_on is not None:
        return timezone.make_aware(datetime.combine(application.retires_on, time()))
    return application.service_from or datetime.max.replace(tzinfo=UTC)


def _enter(pk: int) -> int:
    try:
        with transaction.atomic():
            # Another worker was quicker, or somebody moved it.
            due = Application.objects.select_for_update(of=("self",)).filter(_is_due(), state=State.PUBLISHED)
            row = due.select_related("space", "owner").filter(pk=pk).first()
            if row is None:
                return 0
            _act(row, actor=row.owner)
    except (Refused, ValidationError) as refused:
        # One that cannot be moved must not keep the others from it.
        logger.warning("application %s cannot be moved at its moment: %s", pk, refused)
        _set_aside[pk] = timezone.now() + AGAIN
        return 0
    _set_aside.pop(pk, None)
    return 1


def _act(row: Application, *, actor: Any) -> None:
    """In the name of its owner: who said the moment was allowed to, then."""
    if row.stage == Stage.RETIRING:
        retire(row, actor=actor)
    else:
        put_in_service(row, actor=actor)
