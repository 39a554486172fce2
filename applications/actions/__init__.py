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
    "agree_with_request",
    "announce",
    "change_application",
    "end_maintenance",
    "give_access",
    "grant_access",
    "look_after_requests",
    "plan_maintenance",
    "plan_retirement",
    "put_in_service",
    "refuse_access",
    "request_access",
    "retire",
    "settle_requests",
    "start_pilot",
    "withdraw_access",
    "withdraw_request",
]
