"""Who else is writing on a notice now: the portal's form and the desk see each other, through the desk's register."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.admin.models import EditingSession

from .models import Notice

# The form says every twenty seconds that it is still open.
ALIVE_SECONDS = 60


@dataclass(frozen=True)
class Writer:
    """Somebody who has the form open."""

    name: str
    is_writing: bool


def others(notice: Notice, person: Any) -> list[Writer]:
    """The other people who have this notice open, whoever writes first."""
    since = timezone.now() - timezone.timedelta(seconds=ALIVE_SECONDS)
    sessions = EditingSession.objects.filter(
        content_type=notice.get_content_type(), object_id=str(notice.pk), last_seen_at__gte=since
    ).exclude(user_id=person.pk)
    found: dict[int, Writer] = {}
    for one in sessions.select_related("user").order_by("user_id"):
        known = found.get(one.user_id)
        found[one.user_id] = Writer(one.user.name, one.is_editing or bool(known and known.is_writing))
    return sorted(found.values(), key=lambda one: not one.is_writing)


def saved_since(notice: Notice, revision: int, person: Any) -> tuple[str, datetime] | None:
    """Who saved after `revision`, and when; None when nobody else did."""
    latest = notice.latest_revision
    if latest is None or latest.pk == revision or latest.user_id == person.pk:
        return None
    return (latest.user.name if latest.user else "", latest.created_at)
