"""Reminders: by schedule, once each, and by hand. One activity a wave, however many people."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content.models import Content

from .. import schedules
from ..activities import REMINDED
from ..models import Request, Target

logger = logging.getLogger(__name__)

# By hand, no more often than this: a reminder an hour is noise.
PAUSE = timedelta(hours=1)


@transaction.atomic
def remind_now(content: Content, *, actor: Any) -> int:
    """Remind everyone pending. Answers how many they are. Raises Refused, and ValidationError within the hour."""
    require(actor, "acknowledgements.manage", content)
    request = Request.objects.open().on(content).select_for_update(of=("self",)).first()
    if request is None:
        raise ValidationError(_("Nobody is asked to acknowledge this."))
    now = timezone.now()
    if request.reminded and request.reminded > now - PAUSE:
        raise ValidationError(_("Everyone was reminded less than an hour ago."))
    waiting = Target.objects.on(request).pending().count()
    if waiting:
        request.reminded = now
        request.save(update_fields=["reminded"])
        record(REMINDED, content, actor=actor, data={"request": request.pk})
    return waiting


def remind_due(now: datetime) -> int:
    """Send the reminders that are due. Answers how many waves there were.

    After a down-time each person gets one reminder: the next one is planned after now.
    """
    due = Target.objects.pending().filter(next_reminder__lte=now)
    waves = 0
    for pk in due.order_by().values_list("request_id", flat=True).distinct()[:100]:
        try:
            waves += _wave(pk, now)
        except Exception:
            # One that cannot be sent must not keep the others from being sent.
            logger.exception("the reminders of request %s cannot be sent", pk)
    return waves


@transaction.atomic
def _wave(request_id: int, now: datetime) -> bool:
    request = Request.objects.select_for_update(of=("self",)).select_related("content__space").get(pk=request_id)
    content = request.content
    due = Target.objects.on(request).pending().filter(next_reminder__lte=now)
    dues = list(due.order_by().values_list("due", flat=True).distinct())
    reached = 0
    for moment in dues:
        following = schedules.next_reminder(moment, request.reminders, now)
        reached += due.filter(due=moment).update(next_reminder=following, reminded=now)
    is_shown = content.state == "published" and (content.expires is None or content.expires > now)
    if not reached or request.closed or not is_shown:
        return False
    record(REMINDED, content, actor=request.asked_by, data={"request": request.pk, "wave": now.isoformat()})
    return True
