"""The colours of the city's shapes, and the pens that draw them."""

from ..scenes.cleaning import BLACK, TRANSPARENT
from ..scenes.making import Pen

ASPHALT, CONCRETE, KERB = "#adb5bd", "#e9ecef", "#868e96"
WHITE, SAND, STEEL = "#ffffff", "#f4e3c1", "#495057"
GRASS, LEAVES, TRUNK = "#d3f9d8", "#69db7c", "#a0703c"
RED, ORANGE, AMBER, SIGN_GREEN, SIGN_BLUE = "#e03131", "#fd7e14", "#fcc419", "#2f9e44", "#1971c2"
WATER = "#a5d8ff"


def face(fill: str, stroke: str = STEEL, width: float = 1, *, round: bool = False) -> Pen:
    """A filled face with a thin edge."""
    return Pen(stroke=stroke, fill=fill, width=width, round=round)


def flat(fill: str) -> Pen:
    """A face without an edge."""
    return Pen(stroke=TRANSPARENT, fill=fill, width=1)


def stroke(colour: str = BLACK, width: float = 2, style: str = "solid", *, round: bool = False) -> Pen:
    """A line."""
    return Pen(stroke=colour, width=width, style=style, round=round)
