"""Boards in the REST API."""

import pytest

from directory.models import Person
from foundation.spaces.models import Space
from whiteboards.models import Board

from .conftest import SignIn
from .scenes import draw, element, on

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_a_program_makes_a_board_and_puts_notes_on_it(colleague: Person, sign_in: SignIn) -> None:
    client = sign_in(colleague)
    made = client.post("/api/v1/boards", {"title": "Par programme", "template": "swot"}, content_type=JSON)
    assert made.status_code == 201
    board = made.json()
    assert (board["kind"], board["title"], board["may_draw"]) == ("board", "Par programme", True)
    assert board["url"] == f"/boards/{board['id']}/" and "Forces" in board["text"]
    assert [one["id"] for one in client.get("/api/v1/boards").json()["items"]] == [board["id"]]
    added = client.post(
        f"/api/v1/boards/{board['id']}/notes", {"texts": ["Un", "Deux"], "colour": "green"}, content_type=JSON
    )
    assert added.status_code == 201
    things = client.get(f"/api/v1/boards/{board['id']}/elements").json()
    assert things == added.json() and things["total"] == len(things["items"])
    assert (things["items"][0]["kind"], things["items"][0]["text"]) == ("frame", "Forces")
    assert {one["text"] for one in things["items"] if one["colour"] == "#b2f2bb"} >= {"Un", "Deux"}


def test_what_a_program_may_not_is_refused_with_the_reason(
    board: Board, community: Space, member: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    reader, address = sign_in(colleague), f"/api/v1/boards/{board.uuid}"
    assert reader.get(address).json()["may_draw"] is False
    assert reader.get("/api/v1/boards").json()["items"] == []
    assert reader.post(f"{address}/notes", {"texts": ["x"]}, content_type=JSON).status_code == 403
    assert reader.post(f"{address}/versions", {"name": "x"}, content_type=JSON).status_code == 403
    assert reader.patch(address, {"view_only": True}, content_type=JSON).status_code == 403
    new = {"title": "x", "space": str(community.uuid)}
    refused = reader.post("/api/v1/boards", new, content_type=JSON)
    assert refused.status_code == 403 and refused.json()["detail"]
    client = sign_in(member)
    for bad in ({"title": " "}, {"title": "x", "template": "none"}, {"title": "x" * 251}, {}):
        assert client.post("/api/v1/boards", bad, content_type=JSON).status_code == 422
    for bad in ({"texts": []}, {"texts": ["x"] * 201}, {"texts": ["x"], "colour": "mauve"}):
        assert client.post(f"{address}/notes", bad, content_type=JSON).status_code == 422
    for path in ("", "/elements", "/versions"):
        assert sign_in(outsider).get(f"{address}{path}").status_code == 404


def test_versions_are_listed_named_and_gone_back_to(
    board: Board, host: Person, member: Person, outsider: Person, sign_in: SignIn
) -> None:
    client, address = sign_in(member), f"/api/v1/boards/{board.uuid}"
    named = client.post(f"{address}/versions", {"name": "Bon"}, content_type=JSON).json()
    assert (named["title"], named["cause"], named["by"]) == ("Bon", "named", str(member.uuid))
    assert client.get(named["url"]).status_code == 200
    draw(board.uuid, element("more", y=500), actor=host)
    restore = f"/api/v1/boards/versions/{named['id']}/restore"
    assert sign_in(outsider).post(restore).status_code == 404
    assert client.post(restore).status_code == 200
    assert "more" not in on(board.uuid)
    causes = [one["cause"] for one in client.get(f"{address}/versions?limit=10").json()["items"]]
    assert causes == ["restoring", "named", "drawing"]
    first = client.get(f"{address}/versions?limit=1").json()
    following = client.get(f"{address}/versions?limit=1&cursor={first['next']}").json()
    assert following["items"][0]["cause"] == "named"


def test_a_program_renames_and_closes_a_board(board: Board, host: Person, sign_in: SignIn) -> None:
    client, address = sign_in(host), f"/api/v1/boards/{board.uuid}"
    changed = client.patch(address, {"title": "Autre", "view_only": True}, content_type=JSON).json()
    assert (changed["title"], changed["view_only"]) == ("Autre", True)
    assert client.patch(address, {"title": ""}, content_type=JSON).status_code == 422
