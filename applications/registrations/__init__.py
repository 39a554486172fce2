"""What applications tell the floors below: their kind of content, their menu."""

from . import (
    applications,
    service,
    sign_in,
)

__all__ = [
    "applications",
    "service",
    "sign_in",
]
