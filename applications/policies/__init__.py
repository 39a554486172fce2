"""Who may do what with applications."""

from . import applications, launcher

__all__ = ["applications", "launcher"]
