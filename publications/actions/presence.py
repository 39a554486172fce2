"""Saying that one has a notice open. Not an activity: nobody is told, nothing is kept."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.admin.models import EditingSession

from foundation.audiences.policies import require

from ..models import Notice


@transaction.atomic
def say_present(notice: Notice, *, actor: Any, is_writing: bool) -> None:
    """`actor` has the form open. Raises Refused."""
    require(actor, "publications.change_notice", notice)
    now = timezone.now()
    mine = {"user_id": actor.pk, "content_type": notice.get_content_type(), "object_id": str(notice.pk)}
    updated = EditingSession.objects.filter(**mine).update(last_seen_at=now, is_editing=is_writing)
    if not updated:
        EditingSession.objects.create(**mine, last_seen_at=now, is_editing=is_writing)
        EditingSession.cleanup()
