"""Who may do what with applications."""

from . import applications

__all__ = ["applications"]
