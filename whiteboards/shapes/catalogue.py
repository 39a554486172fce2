"""The list of the city's shapes, and the library that Excalidraw reads."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from ..scenes.excalidraw import plain
from ..scenes.making import BLUE, GREEN, PINK, YELLOW, Sheet
from . import places, streets

# The same drawing each time: a moment of its own, and no other chance than its key.
MOMENT = 1_700_000_000_000


@dataclass(frozen=True)
class Shape:
    """One shape: its key in the library, its name, and how it is drawn with its upper left corner at a place."""

    key: str
    name: str | Promise
    draw: Callable[[Sheet, float, float], None]


def _sticky(colour: str) -> Callable[[Sheet, float, float], None]:
    """A note of that colour, with words to write over."""

    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.sticky(x, y, gettext("An idea"), colour)

    return draw


SHAPES = (
    Shape("sticky-yellow", _("Yellow note"), _sticky(YELLOW)),
    Shape("sticky-blue", _("Blue note"), _sticky(BLUE)),
    Shape("sticky-green", _("Green note"), _sticky(GREEN)),
    Shape("sticky-pink", _("Pink note"), _sticky(PINK)),
    Shape("road", _("Road"), streets.road),
    Shape("crossing", _("Intersection"), streets.crossing),
    Shape("sidewalk", _("Sidewalk"), streets.sidewalk),
    Shape("crosswalk", _("Crosswalk"), streets.crosswalk),
    Shape("bike-path", _("Bike path"), streets.bike_path),
    Shape("parking", _("Parking spaces"), streets.parking),
    Shape("speed-bump", _("Speed hump"), streets.speed_bump),
    Shape("plough-route", _("Snow plough route"), streets.plough_route),
    Shape("stop", _("Stop sign"), streets.stop_sign),
    Shape("traffic-light", _("Traffic light"), streets.traffic_light),
    Shape("lamp-post", _("Lamp post"), streets.lamp_post),
    Shape("bus-stop", _("Bus stop"), streets.bus_stop),
    Shape("bench", _("Bench"), streets.bench),
    Shape("hydrant", _("Fire hydrant"), streets.hydrant),
    Shape("catch-basin", _("Catch basin"), streets.catch_basin),
    Shape("manhole", _("Manhole"), streets.manhole),
    Shape("barricade", _("Barricade"), streets.barricade),
    Shape("cone", _("Traffic cone"), streets.cone),
    Shape("tree", _("Tree"), places.tree),
    Shape("conifer", _("Conifer"), places.conifer),
    Shape("park", _("Park"), places.park),
    Shape("building", _("Building, from above"), places.building),
    Shape("front", _("Public building"), places.front),
    Shape("bins", _("Collection bins"), places.bins),
    Shape("ramp", _("Access ramp"), places.ramp),
    Shape("person", _("Person"), places.person),
    Shape("people", _("Group of people"), places.group_of_people),
    Shape("desk", _("Desk"), places.desk),
    Shape("meeting-table", _("Meeting table"), places.meeting_table),
    Shape("north", _("North arrow"), places.north),
    Shape("scale", _("Scale"), places.scale_bar),
    Shape("star", _("Point of interest"), places.star),
)


@lru_cache(maxsize=4)
def library_of(language: str) -> dict[str, Any]:
    """The library, version 2 of Excalidraw's format, with names and signs in `language`."""
    with override(language):
        items = [
            {"id": one.key, "status": "published", "created": MOMENT, "name": str(one.name), "elements": _drawn(one)}
            for one in SHAPES
        ]
    return {"type": "excalidrawlib", "version": 2, "source": "parvis", "libraryItems": items}


def _drawn(shape: Shape) -> list[dict[str, Any]]:
    """Its elements, as one group. Called with its language active."""
    sheet = Sheet(random.Random(shape.key), MOMENT)  # noqa: S311  (keys of a drawing, no secret)
    with sheet.group():
        shape.draw(sheet, 0, 0)
    return [plain(one) for one in sheet.elements]
