"""What the clock does: publish and end notices at their minute."""

import logging

from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from foundation.activity.actions import record
from foundation.audiences.policies import Refused

from ..activities import SCHEDULE_FAILED
from ..errors import GateClosed
from ..models import Notice, Stage
from .notices import locked

logger = logging.getLogger(__name__)


def publish_due() -> int:
    """Publish and end what is due, in the order of its moments, each once. Called by the worker; answers how many.

    Each in a transaction of its own: a worker killed halfway goes on with the next one, and what was missed while none
    was running is done when one starts.
    """
    done = 0
    for pk in due_revisions():
        done += _publish_scheduled(pk)
    for notice in Notice.objects.filter(live=True, expire_at__lte=timezone.now()).order_by("expire_at", "pk"):
        done += _expire(notice)
    return done


def due_revisions() -> list[int]:
    """The revisions of notices whose moment has come, the earliest first."""
    due = Revision.objects.filter(
        approved_go_live_at__lte=timezone.now(), base_content_type=Notice.get_base_content_type()
    )
    return list(due.order_by("approved_go_live_at", "pk").values_list("pk", flat=True))


def _publish_scheduled(pk: int) -> int:
    try:
        with transaction.atomic():
            notice_pk = Revision.objects.filter(pk=pk).values_list("object_id", flat=True).first()
            notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_pk).first()
            revision = Revision.objects.filter(pk=pk, approved_go_live_at__isnull=False).first()
            # Another worker was quicker, or somebody took it back.
            if notice is None or revision is None:
                return 0
            revision.publish(log_action="wagtail.publish.scheduled")
        return 1
    except (GateClosed, Refused) as refusal:
        logger.warning("scheduled revision %s is not published: %s", pk, refusal)
        _give_up(pk, [str(one) for one in getattr(refusal, "missing", [refusal])])
        return 0


@transaction.atomic
def _give_up(pk: int, reasons: list[str]) -> None:
    """What cannot be published as scheduled is a draft again, and its author is told."""
    revision = Revision.objects.get(pk=pk)
    notice = locked(Notice.objects.get(pk=revision.object_id))
    notice.revisions.update(approved_go_live_at=None)
    actor = notice.approved_by or notice.author
    if not notice.is_public:
        notice.stage = Stage.DRAFT
    notice.approved_by = None
    notice.save(update_fields=["stage", "approved_by"])
    # In the name of nobody who must be told: the author hears of it even when they scheduled it themselves.
    record(SCHEDULE_FAILED, notice, actor=actor, data={"reasons": reasons})


@transaction.atomic
def _expire(notice: Notice) -> int:
    row = locked(notice)
    if not row.live or row.expire_at is None or row.expire_at > timezone.now():
        return 0
    row.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return 1
