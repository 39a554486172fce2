"""Who may do what with applications."""

from . import applications, service

__all__ = ["applications", "service"]
