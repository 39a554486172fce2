"""What Wagtail asks of whoever extends its desk."""

from .desk import hooks

__all__ = ["hooks"]
