"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet
from .mailboxes import MailboxCredentialQuerySet

__all__ = ["AccessGrantQuerySet", "ApplicationQuerySet", "MailboxCredentialQuerySet"]
