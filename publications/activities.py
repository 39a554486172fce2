"""The verbs of publications."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import holders_of, principal

# -- Sites and their pages -------------------------------------------------------------------------------------------


def _owner_of_page(activity: Activity) -> Iterable[Telling]:
    """Whoever answers for the page. An audience of one: the clock speaks in the owner's own name."""
    assert activity.content is not None
    only = audience_of({principal("person", activity.content.owner_id)})
    return [Telling(Notification.Reason.AUDIENCE, audience=only)]


def _owner_and_editors(activity: Activity) -> Iterable[Telling]:
    """Whoever answers for the page, and the editors of its site."""
    content = activity.content
    assert content is not None
    concerned = Q(pk=content.owner_id) | holders_of({principal("editors", content.space_id)})
    return [Telling(Notification.Reason.MEMBER, people=concerned)]


def _reporter(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.REPLY, people=Q(uuid=activity.data["person"]))]


def _city_editors(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.MEMBER, people=holders_of({principal("editors", activity.data["space"])}))]


def _proposer(activity: Activity) -> Iterable[Telling]:
    return [Telling(Notification.Reason.REPLY, people=Q(uuid=activity.data["person"]))]


def _verb(key: str, sentence: object, icon: str, tell: object = None) -> Verb:
    options = {"tell": tell} if tell else {}
    return register_verb(Verb(f"publications.{key}", sentence, icon, **options))  # type: ignore[arg-type]


SITE_OPENED = _verb("site_opened", _("%(actor)s opened the site %(space)s"), "building-community")
SITE_CHANGED = _verb("site_changed", _("%(actor)s changed the settings of the site %(space)s"), "settings")
PAGE_WRITTEN = _verb("page_written", _("%(actor)s prepared the page “%(title)s”"), "writing")
PAGE_PUBLISHED = _verb("page_published", _("%(actor)s published the page “%(title)s”"), "world")
PAGE_UNPUBLISHED = _verb("page_unpublished", _("%(actor)s took the page “%(title)s” offline"), "eye-off")
PAGE_MOVED = _verb("page_moved", _("%(actor)s moved the page “%(title)s”"), "folder")
PAGE_ARCHIVED = _verb("page_archived", _("%(actor)s archived the page “%(title)s”"), "archive")
PAGE_TRASHED = _verb("page_trashed", _("%(actor)s put the page “%(title)s” in the trash"), "trash")
PAGE_RESTORED = _verb("page_restored", _("%(actor)s restored the page “%(title)s”"), "restore")
PAGE_DESCRIBED = _verb(
    "page_described", _("%(actor)s changed who looks after “%(title)s”, or its review"), "user-check"
)
PAGE_REVIEWED = _verb("page_reviewed", _("%(actor)s reviewed the page “%(title)s”"), "circle-check")
REVIEW_COMING = _verb(
    "review_coming", _("The page “%(title)s” is soon to be reviewed"), "calendar-time", _owner_of_page
)
REVIEW_DUE = _verb("review_due", _("The page “%(title)s” is to be reviewed"), "calendar-time", _owner_of_page)
PROBLEM_REPORTED = _verb(
    "problem_reported", _("%(actor)s reported a problem on the page “%(title)s”"), "flag", _owner_and_editors
)
PROBLEM_CLOSED = _verb(
    "problem_closed", _("%(actor)s closed the problem you reported on “%(title)s”"), "circle-check", _reporter
)
NEWS_PROPOSED = _verb("news_proposed", _("%(actor)s proposes “%(title)s” to the whole City"), "send", _city_editors)
NEWS_ACCEPTED = _verb("news_accepted", _("%(actor)s shows “%(title)s” to the whole City"), "speakerphone", _proposer)
NEWS_DECLINED = _verb("news_declined", _("%(actor)s did not keep “%(title)s” for the whole City"), "x", _proposer)
