"""Rooms: where people draw, write and are present together. Apps register their kinds of room (see `kinds`)."""

from .kinds import Admission, RoomKind, register_room

__all__ = ["Admission", "RoomKind", "register_room"]
