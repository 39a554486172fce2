"""What one does to applications."""

from .applications import add_application, change_application
from .health import (
    add_check,
    change_check,
    check_now,
    declare_outage,
    delete_check,
    end_outage,
    note_outage,
    pause_check,
)
from .links import remind_owner, use_new_address

__all__ = [
    "add_application",
    "add_check",
    "change_application",
    "change_check",
    "check_now",
    "declare_outage",
    "delete_check",
    "end_outage",
    "note_outage",
    "pause_check",
    "remind_owner",
    "use_new_address",
]
