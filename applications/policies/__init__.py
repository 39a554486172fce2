"""Who may do what with applications."""

from . import access, applications, mailboxes, notes, sign_in

__all__ = [
    "access",
    "applications",
    "mailboxes",
    "notes",
    "sign_in",
]
