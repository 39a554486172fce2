"""What applications tell the floors below: their kind of content, their menu."""

from . import (
    applications,
    launcher,
    notes,
    service,
    sign_in,
)

__all__ = [
    "applications",
    "launcher",
    "notes",
    "service",
    "sign_in",
]
