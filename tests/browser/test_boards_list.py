"""The board as a list, by keyboard alone and live: for who sees no canvas or uses no mouse, it is the board."""

import re

import pytest
from playwright.sync_api import Page, expect

from .boards import add, choose, heard, is_saved, new_board, open_board, rows, show_list, stored, texts
from .conftest import Browse
from .portal import EMPLOYEE, HOST
from .test_keyboard import press_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# Somebody writes on and on, faster than what they write is sent.
TYPES_UNTIL_CLASH = """() => { const typing = setInterval(() => {
  if (document.querySelector('.object-form__clash')) clearInterval(typing)
  else document.execCommand('insertText', false, 'x')
}, 50) }"""

ROW = "[data-object]"
TEXT = "form.adding input[type=text]"
DRAWN = "() => [...document.querySelectorAll('.shape')].every((one) => one.querySelector('img')?.naturalWidth)"


def focused(page: Page) -> str:
    """The text of the row that has focus."""
    return str(page.evaluate("document.activeElement.querySelector('.object__text')?.textContent ?? ''"))


def test_a_board_of_notes_with_the_keyboard_alone(browse: Browse) -> None:
    page = browse(HOST)
    address = new_board(page, "Au clavier")
    press_until(page, "[aria-label='Afficher la liste des objets']")
    page.keyboard.press("Enter")
    # Who opens it by keyboard is in it.
    expect(page.get_by_role("heading", name="Objets du tableau")).to_be_focused()
    press_until(page, TEXT)
    for text in ("Sel", "Sable", "Gravier"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(heard(page)).to_contain_text(f"Ajouté\u00a0: {text}.")
        expect(page.locator(TEXT)).to_be_focused()
        expect(page.locator(TEXT)).to_have_value("")
    expect(texts(page)).to_have_text(["Sel", "Sable", "Gravier"])
    # One stop for all the rows; arrows walk them.
    press_until(page, ROW)
    page.keyboard.press("Home")
    assert focused(page) == "Sel"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Gravier"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Sable"
    # Before the one before it, and after again; focus goes with it.
    page.keyboard.press("Alt+ArrowUp")
    expect(texts(page)).to_have_text(["Sable", "Sel", "Gravier"])
    expect(heard(page)).to_contain_text("Maintenant 1\u00a0sur\u00a03.")
    assert focused(page) == "Sable"
    # Opened, written on, closed: back on its row.
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Texte").last).to_be_focused()
    page.keyboard.type(" gris")
    page.keyboard.press("Control+Enter")
    expect(texts(page)).to_have_text(["Sable gris", "Sel", "Gravier"])
    assert focused(page) == "Sable gris"
    # Its colour, by the arrows of radio buttons.
    page.keyboard.press("F2")
    press_until(page, ".object-form input[type=radio]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator(".object__facts").first).to_contain_text("orange")
    # A step down, locked, and then nothing moves it.
    page.keyboard.press("Control+Shift+ArrowDown")
    expect(heard(page)).to_contain_text("Déplacé\u00a0:")
    page.keyboard.press("Control+Shift+L")
    expect(page.locator(".object__facts", has_text="verrouillé")).to_have_count(1)
    page.keyboard.press("Delete")
    expect(heard(page)).to_contain_text("Cet objet est verrouillé.")
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("Control+Shift+L")
    # Deleted and brought back, focus never lost.
    page.keyboard.press("Home")
    gone = focused(page)
    page.keyboard.press("Delete")
    expect(heard(page)).to_contain_text(f"Supprimé\u00a0: {gone}.")
    expect(rows(page)).to_have_count(2)
    assert focused(page) not in ("", gone)
    page.keyboard.press("Control+z")
    expect(rows(page)).to_have_count(3)
    is_saved(page)
    assert {one["originalText"] for one in stored(page, address) if one["type"] == "text"} == {
        "Sable gris",
        "Sel",
        "Gravier",
    }


def test_frames_are_headings_over_what_they_hold(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "Cadres")
    show_list(page)
    add(page, "À garder", "Cadre")
    add(page, "À changer", "Cadre")
    add(page, "Équipe motivée", frame="À garder")
    add(page, "Trop de réunions", frame="À changer")
    add(page, "À trier", frame="Hors des cadres")
    for name in ("À garder", "À changer", "Hors des cadres"):
        expect(page.get_by_role("heading", level=3, name=re.compile(name))).to_be_visible()
    expect(texts(page)).to_have_text(["À garder", "Équipe motivée", "À changer", "Trop de réunions", "À trier"])
    # Into a frame, in words.
    page.get_by_role("button", name=re.compile("À trier")).click()
    page.get_by_label("Cadre", exact=True).select_option(label="À changer")
    expect(heard(page)).to_contain_text("Placé dans le cadre «\u00a0À changer\u00a0».")
    page.get_by_role("button", name="Terminer").click()
    expect(texts(page)).to_have_text(["À garder", "Équipe motivée", "À changer", "Trop de réunions", "À trier"])
    expect(page.get_by_role("heading", level=3, name="Hors des cadres")).to_have_count(0)
    # What is joined says what it joins.
    form = page.get_by_role("form", name="Ajouter")
    form.get_by_label("Objet", exact=True).select_option(label="Flèche entre deux objets")
    form.get_by_label("De", exact=True).select_option(label="Papillon\u00a0: Trop de réunions")
    form.get_by_label("À", exact=True).select_option(label="Papillon\u00a0: Équipe motivée")
    form.get_by_role("button", name="Ajouter", exact=True).click()
    expect(
        page.locator(".object__facts", has_text="de «\u00a0Trop de réunions\u00a0» à «\u00a0Équipe motivée\u00a0»")
    ).to_be_visible()
    # A frame that goes leaves what it held.
    page.get_by_role("button", name=re.compile("^Cadre.*À garder")).click()
    page.get_by_role("button", name="Supprimer le cadre").click()
    expect(page.get_by_role("heading", level=3, name=re.compile("À garder"))).to_have_count(0)
    expect(texts(page).get_by_text("Équipe motivée", exact=True)).to_be_visible()


def test_the_list_lives_with_the_canvas_and_loses_nothing(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "À deux")
    open_board(other, address)
    for page in (one, other):
        show_list(page)
    add(one, "Premier")
    expect(texts(other)).to_have_text(["Premier"])
    expect(heard(other)).to_contain_text("Paolo Ferrante a ajouté un papillon\u00a0: Premier.")
    # Others add and change: focus stays on its row.
    rows(one).first.focus()
    add(other, "Deuxième")
    add(other, "Troisième")
    expect(texts(one)).to_have_text(["Premier", "Deuxième", "Troisième"])
    assert focused(one) == "Premier"
    expect(heard(one)).to_contain_text("Claire Dubois a ajouté un papillon\u00a0: Troisième.")
    # Both write on the same note: what is being typed stays, and what the other wrote is shown.
    one.keyboard.press("Enter")
    mine = one.locator(".object-form textarea")
    expect(mine).to_be_focused()
    rows(other).first.click()
    other.locator(".object-form textarea").fill("Celui de Claire")
    other.get_by_role("button", name="Terminer").click()
    expect(mine).to_have_value("Celui de Claire")
    one.keyboard.type(", et de Paolo")
    expect(texts(other).first).to_have_text("Celui de Claire, et de Paolo")
    # Removed by the other while open: said, and put back.
    rows(other).first.focus()
    other.keyboard.press("Delete")
    note = one.locator(".objects__gone")
    expect(note).to_contain_text("Claire Dubois a supprimé cet objet")
    note.get_by_role("button", name="Le remettre").click()
    for page in (one, other):
        expect(texts(page)).to_have_text(["Celui de Claire, et de Paolo", "Deuxième", "Troisième"])


def test_two_texts_at_once_are_both_kept_for_the_writer_to_choose(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Deux textes")
    open_board(other, address)
    for page in (one, other):
        show_list(page)
    add(one, "Avant")
    expect(texts(other)).to_have_text(["Avant"])
    rows(one).first.click()
    mine = one.locator(".object-form textarea")
    expect(mine).to_be_focused()
    rows(other).first.click()
    theirs = other.locator(".object-form textarea")
    expect(theirs).to_be_focused()
    # Each letter keeps what is typed from being sent: theirs comes meanwhile, whenever that is.
    one.evaluate(TYPES_UNTIL_CLASH)
    theirs.fill("Autre")
    expect(one.locator(".object-form__clash")).to_contain_text(
        "Claire Dubois a changé ce texte pendant que vous écriviez"
    )
    expect(one.locator(".object-form__clash blockquote")).to_have_text("Autre")
    expect(mine).to_be_focused()
    kept = mine.input_value()
    assert kept.startswith("Avantx")
    one.get_by_role("button", name="Garder le mien").click()
    expect(texts(other)).to_have_text([kept])


def test_notes_out_of_a_list_and_the_list_out_of_notes(browse: Browse) -> None:
    page = browse(HOST)
    address = new_board(page, "Une liste")
    choose(page, "Insérer", "Papillons à partir d’une liste…")
    page.get_by_label("Lignes").fill("- Sel\n2. Sable\n[ ] Gravier\n\nCôte-des-Neiges–Notre-Dame-de-Grâce")
    page.get_by_role("radio", name="bleu").check(force=True)
    page.get_by_role("button", name="Ajouter 4 papillons").click()
    show_list(page)
    expect(texts(page)).to_have_text(["Sel", "Sable", "Gravier", "Côte-des-Neiges–Notre-Dame-de-Grâce"])
    expect(page.locator(".object__facts").first).to_contain_text("bleu")
    is_saved(page)
    # The same order on the server.
    answer = page.request.get(f"{address}list.txt")
    assert [line.removeprefix("- ") for line in answer.text().splitlines() if line.startswith("- ")] == [
        "Sel", "Sable", "Gravier", "Côte-des-Neiges–Notre-Dame-de-Grâce",
    ]  # fmt: skip
    assert "Sable" in page.request.get(f"{address}list.csv").text()


def test_found_by_words_kind_and_colour(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "Chercher")
    show_list(page)
    for text in ("Été", "Hiver", "Étude"):
        add(page, text)
    choose(page, "Plus", "Chercher sur le tableau")
    box = page.get_by_label("Chercher dans la liste")
    expect(box).to_be_focused()
    page.keyboard.type("ete")
    expect(texts(page)).to_have_text(["Été"])
    expect(page.get_by_text("1 objet trouvé")).to_be_attached()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Été"
    box.fill("papillon jaune")
    expect(texts(page)).to_have_count(3)
    box.fill("zzz")
    expect(page.get_by_text("Aucun objet ne contient ces mots.")).to_be_visible()


def test_the_city_shapes_have_names(browse: Browse) -> None:
    page = browse(HOST)
    address = new_board(page, "Formes")
    choose(page, "Insérer", "Formes de la ville…")
    shapes = page.get_by_role("dialog", name="Formes de la ville")
    first = shapes.locator(".shape").first
    expect(first.locator("img")).to_be_visible()
    # Each is drawn, whatever is written on it.
    page.wait_for_function(DRAWN)
    name = first.locator(".shape__name").inner_text()
    shapes.get_by_label("Chercher une forme").fill(name)
    shapes.get_by_role("button", name=f"Ajouter la forme «\u00a0{name}\u00a0»", exact=True).click()
    expect(shapes).to_have_count(0)
    expect(heard(page)).to_contain_text(f"«\u00a0{name}\u00a0» a été ajouté au tableau.")
    is_saved(page)
    assert stored(page, address)


def test_menus_and_dialogs_with_the_keyboard_alone(browse: Browse) -> None:
    page = browse(HOST)
    new_board(page, "Menus")
    more = page.locator(".board-bar").get_by_role("button", name="Plus", exact=True)
    press_until(page, ".board-bar__tools > .board-menu:last-of-type > button")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    # Of what is for phones alone, nothing is walked through.
    first = page.get_by_role("menuitem", name="Image PNG")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Raccourcis clavier")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    # A dialog begins with what is to be written or chosen, and gives focus back.
    for item, begins in (("Nommer cette version…", "Nom de la version"), ("Fond du tableau…", "Blanc")):
        page.keyboard.press("Enter")
        expect(first).to_be_focused()
        for _step in range(20):
            if page.locator(":focus").inner_text() == item:
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_label(begins)).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(more).to_be_focused()
    # The browser gives focus back before the board hears that a dialog ended: who goes on is not called back.
    more.click()
    page.get_by_role("menuitem", name="Fond du tableau…").click()
    expect(page.get_by_role("dialog").get_by_label("Blanc")).to_be_focused()
    more.evaluate("(more) => { document.querySelector('dialog[open]').close(); more.click(); }")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(first).to_be_focused()
