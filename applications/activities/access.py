"""What happens to access on request."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.ui.addresses import address


def _answerers(activity: Activity) -> Iterable[Telling]:
    """Whoever the request waits for, as the action found them."""
    return [Telling(Notification.Reason.MEMBER, people=Q(pk__in=activity.data["told"]))]


def _asker(activity: Activity) -> Iterable[Telling]:
    """Whoever asked or was given access, even when it was done in their own name."""
    only = audience_of({principal("person", activity.data["person"])})
    return [Telling(Notification.Reason.REPLY, audience=only)]


def _request(activity: Activity) -> str:
    return address("applications:access_request", UUID(activity.data["request"]))


ACCESS_ASKED = register_verb(
    Verb("applications.access_asked", _("%(actor)s asks for access to “%(title)s”"), "key", _answerers, _request)
)
ACCESS_AGREED = register_verb(
    Verb(
        "applications.access_agreed",
        _("%(actor)s agrees with a request for access to “%(title)s”"),
        "key",
        _answerers,
        _request,
    )
)
ACCESS_GRANTED = register_verb(
    Verb("applications.access_granted", _("You have access to “%(title)s”"), "lock-open", _asker)
)
ACCESS_REFUSED = register_verb(
    Verb(
        "applications.access_refused",
        _("%(actor)s refused the access you asked for to “%(title)s”"),
        "ban",
        _asker,
        _request,
    )
)
ACCESS_WITHDRAWN = register_verb(
    Verb("applications.access_withdrawn", _("You no longer have access to “%(title)s”"), "lock", _asker)
)
ACCESS_CHANGED = register_verb(
    Verb("applications.access_changed", _("The end of your access to “%(title)s” has changed"), "calendar-time", _asker)
)
ACCESS_ENDS_SOON = register_verb(
    Verb("applications.access_ends_soon", _("Your access to “%(title)s” ends soon"), "calendar-time", _asker)
)
REQUEST_TAKEN_BACK = register_verb(
    Verb("applications.request_taken_back", _("%(actor)s no longer asks for access to “%(title)s”"), "arrow-back-up")
)
REQUEST_LAPSED = register_verb(
    Verb("applications.request_lapsed", _("Your request for access to “%(title)s” has lapsed"), "clock", _asker)
)

ACCESS_VERBS = frozenset(
    one.key
    for one in (
        *(ACCESS_ASKED, ACCESS_AGREED, ACCESS_GRANTED, ACCESS_REFUSED, ACCESS_WITHDRAWN, ACCESS_CHANGED),
        *(ACCESS_ENDS_SOON, REQUEST_TAKEN_BACK, REQUEST_LAPSED),
    )
)
