"""Who may do what with applications."""

from . import (
    access,
    applications,
    launcher,
    mailboxes,
    notes,
    service,
    sign_in,
)

__all__ = [
    "access",
    "applications",
    "launcher",
    "mailboxes",
    "notes",
    "service",
    "sign_in",
]
