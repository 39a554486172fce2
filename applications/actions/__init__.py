"""What one does to applications, and to one's launcher."""

from .applications import add_application, change_application
from .badges import make_badge_key, set_badges, withdraw_badge_key
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
from .launcher_defaults import move_default, place_default, withdraw_default

__all__ = [
    "add_application",
    "change_application",
    "choose_view",
    "keep_favourite",
    "make_badge_key",
    "move_default",
    "move_favourite",
    "note_opening",
    "order_favourites",
    "place_default",
    "put_back",
    "remove_favourite",
    "set_badges",
    "set_favourites",
    "sweep_launcher",
    "withdraw_badge_key",
    "withdraw_default",
]
