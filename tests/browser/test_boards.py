"""Two and three people on one board, with the real server: they draw, drag the same thing, put pictures, and may until
they may not."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .boards import (
    NOWHERE,
    OFFLINE,
    READ_ONLY,
    SAVED,
    add,
    agree,
    agree_with_server,
    choose,
    drag,
    draw,
    is_open,
    is_saved,
    new_board,
    open_board,
    seen,
    show_list,
    state,
    stored,
    taken,
    texts,
)
from .conftest import Browse
from .portal import EMPLOYEE, HOST, MANAGER, Watch, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def picture(folder: Path, name: str = "chantier.png", size: tuple[int, int] = (600, 400)) -> Path:
    path = folder / name
    Image.new("RGB", size, (30, 110, 90)).save(path)
    return path


def put_picture(page: Page, path: Path, place: tuple[int, int]) -> None:
    with page.expect_file_chooser() as chooser:
        choose(page, "Insérer", "Image…")
    with page.expect_response(re.compile(r"/images/$")):
        chooser.value.set_files(path)
    page.mouse.move(*place)
    page.mouse.click(*place)


def test_what_one_draws_the_others_see(browse: Browse) -> None:
    one = browse(HOST)
    address = new_board(one, "Dalles du parvis")
    other, third = browse(EMPLOYEE), browse(HOST)
    for page in (other, third):
        open_board(page, address)
    expect(one.get_by_role("button", name="2 personnes sur ce tableau")).to_be_visible()
    draw(one, "rectangle", (500, 350), (700, 450))
    draw(other, "ellipse", (800, 350), (950, 450))
    draw(third, "diamond", (500, 560), (640, 660))
    for page in (one, other, third):
        is_saved(page)
        show_list(page)
        page.get_by_role("button", name="3 formes sans texte").click()
        expect(page.locator("[data-object] .object__kind")).to_have_text(
            [re.compile(kind) for kind in ("Rectangle", "Ellipse", "Losange")]
        )
    agree_with_server(address, one, other, third)
    # Who comes later finds everything, where the others have it.
    late = browse(EMPLOYEE)
    open_board(late, address)
    agree(late, one)


def test_a_board_opens_on_all_that_is_on_it(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "D’un coup d’œil", template="retrospective")
    # In its own size it is larger than the window. Whether the line or the canvas is there first, all of it is seen.
    for _time in range(3):
        page.reload()
        is_open(page)
        expect(page.locator(".reset-zoom-button")).to_have_text(re.compile(r"^[1-9]\d\s%$"))
    # It fills the window and no more: nothing scrolls behind it, and no bar of the browser's takes room.
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_the_same_shape_dragged_from_both_sides(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Tirer à deux")
    open_board(other, address)
    draw(one, "rectangle", (500, 350), (700, 450))
    show_list(other)
    expect(other.get_by_role("button", name="1 forme sans texte")).to_be_visible()
    other.get_by_role("button", name="Masquer la liste des objets").first.click()
    for page in (one, other):
        page.mouse.click(*NOWHERE)
        # By its edge: inside there is nothing to take hold of.
        page.mouse.move(500, 400)
        page.mouse.down()
    for step in range(1, 9):
        one.mouse.move(500 + 20 * step, 400 + 10 * step)
        other.mouse.move(500 - 6 * step, 400 + 24 * step)
    for page in (one, other):
        page.mouse.up()
        is_saved(page)
    agree_with_server(address, one, other)


def test_undoing_takes_back_ones_own_work_alone(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Annuler")
    open_board(other, address)
    for page in (one, other):
        show_list(page)
    add(one, "De Paolo")
    # There, so that the second is put beside it.
    expect(texts(other)).to_have_text(["De Paolo"])
    add(other, "De Claire")
    expect(texts(one)).to_have_text(["De Paolo", "De Claire"])
    one.get_by_role("button", name="Annuler").last.click()
    for page in (one, other):
        expect(texts(page)).to_have_text(["De Claire"])


def test_pictures_go_by_the_server_after_the_permission_check(browse: Browse, watch: Watch, tmp_path: Path) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Photos de chantier")
    open_board(other, address)
    with other.expect_response(re.compile(r"/images/[0-9a-f-]{36}/$")) as fetched:
        put_picture(one, picture(tmp_path), (800, 500))
    assert fetched.value.ok
    is_saved(one)
    (image,) = taken(other)
    assert image["type"] == "image"
    assert image["fileId"] in fetched.value.url
    # It is of this board, for whom this board is.
    mine = browse(HOST)
    elsewhere = new_board(mine, "À moi", space="")
    put_picture(mine, picture(tmp_path), (800, 500))
    is_saved(mine)
    (own,) = taken(mine)
    assert mine.request.get(f"{elsewhere}images/{own['fileId']}/").ok
    assert mine.request.get(f"{elsewhere}images/{image['fileId']}/").status == 404
    outsider = browse(MANAGER)
    assert outsider.request.get(f"{address}images/{image['fileId']}/").ok
    assert outsider.request.get(f"{elsewhere}images/{own['fileId']}/").status == 404
    # What is no picture is said, and leaves nothing behind.
    wrong = tmp_path / "faux.png"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n" + b"rien" * 50)
    watch.expect(415, r"/images/$")
    watch.expect(422, r"/images/$")
    put_picture(one, wrong, (500, 700))
    expect(one.locator(".toast--alert")).to_contain_text("L’image n’a pas été ajoutée au tableau")
    assert [each["id"] for each in taken(one)] == [image["id"]]


def test_a_drawing_in_svg_becomes_a_picture(browse: Browse, tmp_path: Path) -> None:
    page = browse(HOST)
    address = new_board(page, "Logo")
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><script>parent.ran = true</script>'
        '<rect width="300" height="200" fill="#0a5c63"/></svg>'
    )
    put_picture(page, logo, (800, 500))
    is_saved(page)
    (image,) = taken(page)
    stored = page.request.get(f"{address}images/{image['fileId']}/")
    assert stored.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(stored.body())) as found:
        # Fine enough to be looked at closely.
        assert found.size == (1200, 800) and found.convert("RGB").getpixel((600, 400)) == (10, 92, 99)
    assert page.evaluate("window.ran") is None


def test_a_file_is_taken_away_and_brought_back(browse: Browse, tmp_path: Path) -> None:
    page = browse(HOST)
    address = new_board(page, "Aller et retour")
    show_list(page)
    add(page, "Asphalte")
    # As French is written: its no-break spaces are no entities of XML.
    add(page, "Béton «\u00a0armé\u00a0» & coffrages")
    with page.expect_download() as download:
        choose(page, "Plus", "Fichier .excalidraw")
    assert download.value.suggested_filename == "Aller et retour.excalidraw"
    file = tmp_path / "tableau.excalidraw"
    download.value.save_as(file)
    for item, name in (("Image PNG", "Aller et retour.png"), ("Image SVG", "Aller et retour.svg")):
        with page.expect_download() as download:
            choose(page, "Plus", item)
        assert download.value.suggested_filename == name
        assert download.value.path().stat().st_size > 2000
    svg = download.value.path().read_text(encoding="utf-8")
    shown = "".join(ElementTree.fromstring(svg).itertext())
    assert "Asphalte" in shown and "«\u00a0armé\u00a0» &" in shown
    assert not re.search(r"""(?:href|src|url)\s*[=(]\s*["']?https?://""", svg)
    with page.expect_file_chooser() as chooser:
        choose(page, "Plus", "Importer un fichier…")
    chooser.value.set_files(file)
    # Beside what was there, never in its place.
    expect(texts(page)).to_have_count(4)
    expect(page.locator(".toast")).to_contain_text("objets ajoutés")
    is_saved(page)
    assert len(stored(page, address)) == 8


def test_frames_and_fonts_go_by_names_that_people_know(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "Noms")
    choose(page, "Insérer", "Cadre")
    drag(page, (500, 300), (900, 600))
    with page.expect_download() as download:
        choose(page, "Plus", "Image SVG")
    assert "".join(ElementTree.parse(download.value.path()).getroot().itertext()).strip().endswith("Cadre")
    page.locator("label:has([data-testid=toolbar-text])").click()
    page.mouse.click(600, 700)
    page.keyboard.type("Nid-de-poule")
    page.keyboard.press("Escape")
    page.get_by_test_id("font-family-show-fonts").click()
    expect(page.get_by_role("button", name="Lilita One", exact=True)).to_be_visible()
    is_saved(page)


def test_the_letters_are_there_before_the_network_is_gone(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "Lettres")
    # Nothing is written on it yet.
    page.wait_for_function(
        "() => [...document.fonts].some((one) => /Nunito/.test(one.family) && one.status === 'loaded')"
    )


def test_view_only_is_switched_while_everyone_is_there(browse: Browse) -> None:
    host, guest = browse(HOST), browse(EMPLOYEE)
    address = new_board(host, "À regarder")
    open_board(guest, address)
    is_saved(guest)
    # The host's own page knows it by the answer.
    with host.expect_response(re.compile(r"/view-only/$")):
        choose(host, "Plus", "Lecture seule pour tous")
    expect(state(guest)).to_have_text(READ_ONLY)
    expect(guest.locator(".App-toolbar")).to_have_count(0)
    expect(guest.get_by_role("button", name="Insérer")).to_have_count(0)
    show_list(guest)
    expect(guest.get_by_role("form", name="Ajouter")).to_have_count(0)
    # Who keeps the board goes on, and it is seen.
    show_list(host)
    add(host, "Pendant la lecture")
    expect(texts(guest)).to_have_text(["Pendant la lecture"])
    choose(host, "Plus", "Lecture seule pour tous")
    expect(state(guest)).to_have_text(SAVED)
    add(guest, "De nouveau")
    expect(texts(host)).to_have_text(["Pendant la lecture", "De nouveau"])


def test_a_right_withdrawn_takes_the_board_from_the_screen(browse: Browse) -> None:
    host, guest = browse(HOST), browse(EMPLOYEE)
    address = new_board(host, "Bientôt privé")
    open_board(guest, address)
    show_list(host)
    add(host, "Confidentiel")
    show_list(guest)
    expect(texts(guest)).to_have_text(["Confidentiel"])
    token = host.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = host.request.post(f"{address}move/", form={"space": ""}, headers={"X-CSRFToken": token})
    assert answer.ok, answer.status
    expect(guest.get_by_role("alert")).to_contain_text(re.compile("Vous n’avez plus accès|n’existe plus"))
    expect(guest.get_by_text("Confidentiel")).to_have_count(0)
    expect(guest.locator("canvas")).to_have_count(0)
    expect(guest.get_by_role("link", name="Revenir aux tableaux")).to_be_visible()
    is_saved(host)


def test_a_session_that_ends_loses_nothing(browse: Browse, watch: Watch) -> None:
    page = browse(HOST)
    new_board(page, "Fin de session")
    show_list(page)
    add(page, "Avant")
    is_saved(page)
    elsewhere = page.context.new_page()
    elsewhere.goto("/")
    elsewhere.locator("form[action$='/sign-out/'] button, button[formaction$='/sign-out/']").first.evaluate(
        "one => one.click()"
    )
    expect(elsewhere).to_have_url(re.compile("/sign-in/"))
    expect(page.get_by_role("alert")).to_contain_text("Votre session est terminée")
    expect(state(page)).to_have_text(OFFLINE)
    expect(texts(page)).to_have_text(["Avant"])
    sign_in(elsewhere, HOST)
    elsewhere.close()
    page.get_by_role("button", name="Réessayer").click()
    is_saved(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    add(page, "Après")
    is_saved(page)


def test_a_version_is_named_from_the_board(browse: Browse) -> None:
    page = browse(HOST)
    address = new_board(page, "Versions")
    draw(page, "rectangle", (500, 350), (700, 450))
    choose(page, "Plus", "Nommer cette version…")
    page.get_by_label("Nom de la version").fill("Avant l’atelier")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Avant l’atelier")
    page.goto(f"{address}history/")
    expect(page.get_by_text("Avant l’atelier").first).to_be_visible()


def test_what_is_locked_stays_where_it_is(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Verrous")
    open_board(other, address)
    draw(one, "rectangle", (500, 350), (700, 450))
    choose(one, "Plus", "Verrouiller la sélection")
    is_saved(one)
    show_list(other)
    other.get_by_role("button", name="1 forme sans texte").click()
    expect(other.locator("[data-object] .object__facts")).to_contain_text("verrouillé")
    other.get_by_role("button", name="Masquer la liste des objets").first.click()
    before = seen(taken(other))
    drag(other, (500, 400), (620, 520))
    is_saved(other)
    assert seen(taken(other)) == before
    one.reload()
    is_open(one)
    assert seen(taken(one)) == before
