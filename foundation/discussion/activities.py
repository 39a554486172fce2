"""The verbs of discussion."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb

from .models import Comment


def _commented(activity: Activity) -> Iterable[Telling]:
    """Those mentioned, then those answered, then those who follow."""
    reason = Notification.Reason
    content = activity.content
    assert content is not None
    mentioned = Comment.mentioned.through.objects.filter(comment__uuid=activity.data["comment"]).values("person_id")
    answered = [content.author_id, activity.data.get("parent_author")]
    return [
        Telling(reason.MENTION, people=Q(pk__in=mentioned)),
        Telling(reason.REPLY, people=Q(pk__in=[one for one in answered if one])),
        Telling(reason.FOLLOW, people=Q(follows__content_id=content.pk)),
    ]


COMMENTED = register_verb(Verb("discussion.commented", _("%(actor)s replied in “%(title)s”"), "message", _commented))
COMMENT_EDITED = register_verb(Verb("discussion.comment_edited", _("%(actor)s edited a reply in “%(title)s”"), "edit"))
COMMENT_REMOVED = register_verb(
    Verb("discussion.comment_removed", _("%(actor)s removed a reply in “%(title)s”"), "trash")
)
COMMENT_RESTORED = register_verb(
    Verb("discussion.comment_restored", _("%(actor)s restored a reply in “%(title)s”"), "restore")
)
