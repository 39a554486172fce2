"""What systems register by themselves, and what becomes of it."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.ui.addresses import address


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
