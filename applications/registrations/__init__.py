"""What applications tell the floors below: their kind of content, their menu."""

from . import applications, notes

__all__ = ["applications", "notes"]
