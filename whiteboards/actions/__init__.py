"""What one does to boards."""

from .boards import create_board, duplicate_board, move_board, rename_board, switch_board
from .putting import attach_picture, create_from_file, put_file, put_stickies
from .settling import settle
from .versions import name_version, restore_version

__all__ = [
    "attach_picture",
    "create_board",
    "create_from_file",
    "duplicate_board",
    "move_board",
    "name_version",
    "put_file",
    "put_stickies",
    "rename_board",
    "restore_version",
    "settle",
    "switch_board",
]
