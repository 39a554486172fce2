"""Who may do what with applications."""

from . import access, applications, notes, sign_in

__all__ = [
    "access",
    "applications",
    "notes",
    "sign_in",
]
