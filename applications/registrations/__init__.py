"""What applications tell the floors below: their kind of content, their menu."""

from . import applications

__all__ = ["applications"]
