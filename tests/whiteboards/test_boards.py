"""Boards through the door of people: made, listed, read, changed, moved, put away; and who may not."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Person
from foundation.activity.models import Activity, Notification
from foundation.audiences.principals import principal
from foundation.content.actions import share
from foundation.discussion.actions import add_comment
from foundation.search.models import Outbox
from foundation.spaces.actions import personal_space
from foundation.spaces.models import Membership, Role, Space
from publications.actions.pages import write_page
from publications.actions.sites import open_pages
from publications.starting import StartingPage, block
from tests.conftest import fresh
from whiteboards.actions import create_board, settle, switch_board
from whiteboards.models import Board
from whiteboards.starting import TEMPLATES

from .conftest import SignIn
from .scenes import draw, element, excalidraw, on, sticky, text

pytestmark = pytest.mark.django_db


def data_of(client: Client, board: Board) -> Any:
    """What the page tells the canvas."""
    page = client.get(board.get_absolute_url()).content.decode()
    return json.loads(page.partition('<script id="board-data" type="application/json">')[2].partition("</script>")[0])


# -- Making ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("template", [one.key for one in TEMPLATES])
@pytest.mark.parametrize(("language", "word"), [("fr", "Rétrospective"), ("en", "Retrospective")])
def test_one_begins_with_a_template_in_ones_language(
    colleague: Person, sign_in: SignIn, template: str, language: str, word: str
) -> None:
    client = sign_in(colleague, language)
    assert client.get(f"/boards/new/?template={template}").status_code == 200
    assert client.get(f"/boards/templates/{template}.svg?language={language}").status_code == 200
    form = {"title": "Essai", "template": template, "space": "", "language": language}
    answer = client.post("/boards/new/", form)
    made = Board.objects.get()
    assert answer.status_code == 302 and answer["Location"] == made.get_absolute_url() == f"/boards/{made.uuid}/"
    assert made.space.kind == Space.Kind.PERSONAL and made.language == language
    assert (made.element_count == 0) is (template == "blank")
    assert (word in made.text) is (template == "retrospective")
    assert client.get(f"/boards/{made.uuid}/thumbnail.svg").content.startswith(b"<svg ")


def test_a_form_sent_twice_makes_one_board(colleague: Person, sign_in: SignIn) -> None:
    client = sign_in(colleague)
    form = {"title": "Une fois", "template": "swot", "language": "fr", "sending_key": "même"}
    first, second = client.post("/boards/new/", form), client.post("/boards/new/", form)
    assert first["Location"] == second["Location"] and Board.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("fr", " ", "Donnez un titre au tableau."),
        ("en", "\x00", "Null characters are not allowed."),
        ("en", "", "Give the board a title."),
        ("fr", "x" * 251, "au plus 250"),
    ],
)
def test_a_bad_title_says_why(colleague: Person, sign_in: SignIn, language: str, title: str, words: str) -> None:
    answer = sign_in(colleague, language).post("/boards/new/", {"title": title, "language": language})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Board.objects.exists()


def test_it_is_made_in_a_space_where_one_contributes_and_its_members_are_told(
    community: Space, member: Person, host: Person, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    form = {"title": "Ensemble", "template": "agenda", "space": community.slug, "language": "fr"}
    assert sign_in(colleague).post("/boards/new/", form).status_code == 422
    assert sign_in(member).post("/boards/new/", form).status_code == 302
    deliver()
    told = Notification.objects.get(activity__verb="whiteboards.created")
    assert told.person == host
    Membership.objects.filter(person=member).update(role=Role.READER)
    assert sign_in(member).post("/boards/new/", {**form, "title": "Non"}).status_code == 422


def test_a_personal_board_is_nobodys_news(own: Board, deliver: Any) -> None:
    deliver()
    assert not Notification.objects.exists()


def test_a_board_begins_with_a_file(colleague: Person, sign_in: SignIn) -> None:
    client = sign_in(colleague)
    data = excalidraw(*sticky("s", "Venu d'ailleurs"), element("p", "iframe"), element("l", link="javascript:x", y=300))
    form = {"title": "Reçu", "language": "fr", "file": SimpleUploadedFile("a.excalidraw", data)}
    page = client.post("/boards/new/", form, follow=True).content.decode()
    made = Board.objects.get()
    assert made.text == "Venu d'ailleurs" and made.element_count == 2
    assert "1 page d’un autre site a été laissée de côté" in page and "1 lien a été retiré" in page
    # A file that is none makes no board.
    bad = {**form, "title": "Rien", "file": SimpleUploadedFile("a.excalidraw", b"{}")}
    answer = client.post("/boards/new/", bad)
    assert answer.status_code == 422 and "Ce n’est pas un fichier Excalidraw" in answer.content.decode()
    assert Board.objects.count() == 1


# -- Lists -----------------------------------------------------------------------------------------------------------
def test_one_list_of_all_my_boards(
    board: Board, own: Board, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    shared = create_board("Montré à Carla", actor=fresh(host))
    create_board("À moi seule", actor=fresh(host))
    share(shared, principal("person", colleague.pk), actor=fresh(host))

    def titles(person: Person, query: str = "") -> set[str]:
        page = sign_in(person).get(f"/boards/?{query}").content.decode()
        return {one for one in (board.title, own.title, shared.title, "À moi seule") if f">{one}</a>" in page}

    # Carla is no member of the community: its boards are not hers, though she may read them.
    assert titles(colleague) == {own.title, shared.title}
    assert titles(colleague, "which=mine") == {own.title}
    assert titles(colleague, "which=shared") == {shared.title}
    assert titles(colleague, "which=spaces") == set()
    assert titles(member) == titles(member, "which=spaces") == {board.title}
    assert titles(host) == {board.title, shared.title, "À moi seule"}
    assert titles(host, "as=rows&which=nonsense") == titles(host)
    page = sign_in(colleague).get("/boards/").content.decode()
    # Of the space of somebody else not even the name is told.
    assert f"Partagé par {host.name}" in page


def test_boards_are_found_by_their_title_and_by_what_is_on_them(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    client = sign_in(member)
    for words in ("déneigement", "écoles SALER", "plan côtes"):
        assert board.title in client.get("/boards/", {"q": words}).content.decode(), words
        assert board.title in client.get(f"/boards/in/{board.space.slug}/", {"q": words}).content.decode(), words
    for words in ("introuvable", "saler introuvable", "\x00" + "é" * 3000):
        page = client.get("/boards/", {"q": words})
        assert page.status_code == 200 and f">{board.title}</a>" not in page.content.decode()
    draw(board.uuid, text("new", "L’hiver : souffleuse neuve", y=900), actor=host)
    settle(board.uuid, [host.pk])
    # Keyboards write straight apostrophes, careful texts typographic ones.
    for words in ("souffleuse", "l'hiver", "L’HIVER", "'"):
        assert board.title in client.get("/boards/", {"q": words}).content.decode(), words
    assert f">{board.title}</a>" not in client.get("/boards/", {"q": "d'hiver introuvable"}).content.decode()
    assert Outbox.objects.filter(content_id=board.pk).exists()


def test_the_last_drawn_come_first_and_the_list_goes_on(community: Space, host: Person, sign_in: SignIn) -> None:
    made = [create_board(f"Numéro {number:02}", space=community, actor=host) for number in range(30)]
    draw(made[3].uuid, element("x"), actor=host)
    settle(made[3].uuid, [host.pk])
    client = sign_in(host)
    page = client.get("/boards/?as=rows&q=num").content.decode()
    assert page.index("Numéro 03") < page.index("Numéro 29")
    more = page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert "as=rows" in more and "q=num" in more
    following = client.get(f"/boards/{more}").content.decode()
    assert "Numéro 00" in following and "Numéro 29" not in following


def test_an_empty_list_teaches(colleague: Person, sign_in: SignIn) -> None:
    page = sign_in(colleague).get("/boards/").content.decode()
    assert all(f"/boards/new/?template={one.key}" in page for one in TEMPLATES)


def test_a_personal_space_has_no_page_of_its_own(own: Board, colleague: Person, host: Person, sign_in: SignIn) -> None:
    address = f"/boards/in/{own.space.slug}/"
    assert sign_in(colleague).get(address)["Location"] == "/boards/?which=mine"
    assert own.space.get_absolute_url() == "/boards/?which=mine"
    assert sign_in(host).get(address).status_code == 404
    # Nor does it stand among the communities of the menu.
    assert own.space.slug not in sign_in(colleague).get("/").content.decode()


def test_a_space_has_its_tab(board: Board, member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    assert f"/boards/in/{board.space.slug}/" in client.get(board.space.get_absolute_url()).content.decode()


# -- One board -------------------------------------------------------------------------------------------------------
def test_the_page_tells_the_canvas_what_one_may(
    board: Board, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    of_host = data_of(sign_in(host, "en"), board)
    assert of_host["may_write"] is True and of_host["view_only"] is False and of_host["language"] == "en"
    assert of_host["person"] == {"id": str(host.uuid), "name": host.name}
    assert of_host["urls"]["settings"] == f"/boards/{board.uuid}/settings/"
    of_member = data_of(sign_in(member), board)
    assert of_member["may_write"] is True and of_member["urls"]["settings"] is None
    assert of_member["urls"]["save_version"] and of_member["urls"]["view_only"] is None
    # Carla reads the open community; she is no member.
    of_reader = data_of(sign_in(colleague), board)
    assert of_reader["may_write"] is False and of_reader["urls"]["save_version"] is None
    for address in of_host["urls"].values():
        assert sign_in(host).get(address).status_code in (200, 405), address


def test_the_page_of_the_canvas_alone_may_show_what_it_makes_itself(
    board: Board, member: Person, sign_in: SignIn
) -> None:
    client = sign_in(member)
    policy = client.get(board.get_absolute_url())["Content-Security-Policy"]
    assert "img-src 'self' data: blob:" in policy and "script-src 'self';" in policy + ";"
    assert "data:" not in client.get(f"/boards/{board.uuid}/view/")["Content-Security-Policy"]


def test_without_script_a_board_is_read_commented_and_added_to(
    board: Board, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    client = sign_in(member)
    assert f"/boards/{board.uuid}/view/" in client.get(board.get_absolute_url()).content.decode()
    page = client.get(f"/boards/{board.uuid}/view/").content.decode()
    assert page.index("Saler les côtes") < page.index("Prévenir les écoles")
    answer = client.post(f"/boards/{board.uuid}/notes/", {"texts": "Un\n\n Deux \n", "colour": "pink"})
    assert answer.status_code == 302
    texts = {one["originalText"] for one in on(board.uuid).values() if one["type"] == "text"}
    assert texts == {"Saler les côtes", "Prévenir les écoles", "Un", "Deux"}
    assert {one["backgroundColor"] for one in on(board.uuid).values()} == {"#ffec99", "#fcc2d7", "transparent"}
    for bad in ({"texts": " \n ", "colour": "pink"}, {"texts": "x\n" * 201, "colour": "pink"}, {"texts": "x"}):
        assert client.post(f"/boards/{board.uuid}/notes/", bad).status_code == 422
    # Whoever reads it may say something about it.
    reader = sign_in(colleague)
    assert reader.post(f"/boards/{board.uuid}/notes/", {"texts": "Non", "colour": "pink"}).status_code == 403
    add_comment(Board.objects.get(pk=board.pk), "Et les parcs ?", actor=fresh(colleague))
    assert "Et les parcs ?" in client.get(f"/boards/{board.uuid}/view/").content.decode()


def test_a_file_is_put_beside_what_is_there(board: Board, member: Person, colleague: Person, sign_in: SignIn) -> None:
    client, address = sign_in(member), f"/boards/{board.uuid}/import/"
    before = on(board.uuid)
    data = excalidraw(element("one", x=-5_000, y=7, version=999), element("page", "iframe"))
    sent = {"file": SimpleUploadedFile("a.excalidraw", data)}
    answer = client.post(address, sent, headers={"accept": "application/json"})
    assert answer.status_code == 200 and len(answer.json()["left_out"]) == 1
    now = on(board.uuid)
    # No file reaches what is there: its element has another key, and stands to the right of the rest.
    assert {key: one["version"] for key, one in now.items() if key in before} == {
        key: one["version"] for key, one in before.items()
    }
    [added] = [one for key, one in now.items() if key not in before]
    assert added["x"] > 400 and added["index"] > "a0"
    sent = {"file": SimpleUploadedFile("a.excalidraw", b"non")}
    refused = client.post(address, sent, headers={"accept": "application/json"})
    assert refused.status_code == 422 and "ne peut pas être lu" in refused.json()["detail"]
    assert client.post(address, {}).status_code == 422
    sent = {"file": SimpleUploadedFile("a.excalidraw", data)}
    assert sign_in(colleague).post(address, sent, headers={"accept": "application/json"}).status_code == 403


def test_a_page_of_a_site_shows_a_board_to_those_who_see_it(
    board: Board, own: Board, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    site = open_pages(board.space, host.unit, actor=host)
    addresses = [f"/boards/{board.uuid}/", f"https://portail.example/boards/{own.uuid}/view/", "/boards/", "/"]
    body = [block("board", {"address": one}) for one in addresses]
    page = write_page(site.root_page, StartingPage("plan", "Plan", body_fr=body), actor=host)
    mine, theirs = (sign_in(one).get(page.get_absolute_url()).content.decode() for one in (member, colleague))
    assert f"/boards/{board.uuid}/thumbnail.svg" in mine and board.title in mine
    # Of the board of somebody else, not even that there is one.
    assert str(own.uuid) not in mine and own.title not in mine
    assert own.title in theirs and board.title in theirs


# -- Who draws -------------------------------------------------------------------------------------------------------
def test_a_board_to_look_at_is_drawn_on_by_those_who_answer_for_it(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    address = f"/boards/{board.uuid}/view-only/"
    script = {"accept": "application/json"}
    refused = sign_in(member).post(address, {"view_only": "on"}, headers=script)
    assert refused.status_code == 403 and refused.json()["detail"]
    assert sign_in(host).post(address, {"view_only": "on"}, headers=script).json() == {"view_only": True}
    assert data_of(sign_in(member), board)["may_write"] is False
    assert data_of(sign_in(host), board)["may_write"] is True
    page = sign_in(member).get(board.get_absolute_url()).content.decode()
    assert "Ce tableau est en lecture seule" in page
    assert sign_in(host).post(address, {"view_only": ""}).status_code == 302
    assert data_of(sign_in(member), board)["may_write"] is True
    verbs = Activity.objects.filter(content=board).order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["whiteboards.closed", "whiteboards.opened"]


def test_a_share_lets_look_or_take_part(own: Board, colleague: Person, member: Person, sign_in: SignIn) -> None:
    assert sign_in(member).get(own.get_absolute_url()).status_code == 404
    share(own, principal("person", member.pk), actor=fresh(colleague))
    assert data_of(sign_in(member), own)["may_write"] is False
    share(own, principal("person", member.pk), role=Role.CONTRIBUTOR, actor=fresh(colleague))
    assert data_of(sign_in(member), own)["may_write"] is True
    switch_board(Board.objects.get(pk=own.pk), view_only=True, actor=fresh(colleague))
    assert data_of(sign_in(member), own)["may_write"] is False


def test_nobody_draws_in_an_archived_space(board: Board, host: Person, sign_in: SignIn) -> None:
    Space.objects.filter(pk=board.space_id).update(archived=board.created)
    assert data_of(sign_in(host), board)["may_write"] is False
    Space.objects.filter(pk=board.space_id).update(archived=None)
    Board.objects.filter(pk=board.pk).update(state="archived")
    assert data_of(sign_in(host), board)["may_write"] is False
    assert sign_in(host).get(f"/boards/{board.uuid}/settings/").status_code == 403


def test_who_left_the_space_draws_no_longer_on_what_they_made(
    community: Space, member: Person, sign_in: SignIn
) -> None:
    made = create_board("De Marc", space=community, actor=member)
    Membership.objects.filter(person=member).delete()
    assert data_of(sign_in(member), made)["may_write"] is False


# -- Settings --------------------------------------------------------------------------------------------------------
def test_it_is_renamed_by_those_who_answer_for_it(board: Board, host: Person, member: Person, sign_in: SignIn) -> None:
    address = f"/boards/{board.uuid}/settings/"
    assert sign_in(member).get(address).status_code == 403
    client = sign_in(host)
    assert client.post(address, {"title": "Autre titre", "language": "en"}).status_code == 302
    board.refresh_from_db()
    assert (board.title, board.language) == ("Autre titre", "en")
    assert client.post(address, {"title": "", "language": "en"}).status_code == 422


def test_a_board_moves_to_where_its_author_contributes(
    own: Board, community: Space, colleague: Person, member: Person, host: Person, sign_in: SignIn
) -> None:
    address, there = f"/boards/{own.uuid}/move/", {"space": community.slug}
    client = sign_in(colleague)
    assert client.post(address, there).status_code == 422
    Membership.objects.create(space=community, person=colleague, role=Role.CONTRIBUTOR)
    assert client.post(address, there).status_code == 302
    assert data_of(sign_in(member), own)["may_write"] is True
    # The host answers for the space, not for where its boards are.
    assert sign_in(host).post(address, {"space": ""}).status_code == 403
    assert client.post(address, {"space": ""}).status_code == 302
    assert Board.objects.get(pk=own.pk).space == personal_space(actor=colleague)
    assert sign_in(member).get(own.get_absolute_url()).status_code == 404


def test_trash_and_back(board: Board, host: Person, member: Person, sign_in: SignIn) -> None:
    assert sign_in(member).post(f"/boards/{board.uuid}/trash/").status_code == 403
    client = sign_in(host)
    page = client.post(f"/boards/{board.uuid}/trash/", follow=True).content.decode()
    assert board.title in page and f"/boards/{board.uuid}/restore/" in page
    for address in ("", "view/", "thumbnail.svg", "list.txt", "history/", "settings/"):
        assert client.get(f"/boards/{board.uuid}/{address}").status_code == 404
    assert sign_in(member).post(f"/boards/{board.uuid}/restore/").status_code == 404
    assert client.post(f"/boards/{board.uuid}/restore/").status_code == 302
    assert client.get(board.get_absolute_url()).status_code == 200
    assert len(on(board.uuid)) == 4


def test_a_copy_is_ones_own_and_has_only_what_is_seen(
    board: Board, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    draw(board.uuid, *sticky("gone", "Effacé", isDeleted=True), actor=host)
    client = sign_in(colleague)
    assert client.get(f"/boards/{board.uuid}/duplicate/").status_code == 200
    answer = client.post(f"/boards/{board.uuid}/duplicate/", {"title": "La mienne", "space": ""})
    copy = Board.objects.get(title="La mienne")
    assert answer["Location"] == copy.get_absolute_url()
    assert (copy.author, copy.space.kind) == (colleague, Space.Kind.PERSONAL)
    assert copy.text == board.text and data_of(client, copy)["may_write"] is True
    assert not set(on(copy.uuid)) & set(on(board.uuid)) and len(on(copy.uuid)) == len(on(board.uuid)) == 4
    assert not Activity.objects.filter(content=board, actor=colleague).exists()


# -- Doors -----------------------------------------------------------------------------------------------------------
READ = [
    *("", "view/", "thumbnail.svg", "drawing.svg", "list.txt", "list.csv", "board.excalidraw"),
    *("history/", "settings/", "duplicate/"),
]
WRITTEN = [
    *("notes/", "settings/", "view-only/", "move/", "duplicate/", "trash/", "restore/", "import/", "images/"),
    "history/name/",
]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_shown_in_both_languages(board: Board, host: Person, sign_in: SignIn, language: str) -> None:
    client = sign_in(host, language)
    for address in READ:
        assert client.get(f"/boards/{board.uuid}/{address}").status_code == 200, address
    for address in ("/boards/", "/boards/new/", "/boards/trash/", f"/boards/in/{board.space.slug}/"):
        page = client.get(address)
        assert page.status_code == 200 and " style=" not in page.content.decode(), address


def test_who_may_not_know_of_a_board_finds_nothing_at_any_address(
    board: Board, own: Board, host: Person, outsider: Person, sign_in: SignIn
) -> None:
    version = board.versions.get()
    paths = [f"history/{version.uuid}/", f"history/{version.uuid}/thumbnail.svg", f"history/{version.uuid}/drawing.svg"]
    client = sign_in(outsider)
    for address in [*READ, *paths]:
        assert client.get(f"/boards/{board.uuid}/{address}").status_code == 404, address
        assert Client().get(f"/boards/{board.uuid}/{address}").status_code == 302, address
    for address in [*WRITTEN, f"history/{version.uuid}/restore/"]:
        assert client.post(f"/boards/{board.uuid}/{address}").status_code == 404, address
    # A version is found under its own board only.
    assert sign_in(host).get(f"/boards/{own.uuid}/history/{version.uuid}/").status_code == 404


def test_who_only_reads_changes_nothing(board: Board, colleague: Person, sign_in: SignIn) -> None:
    client, before = sign_in(colleague), on(board.uuid)
    version = board.versions.get()
    for address in [*WRITTEN, f"history/{version.uuid}/restore/"]:
        if address == "duplicate/":
            continue
        sent = {"texts": "x", "colour": "pink", "name": "x", "title": "x", "language": "fr", "view_only": "on"}
        if address in ("import/", "images/"):
            sent["file"] = SimpleUploadedFile("x.excalidraw", excalidraw(element("x")))  # type: ignore[assignment]
        expected = 404 if address == "restore/" else 403
        assert client.post(f"/boards/{board.uuid}/{address}", sent).status_code == expected, address
    board.refresh_from_db()
    assert on(board.uuid) == before and not board.view_only and board.title == "Plan du déneigement"


@pytest.mark.parametrize("address", ["/boards/", "/boards/?as=rows", "/boards/in/{slug}/"])
def test_one_board_or_twenty_cost_the_same(
    community: Space, host: Person, member: Person, sign_in: SignIn, address: str
) -> None:
    client, address = sign_in(member), address.format(slug=community.slug)
    create_board("Premier", space=community, actor=host)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    queries()
    single = queries()
    for number in range(19):
        create_board(f"Suivant {number}", space=community, actor=host)
    assert queries() == single


def test_a_page_costs_the_same_whatever_is_on_the_board(
    board: Board, host: Person, member: Person, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(member)
    client.get(board.get_absolute_url())
    draw(board.uuid, *(element(f"e{number}", x=number * 9) for number in range(500)), actor=host)
    settle(board.uuid, [host.pk])
    with django_assert_max_num_queries(13):
        client.get(board.get_absolute_url())
    with django_assert_max_num_queries(18):
        client.get(f"/boards/{board.uuid}/view/")
