"""What one does to applications."""

from .applications import add_application, change_application

__all__ = ["add_application", "change_application"]
