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
from .access_upkeep import (
    announce_ends,
    look_after_access,
    settle_requests,
)
from .applications import (
    add_application,
    change_application,
)
from .badges import (
    make_badge_key,
    set_badges,
    withdraw_badge_key,
)
from .entering import (
    enter_due,
)
from .health import (
    add_check,
    change_check,
    check_now,
    declare_outage,
    delete_check,
    end_outage,
    note_outage,
    pause_check,
)
from .health_addresses import follow_health_addresses
from .launcher import (
    choose_view,
    keep_favourite,
    move_favourite,
    note_opening,
    order_favourites,
    put_back,
    remove_favourite,
    set_favourites,
    sweep_launcher,
)
from .launcher_defaults import (
    move_default,
    place_default,
    withdraw_default,
)
from .links import (
    remind_owner,
    use_new_address,
)
from .mailboxes import (
    forget_tokens_of_leavers,
    give_token,
    withdraw_token,
)
from .notes import (
    move_many,
    move_place,
    remove_place,
)
from .proposals import (
    approve,
    refuse,
)
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
    "add_check",
    "add_registrar",
    "agree_with_request",
    "announce",
    "announce_ends",
    "approve",
    "change_application",
    "change_check",
    "change_registrar",
    "check_now",
    "choose_view",
    "declare_outage",
    "delete_check",
    "end_maintenance",
    "end_outage",
    "enter_due",
    "follow_health_addresses",
    "forget_tokens_of_leavers",
    "give_access",
    "give_token",
    "grant_access",
    "keep_favourite",
    "look_after_access",
    "make_badge_key",
    "move_default",
    "move_favourite",
    "move_many",
    "move_place",
    "note_opening",
    "note_outage",
    "order_favourites",
    "pause_check",
    "pause_registrar",
    "place_default",
    "plan_maintenance",
    "plan_retirement",
    "put_back",
    "put_in_service",
    "read_manifest_now",
    "refuse",
    "refuse_access",
    "remind_owner",
    "remove_favourite",
    "remove_place",
    "renew_registrar_secret",
    "request_access",
    "retire",
    "set_badges",
    "set_favourites",
    "settle_requests",
    "start_pilot",
    "sweep_launcher",
    "use_new_address",
    "withdraw_access",
    "withdraw_badge_key",
    "withdraw_default",
    "withdraw_request",
    "withdraw_token",
]
