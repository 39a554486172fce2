"""What applications tell the floors below: their kind of content, their menu."""

from . import applications, sign_in

__all__ = ["applications", "sign_in"]
