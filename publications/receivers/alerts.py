"""What publications do when something has been recorded."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from foundation.activity.signals import recorded
from foundation.realtime.actions import push_topic

from ..activities import ALERT_VERBS as _OWN
from ..banners import hearers_of, renew_current
from ..models import Alert

# What happens to any content, and changes who reads an alert.
_MOVES = frozenset(f"content.{one}" for one in ("trashed", "restored", "audience_changed", "shared", "share_withdrawn"))
_SHOWN_AGAIN = _OWN | _MOVES


@receiver(recorded)
def show_alerts_again(sender: Any, activity: Any, **kwargs: Any) -> None:
    """Pages follow at once, without a task in between: an alert is in view within a second of its moment."""
    if activity.verb not in _SHOWN_AGAIN or not activity.content_id:
        return
    alert = Alert.objects.with_readers().filter(pk=activity.content_id).first()
    if alert is None:
        return
    transaction.on_commit(renew_current)
    # Who saw it before the change looks again too.
    push_topic("alerts", hearers_of(alert).union(activity.data.get("before", {}).get("audience", ())))
