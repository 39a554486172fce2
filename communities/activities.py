"""The verbs of communities."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.spaces.policies import members_of


def _started(activity: Activity) -> Iterable[Telling]:
    """The members of the community."""
    assert activity.space is not None
    return [Telling(Notification.Reason.MEMBER, people=members_of(activity.space))]


TOPIC_STARTED = register_verb(
    Verb("communities.topic_started", _("%(actor)s started “%(title)s” in %(space)s"), "messages", _started)
)
TOPIC_EDITED = register_verb(Verb("communities.topic_edited", _("%(actor)s edited “%(title)s”"), "edit"))
