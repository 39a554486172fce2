"""What the organisation says officially: notices of every genre, and the sites they come from."""

from .alerts import Alert, PutAway, Severity
from .notices import BODY_MAX, DRAFTED, JOURNAL, Correction, Genre, Notice, Sequence, Stage, Tag
from .sites import Languages, RoleTask, Site
from .sources import Source, SourceItem, SourceRun
from .webhooks import FeedKey, Webhook, WebhookDelivery

__all__ = [
    "BODY_MAX",
    "DRAFTED",
    "JOURNAL",
    "Alert",
    "Correction",
    "FeedKey",
    "Genre",
    "Languages",
    "Notice",
    "PutAway",
    "RoleTask",
    "Sequence",
    "Severity",
    "Site",
    "Source",
    "SourceItem",
    "SourceRun",
    "Stage",
    "Tag",
    "Webhook",
    "WebhookDelivery",
]
