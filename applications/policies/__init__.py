"""Who may do what with applications."""

from . import access, applications

__all__ = ["access", "applications"]
