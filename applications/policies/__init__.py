"""Who may do what with applications."""

from . import applications, notes

__all__ = ["applications", "notes"]
