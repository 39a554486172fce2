"""The verbs of the floors below: spaces and content."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.principals import holders_of

from .models import Activity, Notification
from .verbs import Telling, Verb, register_verb


def _person_named(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.MEMBER, people=Q(uuid=activity.data["person"]))]


def _shared_with(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.AUDIENCE, people=holders_of({activity.data["principal"]}))]


register_verb(Verb("spaces.created", _("%(actor)s created %(space)s"), "users-group"))
register_verb(Verb("spaces.joined", _("%(actor)s joined %(space)s"), "user-plus"))
register_verb(Verb("spaces.left", _("%(actor)s left %(space)s"), "user-minus"))
register_verb(Verb("spaces.member_added", _("%(actor)s welcomed you in %(space)s"), "user-plus", _person_named))
register_verb(Verb("spaces.member_removed", _("%(actor)s removed a member from %(space)s"), "user-minus"))
register_verb(Verb("spaces.described", _("%(actor)s changed the description of %(space)s"), "edit"))
register_verb(Verb("spaces.access_changed", _("%(actor)s changed who reads %(space)s"), "lock"))
register_verb(Verb("spaces.passed_on", _("%(actor)s made you the host of %(space)s"), "users-group", _person_named))
register_verb(Verb("content.passed_on", _("%(actor)s passed “%(title)s” on to you"), "user-check", _person_named))
register_verb(Verb("content.shared", _("%(actor)s shared “%(title)s” with you"), "share", _shared_with))
register_verb(Verb("content.share_withdrawn", _("%(actor)s withdrew a share of “%(title)s”"), "share-off"))
register_verb(Verb("content.audience_changed", _("%(actor)s changed who reads “%(title)s”"), "lock"))
register_verb(Verb("content.trashed", _("%(actor)s put “%(title)s” in the trash"), "trash"))
register_verb(Verb("content.restored", _("%(actor)s restored “%(title)s”"), "restore"))
