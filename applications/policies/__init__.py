"""Who may do what with applications."""

from . import access, applications, service

__all__ = ["access", "applications", "service"]
