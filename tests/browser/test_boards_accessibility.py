"""The board in all its states, read by axe-core with Excalidraw's own controls in it: in French and English, wide and
narrow, light and dark. Nothing is left out but what floats above half hides."""

import pytest
from playwright.sync_api import Page, expect

from .boards import add, choose, new_board, rows, show_list
from .conftest import HEIGHTS, PHONE, WIDE, Browse
from .portal import HOST
from .test_accessibility import Reading

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def look(
    reading: Reading, page: Page, name: str, *, widths: tuple[int, ...] = (WIDE, PHONE), within: str = "html"
) -> None:
    """Read it in each width, once the canvas has taken its form for it."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        is_laid_out(page, width)
        reading.read(page, name, widths=(width,), within=within)
    page.set_viewport_size({"width": WIDE, "height": HEIGHTS[WIDE]})
    is_laid_out(page, WIDE)


def is_laid_out(page: Page, width: int) -> None:
    """Wait until Excalidraw has noticed how wide it is."""
    expect(page.locator(".excalidraw--mobile")).to_have_count(1 if width == PHONE else 0)


def furnished(page: Page) -> None:
    """A board with one of each, its list beside it."""
    new_board(page, "Rétrospective du printemps, Côte-des-Neiges–Notre-Dame-de-Grâce", template="retrospective")
    show_list(page)
    add(page, "Trop de réunions")
    add(page, "Plus tard", "Cadre")
    add(page, "Un texte seul", "Texte")
    add(page, "Une boîte", "Rectangle")


def test_the_board_in_all_its_states(browse: Browse) -> None:
    page = browse(HOST, theme="auto", touch=False)
    reading = Reading("fr")
    furnished(page)
    look(reading, page, "list")
    rows(page).first.click()
    expect(page.locator(".object-form")).to_be_visible()
    look(reading, page, "list, a frame open")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Papillon : Trop de réunions".replace(" :", "\u00a0:")).click()
    look(reading, page, "list, a note open, its properties on the canvas")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Masquer la liste des objets").first.click()
    look(reading, page, "canvas, something selected")
    page.locator(".board-bar").get_by_role("button", name="Plus", exact=True).click()
    look(reading, page, "menu", widths=(WIDE,), within=".board-bar")
    page.keyboard.press("Escape")
    for button in (page.locator(".board-people__button"), page.locator(".board-state__button")):
        button.click()
        look(reading, page, "popup of the bar", widths=(WIDE,), within=".board-bar")
        page.keyboard.press("Escape")
    for menu, item in (
        ("Insérer", "Papillons à partir d’une liste…"),
        ("Insérer", "Formes de la ville…"),
        ("Plus", "Image, avec options…"),
        ("Plus", "Nommer cette version…"),
        ("Plus", "Fond du tableau…"),
    ):
        choose(page, menu, item)
        expect(page.locator("dialog[open]")).to_be_visible()
        look(reading, page, item, within="dialog[open]")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    choose(page, "Plus", "Raccourcis clavier")
    look(reading, page, "keys of the canvas", widths=(WIDE,), within=".Modal")
    page.keyboard.press("Escape")
    # Excalidraw's own menus.
    page.locator(".App-toolbar__extra-tools-trigger").click()
    look(reading, page, "more tools", widths=(WIDE,))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Présenter").click()
    expect(page.get_by_role("toolbar", name="Présentation")).to_be_visible()
    look(reading, page, "presenting")
    page.keyboard.press("Escape")
    assert not reading.found, reading.said


def test_the_board_in_english_and_empty(browse: Browse) -> None:
    page = browse(HOST, language="en", theme="auto", touch=False)
    reading = Reading("en")
    new_board(page, "Spring retrospective")
    look(reading, page, "empty canvas")
    page.get_by_role("button", name="Show the list of objects").click()
    expect(page.get_by_text("Nothing on this board yet.")).to_be_visible()
    look(reading, page, "empty list", widths=(WIDE, PHONE))
    page.get_by_role("button", name="Keys").click()
    look(reading, page, "keys of the list", within="dialog[open]")
    assert not reading.found, reading.said
