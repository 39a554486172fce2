"""Who may do what with applications."""

from . import applications, sign_in

__all__ = ["applications", "sign_in"]
