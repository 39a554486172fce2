"""The verbs of publications."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.activity.models import Activity, Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import holders_of, principal

# -- notices ----------------------------------------------------------------------------------------------------------


def _readers(activity: Activity) -> Iterable[Telling]:
    """Its audience: one row, however many they are."""
    assert activity.content is not None
    audience = activity.content.audience or activity.content.space.audience
    return [Telling(Notification.Reason.AUDIENCE, audience=audience)] if audience else []


def _editors(activity: Activity) -> Iterable[Telling]:
    """The editors of its site."""
    assert activity.space is not None
    editors = holders_of({principal("editors", activity.space.pk)})
    return [Telling(Notification.Reason.MEMBER, people=editors)]


def _author(activity: Activity) -> Iterable[Telling]:
    """Whoever wrote it and whoever answers for it."""
    assert activity.content is not None
    mine = Q(pk__in=[activity.content.author_id, activity.content.owner_id])
    return [Telling(Notification.Reason.FOLLOW, people=mine)]


NOTICE_PUBLISHED = register_verb(
    Verb("publications.published", _("%(space)s publishes “%(title)s”"), "speakerphone", _readers)
)
NOTICE_CORRECTED = register_verb(
    Verb("publications.corrected", _("%(space)s corrects “%(title)s”"), "pencil-exclamation", _readers)
)
# A slip of the pen: recorded, told to nobody.
NOTICE_TOUCHED_UP = register_verb(Verb("publications.touched_up", _("%(space)s touches up “%(title)s”"), "pencil"))
NOTICE_DRAFTED = register_verb(Verb("publications.drafted", _("%(actor)s drafts “%(title)s”"), "pencil"))
NOTICE_CHANGED = register_verb(Verb("publications.changed", _("%(actor)s works on “%(title)s”"), "pencil"))
NOTICE_SUBMITTED = register_verb(
    Verb("publications.submitted", _("%(actor)s asks for the approval of “%(title)s”"), "send", _editors)
)
TRANSLATION_ASKED = register_verb(
    Verb("publications.translation_asked", _("%(actor)s asks for the translation of “%(title)s”"), "language", _editors)
)
STEP_APPROVED = register_verb(
    Verb("publications.step_approved", _("%(actor)s reviewed “%(title)s”: it waits for approval"), "checks", _editors)
)
NOTICE_APPROVED = register_verb(
    Verb("publications.approved", _("%(actor)s approves “%(title)s”"), "circle-check", _author)
)
CHANGES_ASKED = register_verb(
    Verb("publications.changes_asked", _("%(actor)s asks for changes in “%(title)s”"), "message-2", _author)
)
NOTICE_TAKEN_BACK = register_verb(
    Verb("publications.taken_back", _("%(actor)s takes “%(title)s” back to a draft"), "arrow-back-up")
)
NOTICE_SCHEDULED = register_verb(
    Verb("publications.scheduled", _("%(actor)s schedules “%(title)s”"), "calendar-clock", _author)
)
SCHEDULE_FAILED = register_verb(
    Verb(
        "publications.schedule_failed", _("“%(title)s” could not be published as scheduled"), "alert-triangle", _author
    )
)
NOTICE_EXPIRED = register_verb(Verb("publications.expired", _("“%(title)s” is no longer in force"), "calendar-x"))
NOTICE_ARCHIVED = register_verb(Verb("publications.archived", _("%(actor)s archives “%(title)s”"), "archive"))
NOTICE_REOPENED = register_verb(Verb("publications.reopened", _("%(actor)s reopens “%(title)s”"), "archive-off"))

# -- the ways in and out ----------------------------------------------------------------------------------------------


def _keeper(activity: Activity) -> Iterable[Telling]:
    """Whoever keeps it, even when it was done in their own name."""
    keeper = audience_of({principal("person", activity.data["keeper"])})
    return [Telling(Notification.Reason.MEMBER, audience=keeper)]


SOURCE_ADDED = register_verb(
    Verb("publications.source_added", _("%(actor)s adds a source of publications to %(space)s"), "rss")
)
SOURCE_CHANGED = register_verb(
    Verb("publications.source_changed", _("%(actor)s changes a source of publications of %(space)s"), "rss")
)
SOURCE_FAILING = register_verb(
    Verb("publications.source_failing", _("A source of publications of %(space)s fails"), "alert-triangle", _keeper)
)
WEBHOOK_ADDED = register_verb(Verb("publications.webhook_added", _("%(actor)s adds a webhook"), "send"))
WEBHOOK_CHANGED = register_verb(Verb("publications.webhook_changed", _("%(actor)s changes a webhook"), "send"))
WEBHOOK_DISABLED = register_verb(
    Verb(
        "publications.webhook_disabled",
        _("A webhook was switched off: its system has not answered for days"),
        "alert-triangle",
        _keeper,
    )
)

SUBJECT_ADDED = register_verb(Verb("publications.subject_added", _("%(actor)s adds a subject"), "tag"))
SUBJECT_RENAMED = register_verb(Verb("publications.subject_renamed", _("%(actor)s renames a subject"), "tag"))
SUBJECT_WITHDRAWN = register_verb(Verb("publications.subject_withdrawn", _("%(actor)s withdraws a subject"), "tag"))

# -- alerts ------------------------------------------------------------------------------------------------------------

# Nobody is notified: the banner is the announcement.
ALERT_RAISED = register_verb(
    Verb("publications.alert_raised", _("%(actor)s raised the alert “%(title)s”"), "speakerphone")
)
ALERT_CHANGED = register_verb(Verb("publications.alert_changed", _("%(actor)s changed the alert “%(title)s”"), "edit"))
ALERT_BEGAN = register_verb(
    Verb("publications.alert_began", _("The alert “%(title)s” of %(actor)s began"), "speakerphone")
)
ALERT_ENDED = register_verb(Verb("publications.alert_ended", _("%(actor)s ended the alert “%(title)s”"), "circle-x"))
ALERT_EXPIRED = register_verb(
    Verb("publications.alert_expired", _("The alert “%(title)s” of %(actor)s came to its end"), "clock")
)

ALERT_VERBS = frozenset(one.key for one in (ALERT_RAISED, ALERT_CHANGED, ALERT_BEGAN, ALERT_ENDED, ALERT_EXPIRED))


# -- sites and their pages -------------------------------------------------------------------------------------------


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
