"""What one does to publications."""

from .notices import (
    archive,
    attach_files,
    discard_changes,
    end_now,
    publish_now,
    reopen,
    save_draft,
    start_draft,
)
from .polling import poll, poll_due_sources
from .scheduling import publish_due
from .sources import add_source, change_source, pause_source, poll_now, renew_secret
from .webhooks import (
    add_webhook,
    change_webhook,
    renew_webhook_secret,
    resend,
    send_due_deliveries,
    send_trial,
    switch_webhook,
)
from .workflow import approve, ask_changes, ask_translation, comments_of, submit, take_back

__all__ = [
    "add_source",
    "add_webhook",
    "approve",
    "archive",
    "ask_changes",
    "ask_translation",
    "attach_files",
    "change_source",
    "change_webhook",
    "comments_of",
    "discard_changes",
    "end_now",
    "pause_source",
    "poll",
    "poll_due_sources",
    "poll_now",
    "publish_due",
    "publish_now",
    "renew_secret",
    "renew_webhook_secret",
    "reopen",
    "resend",
    "save_draft",
    "send_due_deliveries",
    "send_trial",
    "start_draft",
    "submit",
    "switch_webhook",
    "take_back",
]
