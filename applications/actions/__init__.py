"""What one does to applications."""

from .applications import add_application, change_application
from .entering import enter_due
from .proposals import approve, refuse
from .registrars import (
    accept_any_version,
    add_registrar,
    change_registrar,
    pause_registrar,
    read_manifest_now,
    renew_registrar_secret,
)
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
    "accept_any_version",
    "add_application",
    "add_registrar",
    "announce",
    "approve",
    "change_application",
    "change_registrar",
    "end_maintenance",
    "enter_due",
    "pause_registrar",
    "plan_maintenance",
    "plan_retirement",
    "put_in_service",
    "read_manifest_now",
    "refuse",
    "renew_registrar_secret",
    "retire",
    "start_pilot",
]
