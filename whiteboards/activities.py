"""The verbs of boards."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Follow, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.spaces.models import Space
from foundation.spaces.policies import members_of


def _created(activity: Activity) -> Iterable[Telling]:
    """The members of its space; a personal board is nobody's news."""
    assert activity.space is not None
    if activity.space.kind == Space.Kind.PERSONAL:
        return []
    return [Telling(Notification.Reason.MEMBER, people=members_of(activity.space))]


def _followers(activity: Activity) -> Iterable[Telling]:
    assert activity.content_id is not None
    following = Follow.objects.filter(content_id=activity.content_id)
    return [Telling(Notification.Reason.FOLLOW, people=Q(pk__in=following.values("person_id")))]


BOARD_CREATED = register_verb(
    Verb("whiteboards.created", _("%(actor)s created the board “%(title)s”"), "chalkboard", _created)
)
BOARD_DUPLICATED = register_verb(
    Verb("whiteboards.duplicated", _("%(actor)s made the board “%(title)s” out of another one"), "copy")
)
# At most once a day for each person: a day of drawing is one line, and nobody is told.
BOARD_DRAWN = register_verb(Verb("whiteboards.drawn", _("%(actor)s drew on “%(title)s”"), "pencil"))
BOARD_CHANGED = register_verb(Verb("whiteboards.changed", _("%(actor)s renamed the board “%(title)s”"), "edit"))
BOARD_CLOSED = register_verb(Verb("whiteboards.closed", _("%(actor)s made “%(title)s” a board to look at"), "eye"))
BOARD_OPENED = register_verb(Verb("whiteboards.opened", _("%(actor)s opened “%(title)s” to drawing"), "pencil"))
BOARD_MOVED = register_verb(Verb("whiteboards.moved", _("%(actor)s moved “%(title)s” to %(space)s"), "folder-share"))
VERSION_NAMED = register_verb(
    Verb("whiteboards.version_named", _("%(actor)s named a version of “%(title)s”"), "bookmark")
)
VERSION_RESTORED = register_verb(
    Verb(
        "whiteboards.version_restored",
        _("%(actor)s took “%(title)s” back to an earlier version"),
        "restore",
        _followers,
    )
)
NOTES_ADDED = register_verb(Verb("whiteboards.notes_added", _("%(actor)s put a list of notes on “%(title)s”"), "notes"))
FILE_TAKEN_IN = register_verb(
    Verb("whiteboards.file_taken_in", _("%(actor)s put a file on “%(title)s”"), "file-import")
)
# What changes what is on a board without a canvas.
MADE = (BOARD_CREATED, BOARD_DUPLICATED, VERSION_RESTORED, NOTES_ADDED, FILE_TAKEN_IN)
