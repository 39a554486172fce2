"""What one does to applications."""

from .access import (
    agree_with_request,
    give_access,
    grant_access,
    refuse_access,
    request_access,
    withdraw_access,
    withdraw_request,
)
from .access_upkeep import look_after_requests, settle_requests
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
    "agree_with_request",
    "announce",
    "approve",
    "change_application",
    "change_registrar",
    "end_maintenance",
    "enter_due",
    "give_access",
    "grant_access",
    "look_after_requests",
    "pause_registrar",
    "plan_maintenance",
    "plan_retirement",
    "put_in_service",
    "read_manifest_now",
    "refuse",
    "refuse_access",
    "renew_registrar_secret",
    "request_access",
    "retire",
    "settle_requests",
    "start_pilot",
    "withdraw_access",
    "withdraw_request",
]
