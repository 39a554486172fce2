"""Pictures on boards, and what one takes away of a board."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.test.utils import override_settings

from directory.models import Person
from foundation.files.actions import attach
from foundation.files.models import Attachment
from foundation.spaces.models import Space
from tests.conftest import fresh
from whiteboards.actions import create_board, settle
from whiteboards.models import Board

from .conftest import SignIn
from .scenes import data_url, draw, element, excalidraw, on, png, sticky, text

pytestmark = pytest.mark.django_db


def send(client: Client, board: Board, data: bytes, name: str = "plan d'été.png") -> object:
    """A picture, as the canvas sends one."""
    return client.post(f"/boards/{board.uuid}/images/", {"file": SimpleUploadedFile(name, data)})


def content(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_picture_is_sent_shown_and_drawn(board: Board, member: Person, colleague: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    answer = send(client, board, png())
    assert answer.status_code == 201
    said = answer.json()
    assert said == {"id": said["id"], "url": f"/boards/{board.uuid}/images/{said['id']}/", "name": "plan d'été.png"}
    shown = sign_in(colleague).get(said["url"])
    assert shown.status_code == 200 and shown["Content-Type"] == "image/png" and content(shown) == png()
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox" and "private" in shown["Cache-Control"]
    picture = element("i", "image", fileId=said["id"], x=500, width=300, height=200, status="saved", scale=[1, 1])
    draw(board.uuid, picture, actor=member)
    settle(board.uuid, [member.pk])
    # In a list the picture is in the drawing itself: an image within an image asks for nothing.
    assert b"data:image/jpeg;base64," in client.get(f"/boards/{board.uuid}/thumbnail.svg").content


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"x" * (10 * 1024 * 1024 + 1), 413, "trop lourde"),
        (b"<svg onload='alert(1)'/>", 415, "JPEG, PNG, GIF"),
        (b"%PDF-1.4", 415, "JPEG, PNG, GIF"),
        (png()[:40], 415, "JPEG, PNG, GIF"),
    ],
    ids=["large", "svg", "pdf", "cut"],
)
def test_what_is_no_picture_is_refused_in_words(
    board: Board, member: Person, sign_in: SignIn, data: bytes, status: int, words: str
) -> None:
    answer = send(sign_in(member), board, data)
    assert answer.status_code == status and words in answer.json()["detail"]
    assert answer["Content-Type"] == "application/problem+json"
    assert not Attachment.objects.exists()


def test_no_file_and_no_right_are_refused_in_words(
    board: Board, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    assert sign_in(member).post(f"/boards/{board.uuid}/images/").status_code == 422
    refused = send(sign_in(colleague, "en"), board, png())
    assert refused.status_code == 403 and "not draw on it" in refused.json()["detail"]
    assert sign_in(member).get(f"/boards/{board.uuid}/images/").status_code == 405
    with override_settings(FILES_MAX_MB=0):
        assert send(sign_in(member), board, png()).status_code == 422
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="directory.backends.LocalBackend")
    assert client.post(f"/boards/{board.uuid}/images/", content_type=MULTIPART_CONTENT).status_code == 403


def test_a_picture_is_read_on_its_own_board_by_who_sees_it(
    board: Board, community: Space, host: Person, member: Person, outsider: Person, sign_in: SignIn
) -> None:
    client = sign_in(member)
    key = send(client, board, png()).json()["id"]
    other = create_board("Autre", space=community, actor=fresh(host))
    assert sign_in(outsider).get(f"/boards/{board.uuid}/images/{key}/").status_code == 404
    assert client.get(f"/boards/{other.uuid}/images/{key}/").status_code == 404
    text_file = attach(board, SimpleUploadedFile("a.txt", b"mots"), actor=fresh(host))
    assert client.get(f"/boards/{board.uuid}/images/{text_file.uuid}/").status_code == 404


def test_a_board_does_not_draw_the_pictures_of_another(
    board: Board, own: Board, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    key = send(sign_in(colleague), own, png()).json()["id"]
    stolen = element("i", "image", fileId=key, x=500, width=300, height=200)
    draw(board.uuid, stolen, element("j", "image", fileId="../../etc", y=500), actor=member)
    settle(board.uuid, [member.pk])
    client = sign_in(member)
    assert b"data:" not in client.get(f"/boards/{board.uuid}/thumbnail.svg").content
    assert b"data:" not in client.get(f"/boards/{board.uuid}/drawing.svg").content
    assert json.loads(content(client.get(f"/boards/{board.uuid}/board.excalidraw")))["files"] == {}


def test_a_copy_has_pictures_of_its_own(board: Board, member: Person, colleague: Person, sign_in: SignIn) -> None:
    key = send(sign_in(member), board, png()).json()["id"]
    draw(board.uuid, element("i", "image", fileId=key), element("k", "image", fileId="unknown", y=400), actor=member)
    client = sign_in(colleague)
    client.post(f"/boards/{board.uuid}/duplicate/", {"title": "Copie", "space": ""})
    copy = Board.objects.get(title="Copie")
    [image] = [one for one in on(copy.uuid).values() if one["type"] == "image"]
    assert image["fileId"] != key
    assert content(client.get(f"/boards/{copy.uuid}/images/{image['fileId']}/")) == png()
    assert sign_in(member).get(f"/boards/{copy.uuid}/images/{image['fileId']}/").status_code == 404


# -- Taking away -----------------------------------------------------------------------------------------------------
def test_the_list_as_text(board: Board, member: Person, host: Person, sign_in: SignIn) -> None:
    frame = element("f", "frame", name="À faire", y=1000, width=400, height=300)
    draw(board.uuid, frame, *sticky("in", "Dedans\nsur deux lignes", y=1010, frameId="f"), actor=host)
    answer = sign_in(member).get(f"/boards/{board.uuid}/list.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Plan%20du%20d%C3%A9neigement.txt")
    assert answer.content.decode().split("\r\n") == [
        *("Plan du déneigement", "===================", ""),
        *("À faire", "-------", "- Dedans", "  sur deux lignes", ""),
        *("- Saler les côtes", "- Prévenir les écoles", ""),
    ]


@pytest.mark.parametrize(("language", "mark"), [("fr", ";"), ("en", ",")])
def test_the_list_as_a_sheet_runs_no_formula(
    board: Board, member: Person, host: Person, sign_in: SignIn, language: str, mark: str
) -> None:
    hostile = "=cmd|' /C calc'!A0"
    frame = element("f", "frame", name="+1", y=1000, width=400, height=300)
    draw(board.uuid, frame, *sticky("in", hostile, y=1010, frameId="f"), text("t", "@x", y=2000), actor=host)
    answer = sign_in(member, language).get(f"/boards/{board.uuid}/list.csv")
    body = answer.content.decode("utf-8")
    assert body.startswith("\ufeff") and answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff")), delimiter=mark))
    assert len(rows) == 6 and all(len(row) == 7 for row in rows)
    assert rows[2][:3] == ["'+1", {"fr": "Papillon", "en": "Note"}[language], f"'{hostile}"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_whole_board_goes_out_and_comes_in_again(board: Board, member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    key = send(client, board, png()).json()["id"]
    draw(board.uuid, element("i", "image", fileId=key, y=400), actor=member)
    answer = client.get(f"/boards/{board.uuid}/board.excalidraw")
    data = content(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert json.loads(data)["files"][key]["dataURL"] == data_url(png())
    form = {"title": "Revenu", "language": "fr", "file": SimpleUploadedFile("b.excalidraw", data)}
    assert client.post("/boards/new/", form).status_code == 302
    back = Board.objects.get(title="Revenu")
    assert back.text == "Saler les côtes\nPrévenir les écoles"
    [image] = [one for one in on(back.uuid).values() if one["type"] == "image"]
    assert content(client.get(f"/boards/{back.uuid}/images/{image['fileId']}/")) == png()


def test_a_picture_of_a_file_that_is_none_is_left_out(board: Board, member: Person, sign_in: SignIn) -> None:
    hostile = data_url(b"GIF89a<script>alert(1)</script>", "image/gif")
    files = {"x": {"dataURL": hostile}, "y": {"dataURL": data_url(png())}}
    data = excalidraw(element("i", "image", fileId="x"), element("j", "image", fileId="y", y=90), files=files)
    sent = {"file": SimpleUploadedFile("a.excalidraw", data)}
    answer = sign_in(member).post(f"/boards/{board.uuid}/import/", sent, headers={"accept": "application/json"})
    assert answer.status_code == 200 and "1 image a été laissée de côté" in answer.json()["left_out"][0]
    assert Attachment.objects.get().is_image


def test_the_citys_shapes_are_named_in_the_readers_language(member: Person, sign_in: SignIn) -> None:
    client = sign_in(member, "en")
    french = client.get("/boards/library.json?language=fr").json()
    english = client.get("/boards/library.json").json()
    assert french["type"] == "excalidrawlib" and french["version"] == 2
    names = [[one["name"] for one in each["libraryItems"]] for each in (french, english)]
    assert len(names[0]) == len(set(names[0])) == len(names[1]) >= 30
    assert {"Borne d’incendie", "Arbre", "Papillon jaune"} <= set(names[0])
    assert {"Fire hydrant", "Tree", "Yellow note"} <= set(names[1])
    assert "ARRÊT" in json.dumps(french, ensure_ascii=False) and "ARRÊT" not in json.dumps(english, ensure_ascii=False)
    assert Client().get("/boards/library.json").status_code == 302
