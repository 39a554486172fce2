"""What the organisation says officially: notices of every genre, alerts, and the sites they come from."""

from .alerts import Alert, PutAway, Severity
from .images import SiteImage, SiteRendition
from .notices import BODY_MAX, DRAFTED, JOURNAL, Correction, Genre, Notice, Sequence, Stage, Tag
from .pages import CityProposal, PageContent, PageProblem, PageVote, SitePage
from .sites import Languages, RoleTask, Site
from .sources import Source, SourceItem, SourceRun
from .webhooks import FeedKey, Webhook, WebhookDelivery

__all__ = [
    "BODY_MAX",
    "DRAFTED",
    "JOURNAL",
    "Alert",
    "CityProposal",
    "Correction",
    "FeedKey",
    "Genre",
    "Languages",
    "Notice",
    "PageContent",
    "PageProblem",
    "PageVote",
    "PutAway",
    "RoleTask",
    "Sequence",
    "Severity",
    "Site",
    "SiteImage",
    "SitePage",
    "SiteRendition",
    "Source",
    "SourceItem",
    "SourceRun",
    "Stage",
    "Tag",
    "Webhook",
    "WebhookDelivery",
]
