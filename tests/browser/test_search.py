"""Searching as people do: the box from anywhere, a misspelt word, a filter, and what one may no longer see."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Browse
from .portal import ADMINISTRATOR, EMPLOYEE, HOST, act, comes, has_suggested, is_connected

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COMMUNITY = "/communities/beton-et-chaussees/"


def search(page: Page, words: str) -> None:
    """From wherever one is, by the keyboard alone."""
    page.locator("body").press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_misspelt_word_is_found_filtered_and_opened(browse: Browse, width: int) -> None:
    page = browse(EMPLOYEE, width=width)
    if width == PHONE:
        page.locator("[data-search-open]").click()
        page.keyboard.type("reglemant")
        page.keyboard.press("Enter")
    else:
        search(page, "reglemant")
    expect(page.locator(".finds__meant")).to_contain_text("reglemant")
    expect(page.locator("#finds-list mark").first).to_be_visible()
    if width == PHONE:
        page.locator(".facets__summary").click()
    page.locator(".facet__option", has_text="Discussions").click()
    expect(page).to_have_url(re.compile(r"kind=topic"))
    expect(page.locator(".filter-chip")).to_have_text("Retirer le filtre : Discussions")
    first = page.locator("#finds-list .row__title").first
    title = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(title)


def test_the_box_by_keyboard_alone(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("benali")
    has_suggested(page, "benali")
    options = page.locator("#search-suggestions [role=option]")
    expect(options.filter(has_text="Karim Benali")).to_be_visible()
    expect(page.locator("#search")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    marked = page.locator("#search-suggestions [aria-selected=true]")
    expect(marked).to_have_count(1)
    name = marked.locator(".suggestion__name").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)
    # What was opened comes first the next time, before anything is typed.
    page.keyboard.press("Control+k")
    expect(page.locator("#search-suggestions [role=option]").first).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.locator("#search-suggestions")).to_be_hidden()
    # And something to do is found by its name.
    page.keyboard.type("creer une comm")
    has_suggested(page, "creer une comm")
    page.locator("#search-suggestions [role=option]", has_text="Créer une communauté").click()
    expect(page).to_have_url(re.compile(r"/communities/new/$"))


def test_what_this_browser_remembers_is_gone_when_one_signs_out(browse: Browse) -> None:
    page = browse(ADMINISTRATOR, next_page=COMMUNITY)
    assert page.evaluate("() => Object.keys(localStorage).filter((one) => one.startsWith('opened:')).length") == 1
    page.locator("header details.menu > summary").click()
    page.get_by_role("button", name=re.compile("Se déconnecter|Sign out")).click()
    expect(page).to_have_url(re.compile(r"/sign-in/"))
    assert page.evaluate("() => Object.keys(localStorage).filter((one) => one.startsWith('opened:')).length") == 0


def test_who_is_no_member_any_more_finds_nothing_at_once(browse: Browse) -> None:
    host = browse(HOST, next_page="/communities/new/")
    host.locator("[name=name_fr]").fill("Essais du vendredi")
    host.locator("[name=access][value=hidden]").check()
    host.locator("main form .button--primary").last.click()
    expect(host.locator("h1")).to_contain_text("Essais du vendredi")
    address = host.url
    host.goto(f"{address}topics/new/")
    host.locator("[name=title]").fill("Protocole ornithorynque")
    host.locator("[name=body]").fill("Le texte du protocole ornithorynque.")
    host.locator("main form .button--primary").last.click()
    expect(host.locator("h1")).to_contain_text("Protocole ornithorynque")
    host.goto(f"{address}members/")
    host.locator("[name=person]").fill(EMPLOYEE)
    host.locator(act("/members/add/")).first.click()
    row = host.locator(".row", has_text="Claire Dubois")
    expect(row).to_be_visible()

    guest = browse(EMPLOYEE)
    is_connected(guest)
    found = guest.locator("#finds-list .row__title", has_text="Protocole ornithorynque")
    comes(guest, "/search/?q=ornithorynque", found)
    row.locator(act("/remove/")).click()
    expect(row).to_have_count(0)
    guest.goto("/search/?q=ornithorynque")
    expect(guest.locator(".finds__none")).to_be_visible()
    expect(found).to_have_count(0)
