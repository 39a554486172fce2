"""What one does to applications."""

from .applications import add_application, change_application
from .notes import move_many, move_place, remove_place

__all__ = ["add_application", "change_application", "move_many", "move_place", "remove_place"]
