"""The drawings that the server makes: bounded, and harmless whatever is on the board."""

import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whiteboards.scenes.drawing import FARTHEST, THUMBNAIL, WHOLE, bounds, draw
from whiteboards.scenes.reading import Scene, living

from .scenes import data_url, element, png, sticky, text

SVG = "{http://www.w3.org/2000/svg}"
# All that a drawing may be made of.
TAGS = {"svg", "g", "rect", "ellipse", "circle", "path", "text", "tspan", "image", "clipPath"}
NUMBERS = re.compile(r"[-0-9. MLCQAZhv]*")


def drawn(*elements: Any, pictures: dict[str, str] | None = None, measure: Any = WHOLE, **of: Any) -> ET.Element:
    """The drawing, read as any reader of XML reads it, and looked through for what must not be in it."""
    svg = draw(Scene(living(elements), **of), pictures or {}, measure)
    root = ET.fromstring(svg)
    for one in root.iter():
        assert one.tag.removeprefix(SVG) in TAGS
        for name, value in one.attrib.items():
            assert not name.startswith("on") and name not in ("style", "class")
            if name == "href":
                assert value.startswith("data:image/jpeg;base64,")
            elif name == "d":
                assert NUMBERS.fullmatch(value)
            else:
                assert "url(" not in value or re.fullmatch(r"url\(#f\d+\)", value)
                assert "nan" not in value and "inf" not in value
    return root


def words(root: ET.Element) -> str:
    return "\n".join(one.text or "" for one in root.iter(f"{SVG}tspan"))


def test_every_kind_is_drawn() -> None:
    line = [[0, 0], [50, 10], [90, 80]]
    heads = ("arrow", "bar", "dot", "circle_outline", "triangle", "diamond_outline", "crowfoot_one_or_many")
    root = drawn(
        element("f", "frame", name="Cadre & co", width=600, height=400),
        *sticky("s", "Une note\nsur deux lignes", frameId="f"),
        element("e", "ellipse", x=150, backgroundColor="#a5d8ff", fillStyle="hachure", strokeStyle="dashed"),
        element("d", "diamond", x=300, angle=math.pi / 4, opacity=50),
        element("l", "line", points=[*line, [0, 0]], backgroundColor="#b2f2bb", y=200),
        *(element(f"a{head}", "arrow", points=line, endArrowhead=head, roundness={"type": 2}) for head in heads),
        element("h", "freedraw", points=line, y=300),
        element("i", "image", fileId="unknown", x=400),
        element("p", "image", fileId="known", x=500),
        pictures={"known": data_url(png(), "image/jpeg")},
    )
    assert words(root) == "Une note\nsur deux lignes"
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == TAGS
    assert "Cadre & co" in [one.text for one in root.iter(f"{SVG}text")]


def test_what_is_written_on_a_board_is_a_text_in_its_drawing() -> None:
    hostile = "</text><script>alert(1)</script><image href='x' onerror='alert(1)'>\"&"
    root = drawn(
        *sticky("s", hostile),
        element("f", "frame", name=hostile, y=300),
        element("c", strokeColor='red"/><script>', backgroundColor="url(https://ailleurs.example/x)", y=200),
        background='#fff" onload="alert(1)',
    )
    assert words(root) == hostile
    assert root.find(f"{SVG}rect").attrib["fill"] == "#ffffff"  # type: ignore[union-attr]


_number = st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**30), 10**30) | st.text(max_size=4)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(*[_number] * 8), max_size=6), st.text(max_size=30))
def test_no_number_breaks_a_drawing(rows: list[tuple[Any, ...]], said: str) -> None:
    elements = []
    for at, (x, y, width, height, angle, opacity, size, wide) in enumerate(rows):
        place = {"x": x, "y": y, "width": width, "height": height, "angle": angle, "opacity": opacity}
        elements += [
            element(f"r{at}", strokeWidth=wide, **place),
            text(f"t{at}", said, fontSize=size, lineHeight=wide, **place),
            element(f"a{at}", "arrow", points=[[0, 0], [x, y], [width, height]], endArrowhead="arrow", **place),
            element(f"i{at}", "image", fileId="p", crop=dict.fromkeys(("x", "width", "naturalWidth"), size), **place),
        ]
    drawn(*elements, pictures={"p": data_url(png(), "image/jpeg")})


@pytest.mark.parametrize("measure", [THUMBNAIL, WHOLE], ids=["thumbnail", "whole"])
def test_a_huge_board_makes_no_huge_drawing(measure: Any) -> None:
    elements = []
    for at in range(2_500):
        elements += sticky(f"s{at}", f"Note numéro {at} " * 40, x=at % 80 * 220, y=at // 80 * 220)
    svg = draw(Scene(living(elements)), {}, measure)
    assert len(svg.encode()) <= measure.bytes + 0
    assert ET.fromstring(svg).tag == f"{SVG}svg"


def test_a_scribble_of_thousands_of_points_is_thinned() -> None:
    points = [[math.cos(at / 9) * at / 20, math.sin(at / 9) * at / 20] for at in range(5_000)]
    svg = draw(Scene(living([element("h", "freedraw", points=points)])), {}, THUMBNAIL)
    assert len(svg) < 6_000


def test_one_dot_far_away_does_not_make_all_the_rest_a_dot() -> None:
    near = [element(f"n{at}", x=at * 120) for at in range(5)]
    box = bounds(living([*near, element("lost", x=900_000, y=900_000)]))
    assert box.width < FARTHEST and box.height < FARTHEST
    assert box.left <= 0 and box.left + box.width >= 580


def test_an_empty_board_is_a_sheet_of_paper() -> None:
    root = drawn(background="#f8f9fa")
    assert [one.tag for one in root] == [f"{SVG}rect"]
