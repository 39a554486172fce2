"""What happens to applications in the register: added, changed, and the steps of their life."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.spaces.models import Space


def _audience(activity: Activity) -> Iterable[Telling]:
    """Its audience: one row, however many they are."""
    content = activity.content
    assert content is not None
    audience = content.audience
    if audience is None and content.space.access == Space.Access.OPEN:
        audience = content.space.audience
    if audience is None:
        audience = audience_of({principal("space", content.space_id)})
    return [Telling(Notification.Reason.AUDIENCE, audience=audience)]


APPLICATION_ADDED = register_verb(
    Verb("applications.added", _("%(actor)s added “%(title)s” to the register of applications"), "apps")
)
APPLICATION_CHANGED = register_verb(
    Verb("applications.changed", _("%(actor)s changed what the register says of “%(title)s”"), "apps")
)

# -- its life ----------------------------------------------------------------------------------------------------------

APPLICATION_ANNOUNCED = register_verb(
    Verb("applications.announced", _("%(actor)s announced “%(title)s”"), "speakerphone")
)
APPLICATION_IN_TRIAL = register_verb(
    Verb("applications.pilot_started", _("%(actor)s opened “%(title)s” as a pilot"), "circle-dashed")
)
APPLICATION_IN_SERVICE = register_verb(
    Verb("applications.put_in_service", _("“%(title)s” is in service"), "circle-check", _audience)
)
MAINTENANCE_PLANNED = register_verb(
    Verb("applications.maintenance_planned", _("Maintenance is planned for “%(title)s”"), "tool", _audience)
)
MAINTENANCE_ENDED = register_verb(
    Verb("applications.maintenance_ended", _("No more maintenance for “%(title)s”"), "circle-check", _audience)
)
APPLICATION_RETIRING = register_verb(
    Verb("applications.retirement_planned", _("“%(title)s” will be retired"), "calendar-x", _audience)
)
APPLICATION_RETIRED = register_verb(
    Verb("applications.retired", _("“%(title)s” has been retired"), "archive", _audience)
)
