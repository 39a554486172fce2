"""What is drawn on boards, as plain values: reading, words, files, going back. Without the portal."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text

from whiteboards.scenes import excalidraw
from whiteboards.scenes.cleaning import FAR, clean, link_of
from whiteboards.scenes.excalidraw import NotABoard, read_file
from whiteboards.scenes.making import GREEN, Sheet, grid, keys_after
from whiteboards.scenes.reading import Scene, living, raw_elements, scene_of, things_of, words_of
from whiteboards.scenes.restoring import forward, go_back
from whiteboards.scenes.telling import cells_of, lines_of
from whiteboards.scenes.wrapping import width_of, wrap

from .scenes import data_url, document, element, png, sticky, text
from .scenes import excalidraw as file_of

WORDS = {
    key: key.upper()
    for key in ("frame", "sticky", "rectangle", "diamond", "ellipse", "text", "arrow", "line", "drawing", "image")
}


def chance() -> random.Random:
    return random.Random(5)


# -- Reading ---------------------------------------------------------------------------------------------------------
def test_frames_first_then_rows_from_left_to_right() -> None:
    scene = scene_of(
        document(
            text("loose", "Hors cadre", x=-500, y=-500),
            element("f2", "frame", name="Deuxième", x=900, y=10, width=400, height=400),
            element("f1", "frame", name="Premier", x=0, y=0, width=400, height=400),
            *sticky("right", "à droite", x=200, y=40, frameId="f1"),
            *sticky("left", "à gauche", x=0, y=52, frameId="f1"),
            *sticky("below", "dessous", x=0, y=240, frameId="f1"),
            *sticky("other", "ailleurs", x=900, y=40, frameId="f2"),
        )
    )
    things = things_of(scene)
    assert [one.text for one in things] == [
        *("Premier", "à gauche", "à droite", "dessous"),
        *("Deuxième", "ailleurs"),
        "Hors cadre",
    ]
    assert [one.kind for one in things][:2] == ["frame", "sticky"]
    assert words_of(things).splitlines()[0] == "Premier"


def test_the_text_of_a_shape_is_said_with_it_and_an_arrow_says_what_it_joins() -> None:
    arrow = element("a", "arrow", points=[[0, 0], [50, 5]], startBinding=None, endBinding=None, x=10, y=300)
    arrow["startBinding"] = {"elementId": "one", "focus": 0, "gap": 1}
    arrow["endBinding"] = {"elementId": "two", "focus": 0, "gap": 1}
    scene = scene_of(document(*sticky("one", "Début"), *sticky("two", "Fin", x=400), arrow))
    assert [(one.kind, one.text, one.starts, one.ends) for one in things_of(scene)] == [
        ("sticky", "Début", "", ""),
        ("sticky", "Fin", "", ""),
        ("arrow", "", "Début", "Fin"),
    ]
    assert lines_of(things_of(scene), WORDS) == ["- Début", "- Fin", "- Début → Fin"]


def test_what_is_deleted_or_no_element_is_not_read() -> None:
    doc = document(element("here"), element("gone", isDeleted=True), element("strange", "hologram"))
    there = doc.get("elements", type=Map)
    there["number"], there["other"], there["nested"] = 5, {"id": "not other"}, Map({"id": "nested"})
    there["words"] = Text("hello")
    assert [one["id"] for one in scene_of(doc).elements] == ["here"]
    assert set(raw_elements(doc)) == {"here", "gone", "strange", "nested"}


def test_a_document_of_another_shape_is_an_empty_board() -> None:
    for root in (Array(["x"]), Text("x")):
        hostile: Doc = Doc()
        hostile["elements"] = root
        doc: Doc = Doc()
        doc.apply_update(hostile.get_update())
        assert list(scene_of(doc).elements) == []


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://ville.example/a", True),
        ("HTTP://ville.example", True),
        ("mailto:a@ville.example", True),
        ("/boards/", True),
        ("javascript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//ailleurs.example", False),
        ("/\\ailleurs.example", False),
        ("file:///etc/passwd", False),
        ("https:///x", False),
        ("https://" + "a" * 3000, False),
        (5, False),
    ],
)
def test_links_lead_to_the_web_to_mail_or_to_the_portal(link: Any, kept: bool) -> None:
    assert (link_of(link) is not None) is kept


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["rectangle", "arrow", "text", "freedraw", "image", "frame", "iframe", "url(#x)", "</svg>"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(text("t", "x") | element("a", "arrow", points=[]))), _values))
def test_whatever_stands_in_an_element_it_is_whole_or_refused(fields: dict[str, Any]) -> None:
    for base in (element("a", "arrow", points=[[0, 0], [1, 1]]), text("a", "mots"), element("a", "freedraw")):
        one = clean({**base, **fields})
        if one is None:
            continue
        # What it says can be sent to a browser, and drawn.
        json.dumps(one, allow_nan=False).encode()
        assert abs(one["x"]) <= FAR and 0 <= one["width"] <= FAR and 0 <= one["opacity"] <= 100
        assert one["strokeColor"].startswith("#") or one["strokeColor"].isalpha()


def test_direction_marks_and_halves_of_characters_are_left_out() -> None:
    one = clean(text("t", "bon\u202ejour\ud800\x00\tà\r\ntous"))
    assert one is not None and one["text"] == "bonjour    à\ntous"


# -- Words out -------------------------------------------------------------------------------------------------------
def test_no_cell_runs_as_a_formula() -> None:
    scene = scene_of(document(*sticky("a", '=HYPERLINK("https://x")'), text("b", "+1", y=200), text("c", "@x", y=400)))
    cells = [cell for line in cells_of(things_of(scene), WORDS) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert '\'=HYPERLINK("https://x")' in cells


def test_bare_shapes_are_not_said_and_links_are() -> None:
    scene = scene_of(document(element("bare"), element("linked", link="https://ville.example/", y=200)))
    assert lines_of(things_of(scene), WORDS) == ["- RECTANGLE <https://ville.example/>"]


# -- Making ----------------------------------------------------------------------------------------------------------
def test_keys_of_the_order_go_up_whatever_was_there() -> None:
    for last in ("", "a0", "az", "Zz", "b00V", "zzz", "!", "é"):
        made = keys_after(last, 200)
        assert made == sorted(made) and len(set(made)) == 200
    assert keys_after("a5", 2) == ["a6", "a7"]


def test_what_the_portal_draws_is_as_excalidraw_writes_it() -> None:
    sheet = Sheet(chance(), 1_700_000_000_000)
    grid(sheet, ["Un", "Deux mots", "x" * 300], 0, 0, GREEN)
    with sheet.frame(0, 0, 10, 10, "F"):
        sheet.arrow([(0, 0), (5, 5)])
    for one in sheet.elements:
        cleaned = clean(one)
        assert cleaned is not None and {key: cleaned[key] for key in one} == one


def test_lines_break_where_they_must() -> None:
    lines = wrap("Une phrase assez longue pour trois lignes", 120, 20)
    assert " ".join(lines) == "Une phrase assez longue pour trois lignes"
    assert all(width_of(line, 20) <= 120 for line in lines) and len(lines) > 2
    assert "".join(wrap("m" * 50, 100, 20)) == "m" * 50
    # A no-break space holds.
    assert wrap("12 h", 30, 20) == ["12", "h"] and wrap("12\u00a0h", 44, 20) == ["12\u00a0h"]


# -- Files -----------------------------------------------------------------------------------------------------------
def test_a_file_comes_in_under_new_keys_and_holds_together() -> None:
    arrow = element("a", "arrow", points=[[0, 0], [9, 9]], startBinding={"elementId": "s", "focus": 0, "gap": 1})
    data = file_of(
        element("f", "frame", name="Cadre"), *sticky("s", "Note", frameId="f", groupIds=["g"]), arrow, text("t", "Seul")
    )
    taken = read_file(data, chance=chance(), after="a7")
    by_kind = {one["type"]: one for one in taken.elements if one["type"] != "text"}
    assert not {one["id"] for one in taken.elements} & {"f", "s", "s-t", "a", "t"}
    assert by_kind["rectangle"]["frameId"] == by_kind["frame"]["id"]
    assert by_kind["arrow"]["startBinding"]["elementId"] == by_kind["rectangle"]["id"]
    assert {held["type"] for held in by_kind["rectangle"]["boundElements"]} == {"text", "arrow"}
    assert taken.elements[0]["index"] == "a8"
    assert taken.background == "#f8f9fa" and not taken.left_out
    assert [one.text for one in things_of(Scene(taken.elements))] == ["Cadre", "Note", "Seul", ""]


def test_what_a_hostile_file_holds_is_left_out_and_counted() -> None:
    data = file_of(
        element("page", "iframe", customData={"generationData": {"html": "<script>alert(1)</script>"}}),
        element("film", "embeddable", link="https://youtube.example/"),
        element("new", "hologram"),
        element("line", "arrow", points=[]),
        element("link", link="javascript:alert(1)"),
        element("far", x=1e300, y=float(10**200), width=-5, strokeColor="url(https://x)", angle=1e12),
        element("gone", isDeleted=True),
        element("image", "image", fileId="missing"),
        text("empty", "  "),
        {"type": "selection"},
        7,
        None,
        [],
    )
    taken = read_file(data, chance=chance())
    assert taken.left_out == {"embeds": 2, "unknown": 4, "broken": 1, "links": 1, "pictures": 1}
    linked, far = sorted(taken.elements, key=lambda one: one["x"])
    assert linked["link"] is None
    assert (far["x"], far["width"], far["strokeColor"]) == (FAR, 0.0, "#1e1e1e")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b'{"type": "excalidraw", "elements": [NaN]}', "unreadable"),
        (b'{"type": "excalidraw", "elements": [' + b"9" * 10_000 + b"]}", "unreadable"),
        (b"[]", "other_kind"),
        (b'{"type": "excalidrawlib", "elements": []}', "other_kind"),
        (b'{"type": "excalidraw", "elements": {}}', "other_kind"),
        (b'{"type": "excalidraw", "elements": []}', "empty"),
        (json.dumps({"type": "excalidraw", "elements": [0] * 10_001}).encode(), "too_many"),
        (b" " * (excalidraw.MOST_BYTES + 1), "too_large"),
    ],
    ids=lambda one: one[:20] if isinstance(one, bytes) else one,
)
def test_what_is_no_board_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(NotABoard) as refused:
        read_file(data, chance=chance())
    assert refused.value.reason == reason


def test_pictures_of_a_file_are_bytes_and_nothing_else() -> None:
    images = [element(key, "image", fileId=key) for key in ("good", "svg", "address", "broken", "twisted")]
    files = {
        "good": {"dataURL": data_url(png()), "mimeType": "image/png"},
        "svg": {"dataURL": data_url(b"<svg onload=alert(1)>", "image/svg+xml")},
        "address": {"dataURL": "https://ailleurs.example/x.png"},
        "broken": {"dataURL": "data:image/png;base64,%%%"},
        "twisted": ["dataURL"],
        "unused": {"dataURL": data_url(png())},
    }
    taken = read_file(file_of(*images, files=files), chance=chance())
    assert list(taken.pictures) == ["good"] and taken.pictures["good"].data == png()
    assert taken.left_out == {"pictures": 4}


def test_a_file_given_back_is_taken_in_again() -> None:
    scene = Scene(living([element("i", "image", fileId="p1"), text("t", "Écrit “ici” \u2028")]), "#fff9db")
    stored = [excalidraw.Stored("p1", "image/png", [png()[:5], png()[5:6], png()[6:]])]
    written = "".join(excalidraw.file_of(scene, stored, "https://portail.example"))
    assert json.loads(written)["files"]["p1"]["mimeType"] == "image/png"
    taken = read_file(written.encode(), chance=chance())
    assert taken.pictures["p1"].data == png() and taken.background == "#fff9db"
    assert [one["type"] for one in taken.elements] == ["image", "text"]


# -- Going back ------------------------------------------------------------------------------------------------------
def _back(doc: Doc, then: Doc) -> int:
    return go_back(doc, then, moment=1_800_000_000_000, chance=chance())[1]


def test_going_back_goes_forward() -> None:
    then = document(element("same"), element("moved", x=0), element("deleted later"), background="#ffffff")
    doc: Doc = Doc()
    doc.apply_update(then.get_update())
    there = doc.get("elements", type=Map)
    there["moved"] = element("moved", x=500, version=9, versionNonce=1)
    there["deleted later"] = element("deleted later", isDeleted=True, version=4)
    there["drawn later"] = element("drawn later", version=2)
    doc.get("board", type=Map)["background"] = "#000000"
    other: Doc = Doc()
    other.apply_update(doc.get_update())
    update, changes = go_back(doc, then, moment=1_800_000_000_000, chance=chance())
    assert changes == 4
    other.apply_update(update)
    now = raw_elements(other)
    assert scene_of(other).background == "#ffffff"
    assert (now["moved"]["x"], now["moved"]["version"]) == (0, 10)
    assert now["deleted later"]["isDeleted"] is False and now["deleted later"]["version"] == 5
    assert now["drawn later"]["isDeleted"] is True and now["drawn later"]["version"] == 3
    assert now["same"]["version"] == 3
    # A browser takes what has the higher version; what is there already is not written again.
    assert _back(doc, then) == 0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_going_back_always_looks_as_it_did(data: Any) -> None:
    def board() -> Doc:
        keys = data.draw(st.lists(st.sampled_from("abcdef"), unique=True))
        one = st.builds(
            dict, x=st.integers(0, 3), isDeleted=st.booleans(), version=st.integers(1, 5), index=st.just("a0")
        )
        return document(*(element(key, **data.draw(one)) for key in keys))

    doc, then = board(), board()

    def looks(of: Doc) -> dict[str, Any]:
        return {one["id"]: one["x"] for one in living(raw_elements(of).values())}

    before = {key: one["version"] for key, one in raw_elements(doc).items()}
    _back(doc, then)
    assert looks(doc) == looks(then)
    assert all(raw_elements(doc)[key]["version"] >= version for key, version in before.items())


def test_a_version_beyond_reason_is_outbid() -> None:
    changes = forward(
        {"a": element("a", x=9, version=2**31)}, {"a": element("a", x=1)}, moment=1, chance=random.Random(1)
    )
    assert changes["a"]["version"] == 2**31 + 1
