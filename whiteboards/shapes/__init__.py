"""The city's library of shapes: streets, places, things and people, drawn by us, to be put on boards."""

from .catalogue import SHAPES, Shape, library_of

__all__ = ["SHAPES", "Shape", "library_of"]
