"""What one does to applications."""

from .applications import add_application, change_application
from .mailboxes import forget_tokens_of_leavers, give_token, withdraw_token

__all__ = [
    "add_application",
    "change_application",
    "forget_tokens_of_leavers",
    "give_token",
    "withdraw_token",
]
