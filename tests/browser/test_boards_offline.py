"""The line is cut and comes back: both sides go on drawing, the server dies and starts again, and nothing is lost or
said to be saved that is not."""

import pytest
from playwright.sync_api import expect

from .boards import (
    OFFLINE,
    SAVED,
    add,
    agree,
    agree_with_server,
    draw,
    is_open,
    is_saved,
    new_board,
    open_board,
    show_list,
    state,
    stored,
    texts,
)
from .places import SERVER_SECONDS, Place
from .portal import EMPLOYEE, HOST, is_connected

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_both_go_on_while_the_server_is_dead_and_nothing_is_lost(place: Place) -> None:
    # The first one's browser keeps nothing, as some do in private windows.
    one, other = place.browse(HOST, keeps=False), place.browse(EMPLOYEE)
    address = new_board(one, "Panne")
    open_board(other, address)
    for page in (one, other):
        show_list(page)
    add(one, "Avant la panne")
    expect(texts(other)).to_have_text(["Avant la panne"])
    for page in (one, other):
        is_saved(page)
    place.portal.kill_server()
    for page in (one, other):
        expect(state(page)).to_have_text(OFFLINE)
    # Both draw and write meanwhile; each says truthfully that it is not saved.
    add(one, "Pendant, de Paolo")
    add(other, "Pendant, de Claire")
    draw(other, "rectangle", (420, 600), (560, 700))
    for page in (one, other):
        expect(state(page)).to_have_text(OFFLINE)
    # Leaving now would lose it: it is said, and the browser asks.
    state(one).click()
    expect(one.locator(".board-state__help")).to_contain_text("Ne fermez pas cette page.")
    one.keyboard.press("Escape")
    asked: list[str] = []
    one.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with one.expect_event("dialog"):
        one.evaluate("location.assign('/boards/')")
    expect(state(one)).to_have_text(OFFLINE)
    assert asked == ["beforeunload"]
    place.portal.start_again()
    # Each comes back in its own time.
    for page in (one, other):
        expect(state(page)).to_have_text(SAVED, timeout=SERVER_SECONDS)
    for page in (one, other):
        expect(texts(page).get_by_text("Pendant, de Paolo")).to_be_visible()
        expect(texts(page).get_by_text("Pendant, de Claire")).to_be_visible()
    agree_with_server(address, one, other)
    written = {each["originalText"] for each in stored(one, address) if each["type"] == "text"}
    assert written == {"Avant la panne", "Pendant, de Paolo", "Pendant, de Claire"}
    # Who comes now finds it all.
    late = place.browse(HOST)
    open_board(late, address)
    agree(late, one)


def test_the_network_of_one_goes_and_comes_back(place: Place) -> None:
    one, other = place.browse(HOST), place.browse(EMPLOYEE)
    address = new_board(one, "Réseau")
    open_board(other, address)
    for page in (one, other):
        show_list(page)
    add(one, "Commun")
    is_connected(one)
    one.context.set_offline(True)
    expect(state(one)).to_have_text(OFFLINE)
    expect(one.locator(".board > [role=status]")).to_contain_text("La liaison est coupée.")
    add(one, "Hors ligne")
    add(other, "En ligne")
    is_saved(other)
    expect(texts(other).get_by_text("Hors ligne")).to_have_count(0)
    one.context.set_offline(False)
    is_saved(one)
    expect(one.locator(".board > [role=status]")).to_contain_text("La liaison est rétablie.")
    for page in (one, other):
        expect(texts(page)).to_have_count(3)
    agree(one, other)
    # Nothing waits any more: one may leave without being asked.
    one.goto("/boards/")
    one.go_back()
    is_open(one)
    agree(one, other)
