"""What the checks find, and what keepers say of it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import holders_of, principal
from foundation.ui.addresses import address


def _keepers(activity: Activity) -> Iterable[Telling]:
    """Whoever answers for the application, even when it was found in their name, and the editors of its register."""
    content = activity.content
    assert content is not None
    tellings = [Telling(Notification.Reason.MEMBER, people=holders_of({principal("editors", content.space_id)}))]
    if content.owner_id == activity.actor_id:
        owner = audience_of({principal("person", content.owner_id)})
        tellings.append(Telling(Notification.Reason.MEMBER, audience=owner))
    else:
        tellings.append(Telling(Notification.Reason.MEMBER, people=Q(pk=content.owner_id)))
    return tellings


def _owner(activity: Activity) -> Iterable[Telling]:
    """Whoever answers for the application, alone."""
    assert activity.content is not None
    owner = audience_of({principal("person", activity.content.owner_id)})
    return [Telling(Notification.Reason.MEMBER, audience=owner)]


def _health_url(activity: Activity) -> str:
    assert activity.content is not None
    return address("applications:health", activity.content.uuid)


def _links_url(_activity: Activity) -> str:
    return address("applications:dead_links")


CHECK_ADDED = register_verb(Verb("applications.check_added", _("%(actor)s has “%(title)s” checked"), "activity"))
CHECK_CHANGED = register_verb(
    Verb("applications.check_changed", _("%(actor)s changed a check of “%(title)s”"), "activity")
)
CHECK_DELETED = register_verb(
    Verb("applications.check_deleted", _("%(actor)s deleted a check of “%(title)s”"), "activity")
)
# Found by the worker, in the owner's name.
OUTAGE_BEGAN = register_verb(
    Verb("applications.outage_began", _("“%(title)s” is out of order"), "alert-triangle", _keepers, _health_url)
)
OUTAGE_ENDED = register_verb(
    Verb("applications.outage_ended", _("“%(title)s” works again"), "circle-check", _keepers, _health_url)
)
OUTAGE_DECLARED = register_verb(
    Verb(
        "applications.outage_declared",
        _("%(actor)s declared “%(title)s” out of order"),
        "alert-triangle",
        _keepers,
        _health_url,
    )
)
OUTAGE_NOTED = register_verb(
    Verb("applications.outage_noted", _("%(actor)s says what happens to “%(title)s”"), "pencil", _keepers, _health_url)
)
OUTAGE_CLOSED = register_verb(
    Verb(
        "applications.outage_closed",
        _("%(actor)s declared that “%(title)s” works again"),
        "circle-check",
        _keepers,
        _health_url,
    )
)
LINK_REMINDED = register_verb(
    Verb(
        "applications.link_reminded",
        _("%(actor)s reminds you that an address of “%(title)s” leads nowhere"),
        "link",
        _owner,
        _links_url,
    )
)
