"""Who else reads a discussion, in two browsers: seen, quiet, and gone with the wish not to be seen."""

import re

import pytest
from playwright.sync_api import Page, WebSocket, expect

from .conftest import PHONE, Browse
from .portal import EMPLOYEE, HOST, MANAGER, close

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COMMUNITY = "/communities/beton-et-chaussees/"


def topic(page: Page) -> str:
    """The address of a discussion of theirs."""
    page.goto(COMMUNITY)
    return str(page.locator("main .rows .row__title").nth(2).get_attribute("href"))


def shown(page: Page) -> Page:
    return page.locator("[data-presence-shown]")  # type: ignore[return-value]


def test_two_read_one_writes_and_one_hides(browse: Browse) -> None:
    mine = browse(HOST)
    address = topic(mine)
    mine.goto(address)
    title = mine.locator("h1").bounding_box()
    expect(shown(mine)).to_be_hidden()
    theirs = browse(EMPLOYEE, next_page=address)
    expect(shown(mine)).to_have_text(re.compile("Aussi en lecture.: Claire Dubois$"))
    expect(shown(theirs)).to_contain_text("Paolo Ferrante")
    # Nothing moved; it is read out once.
    assert mine.locator("h1").bounding_box() == title
    expect(mine.locator("[data-presence-status]")).to_have_text("Aussi en lecture : Claire Dubois")
    third = browse(MANAGER, width=PHONE, language="en", next_page=address)
    expect(shown(third)).to_contain_text(re.compile("Also reading: .+ and .+"))
    expect(third.locator("[data-presence-faces] .avatar")).to_have_count(2)
    expect(shown(mine)).to_contain_text(" et ")
    expect(mine.locator("[data-presence-status]")).to_have_text("Aussi en lecture : Claire Dubois")
    # Who writes, and that they no longer do.
    theirs.locator("#reply-new").press_sequentially("Bon")
    expect(mine.locator("[data-presence-writing]")).to_have_text("Claire Dubois écrit…")
    expect(third.locator("[data-presence-writing]")).to_have_text("Claire Dubois is writing…")
    theirs.locator("#reply-new").fill("")
    expect(mine.locator("[data-presence-writing]")).to_have_text("")
    # A wish not to be seen is followed in pages that are open.
    try:
        theirs.context.new_page()
        settings = theirs.context.pages[-1]
        settings.goto("/settings/")
        settings.get_by_label("Ne pas montrer aux autres").check()
        settings.locator("form[action$='/settings/presence/'] button").click()
        expect(settings.locator(".messages")).to_contain_text("Les autres ne voient plus")
        expect(shown(mine)).to_have_text(re.compile("Aussi en lecture.: Karim Benali$"))
        theirs.locator("#reply-new").press_sequentially("Encore")
        expect(shown(theirs)).to_contain_text("Paolo Ferrante")
        close(third.context)
        expect(shown(mine)).to_be_hidden()
        expect(mine.locator("[data-presence-writing]")).to_have_text("")
    finally:
        settings.goto("/settings/")
        settings.get_by_label("Ne pas montrer aux autres").uncheck()
        settings.locator("form[action$='/settings/presence/'] button").click()
        expect(settings.locator(".messages")).to_contain_text("Les autres voient")
    expect(shown(mine)).to_contain_text("Claire Dubois")


def test_a_page_in_the_background_is_not_read_and_comes_back(browse: Browse) -> None:
    mine = browse(HOST)
    address = topic(mine)
    theirs = browse(EMPLOYEE)
    theirs.clock.install()
    theirs.goto(address)
    theirs.clock.fast_forward(3_000)
    mine.goto(address)
    expect(shown(mine)).to_contain_text("Claire Dubois")
    look = """(state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    theirs.evaluate(look, "hidden")
    theirs.clock.fast_forward(50_000)
    expect(shown(mine)).to_contain_text("Claire Dubois")
    theirs.clock.fast_forward(15_000)
    expect(shown(mine)).to_be_hidden()
    theirs.evaluate(look, "visible")
    expect(shown(mine)).to_contain_text("Claire Dubois")
    expect(shown(theirs)).to_contain_text("Paolo Ferrante")


def test_pages_without_presence_open_no_socket_for_it(browse: Browse) -> None:
    page = browse(HOST)
    opened: list[str] = []

    def note(socket: WebSocket) -> None:
        opened.append(socket.url)

    page.on("websocket", note)
    address = topic(page)
    page.goto("/notices/")
    page.locator("main .row__title").first.click()
    expect(page.locator("body[data-line=open]")).to_be_attached()
    assert page.locator("[data-presence]").count() == 0
    assert all("/ws/rooms/" not in one for one in opened)
    with page.expect_websocket(lambda one: "/ws/rooms/page/" in one.url):
        page.goto(address)
