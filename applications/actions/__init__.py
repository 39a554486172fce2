"""What one does to applications."""

from .applications import add_application, change_application
from .stages import (
    announce,
    end_maintenance,
    plan_maintenance,
    plan_retirement,
    put_in_service,
    retire,
    start_pilot,
)

__all__ = [
    "add_application",
    "announce",
    "change_application",
    "end_maintenance",
    "plan_maintenance",
    "plan_retirement",
    "put_in_service",
    "retire",
    "start_pilot",
]
