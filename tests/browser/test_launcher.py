"""The launcher in a browser: found by typing anywhere, walked with arrows, starred and put in order, on any device."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import PHONE, Browse
from .portal import COMMUNICATIONS, EMPLOYEE, MANAGER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TILES = "[data-section^=category] .app:not([hidden]) .app__name"


def favourites(page: Page) -> list[str]:
    """The names of the favourites, in order, without their counts."""
    return page.locator("#favourites .app__name").evaluate_all(
        "all => all.map(one => one.firstChild.textContent.trim())"
    )


def behind_the_door(page: Page) -> None:
    """The tools of the demonstration are at addresses that do not exist: their door leads to a page of the test."""

    def answer(route: Route) -> None:
        route.fulfill(
            status=200, content_type="text/html; charset=utf-8", body="<title>derrière la porte</title><h1>Ouvert</h1>"
        )

    page.route(re.compile(r"/apps/[0-9a-f-]{36}/open/$"), answer)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.firstChild?.textContent?.trim() ?? ''"))


@pytest.fixture
def page(browse: Browse) -> Iterator[Page]:
    """The launcher of the employee."""
    opened = browse(EMPLOYEE, next_page="/apps/")
    behind_the_door(opened)
    yield opened


def test_typing_anywhere_finds_and_enter_opens(page: Page) -> None:
    box = page.locator("[data-find]")
    everything = page.locator(TILES).count()
    page.locator("h1").click()
    page.keyboard.type("RESERV")
    expect(box).to_be_focused()
    expect(box).to_have_value("RESERV")
    expect(page.locator(TILES)).to_have_text(["Réservation de salles"])
    expect(page.locator("[data-count]")).to_have_text("1 application")
    expect(page.locator("#favourites")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator(TILES)).to_have_count(everything)
    expect(page.locator("#favourites")).to_be_visible()
    # By its other name, and by what it does.
    page.keyboard.type("room book")
    expect(page.locator(TILES)).to_have_text(["Réservation de salles"])
    box.fill("visioconference")
    expect(page.locator(TILES)).to_have_text(["Réservation de salles"])
    box.fill("zzzz")
    expect(page.locator("[data-nothing]")).to_be_visible()
    expect(page.locator("[data-count]")).to_contain_text("Aucune application")
    box.fill("salles")
    page.keyboard.press("Enter")
    expect(page).to_have_title("derrière la porte")


def test_arrows_walk_and_shortcuts_stay_shortcuts(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("[data-find]").focus()
    page.keyboard.press("ArrowDown")
    first = focused(page)
    assert first == favourites(page)[0]
    page.keyboard.press("ArrowRight")
    assert focused(page) == favourites(page)[1]
    page.keyboard.press("ArrowLeft")
    assert focused(page) == first
    page.keyboard.press("End")
    last = focused(page)
    assert last == page.locator(TILES).last.evaluate("one => one.firstChild.textContent.trim()")
    page.keyboard.press("ArrowUp")
    assert focused(page) not in (last, "")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-find]")).to_be_focused()
    # A chord is the browser's, and a letter in another field is that field's.
    page.locator("h1").click()
    page.keyboard.press("Control+c")
    expect(page.locator("[data-find]")).to_have_value("")
    page.locator("#search").fill("a")
    expect(page.locator("[data-find]")).to_have_value("")


def test_a_star_and_its_undo(page: Page) -> None:
    star = page.locator("[data-section^=category] .app", has_text="SIMON Finances").locator(".app__star")
    expect(star).to_have_attribute("aria-pressed", "false")
    star.click()
    expect(page.locator("#favourites .app__name", has_text="SIMON Finances")).to_be_visible()
    expect(star).to_have_attribute("aria-pressed", "true")
    before = favourites(page)
    page.locator("#favourites .app", has_text="Formation").locator(".app__star").click()
    undo = page.get_by_role("button", name="Annuler")
    expect(undo).to_be_focused()
    expect(page.locator("#favourites .app__name", has_text="Formation")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#favourites .app__name", has_text="Formation")).to_be_visible()
    assert favourites(page) == before
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")


def test_one_order_on_two_devices(page: Page, browse: Browse) -> None:
    page.locator("[data-arrange] summary").click()
    moved = page.locator(".place:not([data-forced])").last
    name = (moved.locator(".place__name").text_content() or "").strip()
    up = moved.get_by_role("button", name=f"Monter : {name}".replace(" :", "\u00a0:"))
    up.focus()
    was = favourites(page)
    page.keyboard.press("Enter")
    expect(page.locator("#favourites .app__name").nth(len(was) - 2)).to_contain_text(name)
    # The list stays open, and focus on the button that moved with its line.
    expect(page.locator("[data-arrange]")).to_have_attribute("open", "")
    assert name in str(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Enter")
    expect(page.locator("#favourites .app__name").nth(len(was) - 3)).to_contain_text(name)
    now = favourites(page)
    phone = browse(EMPLOYEE, width=PHONE, next_page="/apps/")
    assert favourites(phone) == now


def test_dragging_by_the_grip(page: Page) -> None:
    page.locator("[data-arrange] summary").click()
    lines = page.locator(".place:not([data-forced])")
    first, last = lines.first, lines.last
    name = (first.locator(".place__name").text_content() or "").strip()
    last.scroll_into_view_if_needed()
    start, end = first.locator("[data-grip]").bounding_box(), last.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"] / 2, steps=12)
    with page.expect_response(re.compile(r"/apps/order/$")):
        page.mouse.up()
    expect(page.locator("#favourites .app__name").last).to_contain_text(name)
    page.reload()
    assert favourites(page)[-1] == name


def test_what_it_does_opens_by_keyboard_and_escape_shuts_it(page: Page) -> None:
    about = page.locator("#favourites .app__about").first
    about.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(about.locator(".app__panel p")).to_be_visible()
    page.keyboard.press("Escape")
    expect(about.locator(".app__panel p")).to_be_hidden()
    expect(about.locator("summary")).to_be_focused()


def test_the_menu_in_the_header(page: Page) -> None:
    way = page.locator("[data-applications]")
    way.focus()
    page.keyboard.press("Enter")
    menu = page.locator("#applications-menu")
    expect(menu).to_be_visible()
    expect(way).to_have_attribute("aria-expanded", "true")
    assert favourites(page)[0] in (menu.locator("a").first.text_content() or "")
    page.keyboard.press("ArrowUp")
    expect(menu.locator("a").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(way).to_be_focused()


def test_list_and_narrow_screens(browse: Browse) -> None:
    page = browse(MANAGER, width=PHONE, next_page="/apps/")
    for shape in ("list", "grid"):
        page.locator(f"button[name=view][value={shape}]").click()
        expect(page.locator(f".launcher--{shape}")).to_be_visible()
        page.locator("[data-arrange] summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.locator(".app__about summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    box = page.locator(".app__panel").first.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE


def test_without_a_script(browse: Browse) -> None:
    page = browse(COMMUNICATIONS, script=False, next_page="/apps/")
    page.locator("[data-section^=category] .app", has_text="Achats").locator(".app__star").click()
    expect(page.locator("#favourites .app__name").last).to_contain_text("Achats")
    assert favourites(page)[-1] == "Achats"
    page.locator("[data-arrange] summary").click()
    page.locator("[data-place]").last.locator("button[value=up]").click()
    expect(page.locator("[data-arrange]")).to_have_attribute("open", "")
    assert favourites(page)[-2] == "Achats"
    page.locator("[data-find]").fill("reservation")
    page.locator(".launcher__find button").click()
    expect(page).to_have_url(re.compile(r"\?q=reservation$"))
    expect(page.locator(TILES)).to_have_text(["Réservation de salles"])
    page.get_by_role("link", name="Les voir toutes").click()
    about = page.locator("#favourites .app__about").first
    about.locator("summary").click()
    expect(about.locator(".app__panel")).to_be_visible()
    page.locator("button[name=view][value=list]").click()
    expect(page.locator(".launcher--list")).to_be_visible()
    page.locator("button[name=view][value=grid]").click()
    page.locator("header a[data-applications]").click()
    expect(page).to_have_url(re.compile(r"/apps/$"))
    page.locator("#favourites .app", has_text="Achats").locator(".app__star").click()
    expect(page.locator(".notice", has_text=re.compile("n.est plus dans vos favoris"))).to_be_visible()
