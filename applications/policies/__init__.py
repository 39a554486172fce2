"""Who may do what with applications."""

from . import applications, mailboxes

__all__ = ["applications", "mailboxes"]
