"""What publications tell the floors below: their kinds of content, their menu, their desk."""

from . import site_registrations

__all__ = ["site_registrations"]
