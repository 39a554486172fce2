"""Who may do what with applications."""

from . import (
    access,
    applications,
    mailboxes,
    notes,
    service,
    sign_in,
)

__all__ = [
    "access",
    "applications",
    "mailboxes",
    "notes",
    "service",
    "sign_in",
]
