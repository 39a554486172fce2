"""The verbs of the floors below: spaces and content."""

from collections.abc import Iterable, Mapping

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.actions import audience_of
from foundation.audiences.principals import holders_of
from foundation.content.kinds import kind_of
from foundation.spaces.models import Role

from .models import Activity, Notification
from .verbs import Telling, Verb, register_verb

# More people than this are told by one row for all of them.
MANY = 500


def _person_named(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.MEMBER, people=Q(uuid=activity.data["person"]))]


def _shared_with(activity: Activity) -> Iterable[Telling]:
    """Those it is new to. One row for each, or one for all of them where they are many."""
    told = set(activity.data.get("told") or ())
    if not told:
        return []
    people = holders_of(told)
    if get_user_model()._default_manager.filter(people)[MANY : MANY + 1].exists():
        return [Telling(Notification.Reason.AUDIENCE, audience=audience_of(told))]
    return [Telling(Notification.Reason.AUDIENCE, people=people)]


def _share_words(activity: Activity) -> Mapping[str, str]:
    """What those it is shared with may do, in the words of its kind."""
    if activity.content is None:
        return {"role": ""}
    return {"role": str(kind_of(activity.content).share_role(activity.data.get("role", Role.READER)).told)}


register_verb(Verb("spaces.created", _("%(actor)s created %(space)s"), "users-group"))
register_verb(Verb("spaces.joined", _("%(actor)s joined %(space)s"), "user-plus"))
register_verb(Verb("spaces.left", _("%(actor)s left %(space)s"), "user-minus"))
register_verb(Verb("spaces.member_added", _("%(actor)s welcomed you in %(space)s"), "user-plus", _person_named))
register_verb(Verb("spaces.member_removed", _("%(actor)s removed a member from %(space)s"), "user-minus"))
register_verb(Verb("spaces.described", _("%(actor)s changed the description of %(space)s"), "edit"))
register_verb(Verb("spaces.access_changed", _("%(actor)s changed who reads %(space)s"), "lock"))
register_verb(Verb("spaces.passed_on", _("%(actor)s made you the host of %(space)s"), "users-group", _person_named))
register_verb(Verb("content.passed_on", _("%(actor)s passed “%(title)s” on to you"), "user-check", _person_named))
# The second: of what was a draft when it was shared.
for _key in ("content.shared", "content.share_told"):
    register_verb(
        Verb(_key, _("%(actor)s shared “%(title)s” with you: %(role)s"), "share", _shared_with, words=_share_words)
    )
register_verb(Verb("content.share_withdrawn", _("%(actor)s withdrew a share of “%(title)s”"), "share-off"))
register_verb(Verb("content.share_restored", _("%(actor)s gave back a share of “%(title)s”"), "share"))
register_verb(Verb("content.audience_changed", _("%(actor)s changed who reads “%(title)s”"), "lock"))
register_verb(Verb("content.trashed", _("%(actor)s put “%(title)s” in the trash"), "trash"))
register_verb(Verb("content.restored", _("%(actor)s restored “%(title)s”"), "restore"))
