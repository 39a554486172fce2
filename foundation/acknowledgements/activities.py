"""The verbs of acknowledgements. A wave to thousands is one activity: the people are found by what the wave wrote."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.content.models import Content
from foundation.spaces.models import Space
from foundation.ui.addresses import address

from .models import Alert, Target


def _readers(content: Content) -> frozenset[str]:
    """Principals that every reader holds one of. Who holds one and does not see the content is not shown the
    notification: `visible_to` asks again."""
    held = set(content.shares.active().values_list("principal", flat=True))
    if content.audience:
        return content.audience.principals | held
    held.add(principal("space", content.space_id))
    if content.space.access == Space.Access.OPEN and content.space.audience:
        held |= content.space.audience.principals
    return frozenset(held)


def _everyone_asked(activity: Activity) -> Iterable[Telling]:
    """One row for all the readers, however many."""
    if not activity.content or not activity.data.get("tell", True):
        return []
    return [Telling(Notification.Reason.AUDIENCE, audience=audience_of(_readers(activity.content)))]


def _reminded(activity: Activity) -> Iterable[Telling]:
    """Those of the wave who are still pending; without a wave, everyone pending."""
    waiting: Any = Target.objects.pending().filter(request_id=activity.data["request"])
    if wave := activity.data.get("wave"):
        waiting = waiting.filter(reminded=datetime.fromisoformat(wave))
    return [Telling(Notification.Reason.AUDIENCE, people=Q(pk__in=waiting.values("person_id")))]


def _alerted(kind: str) -> Any:
    def tell(activity: Activity) -> Iterable[Telling]:
        at = datetime.fromisoformat(activity.data["wave"])
        told = Alert.objects.filter(request_id=activity.data["request"], kind=kind, at=at)
        return [Telling(Notification.Reason.AUDIENCE, people=Q(pk__in=told.values("person_id")))]

    return tell


def _team(_activity: Activity) -> str:
    return address("acknowledgements:team")


ASKED = register_verb(
    Verb(
        "acknowledgements.asked", _("%(actor)s asks you to acknowledge “%(title)s”"), "clipboard-check", _everyone_asked
    )
)
RENEWED = register_verb(
    Verb(
        "acknowledgements.renewed",
        _("“%(title)s” has changed: please acknowledge it again"),
        "clipboard-check",
        _everyone_asked,
    )
)
CHANGED = register_verb(
    Verb("acknowledgements.changed", _("%(actor)s put a minor change of “%(title)s” on record"), "clipboard-check")
)
CLOSED = register_verb(
    Verb("acknowledgements.closed", _("%(actor)s no longer asks to acknowledge “%(title)s”"), "clipboard-check")
)
REMINDED = register_verb(
    Verb("acknowledgements.reminded", _("Reminder: “%(title)s” waits for your acknowledgement"), "clock", _reminded)
)
DELEGATED = register_verb(
    Verb(
        "acknowledgements.delegated",
        _("You stand in for somebody who is away: “%(title)s” waits for their acknowledgement"),
        "user-check",
        _alerted(Alert.Kind.DELEGATE),
        _team,
    )
)
ESCALATED = register_verb(
    Verb(
        "acknowledgements.escalated",
        _("Members of your team are late in acknowledging “%(title)s”"),
        "alert-triangle",
        _alerted(Alert.Kind.MANAGER),
        _team,
    )
)
EXPORTED = register_verb(
    Verb("acknowledgements.exported", _("%(actor)s exported the register of “%(title)s”"), "download")
)
