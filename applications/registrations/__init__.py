"""What applications tell the floors below: their kind of content, their menu, the line of their counts."""

from . import applications, launcher

__all__ = ["applications", "launcher"]
