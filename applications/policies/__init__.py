"""Who may do what with applications."""

from . import access, applications, notes

__all__ = [
    "access",
    "applications",
    "notes",
]
