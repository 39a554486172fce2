"""The pages around the canvas: read by axe-core, and used without any script."""

import re

import pytest
from playwright.sync_api import Page, expect

from .boards import BOARD
from .conftest import Browse
from .portal import EMPLOYEE, MANAGER, Watch, act
from .test_accessibility import Reading, read_pages, refuse_form

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Of the demo city: a community of the employee, with its boards; what the manager shared with the employee.
SPACE = "/boards/in/beton-et-chaussees/"
# One that was drawn on and has a version: the first of the list is whatever the tests before this one made last.
DRAWN = "Du nid-de-poule signalé à la rue réparée"
SHARED = "Plan d’équipe du printemps"
NO_VERSION = {"fr": "Aucune version pour l’instant", "en": "No version yet"}
NO_NAMED_VERSION = {"fr": "Aucune version nommée", "en": "No named version"}


def first_board(page: Page, address: str) -> str:
    """The address of the first board of a list."""
    page.goto(address)
    return page.locator(".boards-tile__title").first.get_attribute("href") or ""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages(browse: Browse, watch: Watch, language: str) -> None:
    reading = Reading(language)
    watch.expect(422, r"/(new|notes|name|settings|duplicate)/$")
    page = browse(EMPLOYEE, language=language, theme="auto", touch=False)
    page.goto(f"{SPACE}?q=nid-de-poule")
    board = page.get_by_role("link", name=DRAWN).get_attribute("href")
    read_pages(
        reading,
        page,
        {
            "boards": "/boards/",
            "new board": "/boards/new/?template=swot",
            "trash of boards": "/boards/trash/",
            "boards of a space": SPACE,
            "board, read": f"{board}view/",
            "history of a board": f"{board}history/",
            "duplicate a board": f"{board}duplicate/",
        },
    )
    for name, query in {
        "as rows": "as=rows",
        "none found": "q=zzzz",
        "mine": "which=mine",
        "shared": "which=shared",
        "of spaces": "which=spaces",
    }.items():
        page.goto(f"/boards/?{query}")
        reading.read(page, f"boards, {name}")
    refuse_form(reading, page, "/boards/new/", "new board with errors")
    page.goto(f"{board}history/")
    page.locator(".boards-tile__title").first.click()
    expect(page.locator(act("restore/"))).to_be_visible()
    reading.read(page, "version of a board")
    reading.title(page, "version of a board")
    page.goto("/boards/new/")
    page.locator("#id_title").fill("Rien encore")
    page.locator("main form .button--primary").click()
    expect(page).to_have_url(BOARD)
    mine = page.url
    read_pages(reading, page, {"settings of a board": f"{mine}settings/"})
    # What was never drawn on has no version, and says when it will.
    page.goto(f"{mine}history/")
    expect(page.locator("#versions")).to_have_count(0)
    expect(page.locator(".empty")).to_contain_text(NO_VERSION[language])
    reading.read(page, "history of a board without a version")
    page.goto(f"{board}history/?only=named")
    expect(page.locator(".empty")).to_contain_text(NO_NAMED_VERSION[language])
    reading.read(page, "history of a board without a named version")
    page.locator(".empty a").click()
    expect(page.locator("#versions .boards-tile")).to_have_count(1)
    assert not reading.found, reading.said


def test_a_board_without_script(browse: Browse) -> None:
    page = browse(EMPLOYEE, script=False)
    page.goto("/boards/new/")
    page.locator("#id_title").fill("Sans script")
    page.locator("[name=template][value=retrospective]").check()
    page.locator("main form .button--primary").click()
    # The canvas is a picture of the board, with the way to its words.
    expect(page.locator("#board img")).to_be_visible()
    page.locator("#board noscript a, #board .board-page__still a").first.click()
    expect(page.locator("h1")).to_have_text("Sans script")
    expect(page.locator(".boards-words")).to_contain_text("Ce qui a bien été")
    page.locator("#id_texts").fill("Un papillon\nUn autre")
    page.locator(act("notes/")).click()
    expect(page.locator(".messages")).to_contain_text("2 papillons")
    expect(page.locator(".boards-words")).to_contain_text("Un autre")
    page.locator("#reply-new").fill("À relire ensemble.")
    page.locator("#composer .button--primary").click()
    expect(page.locator(".comment").filter(has_text="À relire ensemble.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/view/#comment-"))


def test_going_back_without_script(browse: Browse) -> None:
    page = browse(MANAGER, script=False)
    board = first_board(page, "/boards/?which=mine")
    page.goto(f"{board}history/")
    page.locator("#id_name").fill("Avant le ménage")
    page.locator(act("name/")).click()
    expect(page.locator(".messages")).to_contain_text("Avant le ménage")
    page.goto(f"{board}view/")
    page.locator("#id_texts").fill("De trop")
    page.locator(act("notes/")).click()
    expect(page.locator(".boards-words")).to_contain_text("De trop")
    page.goto(f"{board}history/?only=named")
    page.get_by_role("link", name="Avant le ménage").click()
    page.locator(act("restore/")).click()
    expect(page).to_have_url(re.compile(r"/history/$"))
    expect(page.locator("#versions .boards-tile").first).to_contain_text("Avant le retour en arrière")
    page.goto(f"{board}view/")
    expect(page.locator(".boards-words")).not_to_contain_text("De trop")


def test_what_was_shared_is_read_and_not_changed(browse: Browse) -> None:
    page = browse(EMPLOYEE, script=False)
    page.goto("/boards/?which=shared")
    page.get_by_role("link", name=SHARED).click()
    expect(page.locator("#board")).to_contain_text("Ce tableau est en lecture seule")
    page.goto(f"{page.url}view/")
    expect(page.locator("#id_texts")).to_have_count(0)
