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
from .scheduling import publish_due
from .workflow import approve, ask_changes, ask_translation, comments_of, submit, take_back

__all__ = [
    "approve",
    "archive",
    "ask_changes",
    "ask_translation",
    "attach_files",
    "comments_of",
    "discard_changes",
    "end_now",
    "publish_due",
    "publish_now",
    "reopen",
    "save_draft",
    "start_draft",
    "submit",
    "take_back",
]
