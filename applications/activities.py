"""The verbs of applications."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from foundation.ui.addresses import address


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

# -- access ------------------------------------------------------------------------------------------------------------


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
        *(REQUEST_TAKEN_BACK, REQUEST_LAPSED),
    )
)

# -- by themselves: systems, what they propose -------------------------------------------------------------------------


def _deciders(activity: Activity) -> Iterable[Telling]:
    """The editors of the register: whoever keeps the system is one of them, and is told too."""
    assert activity.space is not None
    editors = audience_of({principal("editors", activity.space.pk)})
    return [Telling(Notification.Reason.MEMBER, audience=editors)]


def _keeper(activity: Activity) -> Iterable[Telling]:
    """Whoever keeps the system, even when it was done in their own name."""
    keeper = audience_of({principal("person", activity.data["keeper"])})
    return [Telling(Notification.Reason.MEMBER, audience=keeper)]


def _to_proposal(activity: Activity) -> str:
    return address("applications:proposal", UUID(activity.data["proposal"]))


def _to_registrar(activity: Activity) -> str:
    return address("applications:registrar", UUID(activity.data["registrar"]))


REGISTRAR_ADDED = register_verb(
    Verb("applications.registrar_added", _("%(actor)s lets a system register applications in %(space)s"), "server")
)
REGISTRAR_CHANGED = register_verb(
    Verb("applications.registrar_changed", _("%(actor)s changed a system that registers applications"), "server")
)
REGISTRAR_FAILING = register_verb(
    Verb(
        "applications.registrar_failing",
        _("A manifest of %(space)s cannot be read"),
        "alert-triangle",
        _keeper,
        _to_registrar,
    )
)
PROPOSAL_WAITING = register_verb(
    Verb(
        "applications.proposal_waiting",
        _("A system proposes a change in %(space)s: it waits for your decision"),
        "git-compare",
        _deciders,
        _to_proposal,
    )
)
PROPOSAL_APPROVED = register_verb(
    Verb(
        "applications.proposal_approved",
        _("%(actor)s approved what a system proposed for “%(title)s”"),
        "circle-check",
        _keeper,
        _to_proposal,
    )
)
PROPOSAL_REFUSED = register_verb(
    Verb(
        "applications.proposal_refused",
        _("%(actor)s refused what a system proposed in %(space)s"),
        "circle-x",
        _keeper,
        _to_proposal,
    )
)
MANIFEST_APPLIED = register_verb(
    Verb("applications.manifest_applied", _("Its system changed what the register says of “%(title)s”"), "server")
)
