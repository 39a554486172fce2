"""What applications tell the floors below: their kind of content, their menu."""

from . import applications, service

__all__ = ["applications", "service"]
