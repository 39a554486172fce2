"""What boards keep on a device is its author's alone: who signs out, wherever they do, is asked and leaves nothing; who
signs in after them gets nothing of it."""

import re

import pytest
from playwright.sync_api import expect

from .boards import OFFLINE, add, is_saved, new_board, open_board, show_list, state, texts
from .keeping import crash, drawn_offline, keeps, rows, sign_out, written
from .places import Place
from .portal import COMMUNICATIONS, EMPLOYEE, HOST, PASSWORD, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_who_signs_out_is_asked_and_leaves_nothing(place: Place) -> None:
    address = new_board(place.browse(HOST), "Poste partagé")
    one = drawn_offline(place, HOST, address, "De Paolo").page
    page = one.context.new_page()
    crash(one)
    page.goto("/")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        sign_out(page)
    assert "Poste partagé" in asked[0] and "perdus" in asked[0]
    assert len(rows(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    sign_out(page)
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert rows(page) == [] and page.evaluate("localStorage.getItem('boards-kept')") is None
    sign_in(page, EMPLOYEE)
    open_board(page, address)
    show_list(page)
    is_saved(page)
    expect(texts(page)).to_have_count(0)
    assert written(page, address) == set()


def test_who_signs_out_on_the_board_itself_is_asked_once(place: Place) -> None:
    address = new_board(place.browse(HOST), "Question unique")
    network = drawn_offline(place, HOST, address, "De Paolo")
    page = network.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    # The network is there for pages; the line does not hear of it, and has yet to come back.
    page.evaluate("addEventListener('online', (event) => event.stopImmediatePropagation(), true)")
    network.restore()
    sign_out(page)
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert asked == ["confirm"]
    assert rows(page) == []


def test_someone_else_at_the_same_machine_gets_nothing_of_it(place: Place) -> None:
    address = new_board(place.browse(HOST), "Session finie")
    network = drawn_offline(place, HOST, address, "De Paolo")
    # The session ends without a word, as at night; the page stays open, and its network away.
    left = network.page
    page = left.context.new_page()
    page.context.clear_cookies()
    sign_in(page, EMPLOYEE)
    keeps(page, 0)
    open_board(page, address)
    show_list(page)
    is_saved(page)
    expect(texts(page)).to_have_count(0)
    # The page of the first person comes back on the line, with the cookies of the second.
    network.restore()
    expect(left.get_by_role("alert")).to_contain_text("Votre session est terminée")
    expect(state(left)).to_have_text(OFFLINE)
    add(page, "De Claire")
    is_saved(page)
    assert written(page, address) == {"De Claire"}
    assert rows(page) == []
    # It stays where it was, until its author is back.
    sign_in_again = left.context.new_page()
    sign_in_again.goto("/")
    sign_out(sign_in_again)
    expect(sign_in_again).to_have_url(re.compile("/sign-in/"))
    sign_in(sign_in_again, HOST)
    left.get_by_role("button", name="Réessayer").click()
    is_saved(left)
    assert written(left, address) == {"De Paolo", "De Claire"}


def test_a_board_that_someone_else_may_not_see_is_not_said_to_be_gone(place: Place) -> None:
    address = new_board(place.browse(HOST), "À moi seul", space="")
    network = drawn_offline(place, HOST, address, "De Paolo")
    left = network.page
    page = left.context.new_page()
    page.context.clear_cookies()
    sign_in(page, EMPLOYEE)
    assert page.request.get(address).status == 404
    network.restore()
    expect(left.get_by_role("alert")).to_contain_text("Votre session est terminée")
    page.goto("/")
    sign_out(page)
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in(page, HOST)
    left.get_by_role("button", name="Réessayer").click()
    is_saved(left)
    assert written(left, address) == {"De Paolo"}


def test_who_signs_out_at_the_editors_desk_is_asked_too(place: Place) -> None:
    address = new_board(place.browse(COMMUNICATIONS), "Vu du bureau", space="")
    one = drawn_offline(place, COMMUNICATIONS, address, "De Nadia").page
    page = one.context.new_page()
    crash(one)
    page.goto("/editor/")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        sign_out(page, "/editor/logout/")
    assert "Vu du bureau" in asked[0] and "perdus" in asked[0]
    expect(page).to_have_url(re.compile("/editor/$"))
    assert len(rows(page)) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    sign_out(page, "/editor/logout/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert rows(page) == [] and page.evaluate("localStorage.getItem('boards-kept')") is None


def test_the_editors_desk_empties_what_somebody_else_kept(place: Place) -> None:
    address = new_board(place.browse(HOST), "Poste du bureau")
    one = drawn_offline(place, HOST, address, "De Paolo").page
    page = one.context.new_page()
    crash(one)
    page.context.clear_cookies()
    # By no page of the portal on the way: those empty it too.
    page.goto("/sign-in/?next=/editor/")
    page.locator("#id_username").fill(COMMUNICATIONS)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/editor/$"))
    keeps(page, 0)
    # Nothing is theirs: nobody is asked.
    sign_out(page, "/editor/logout/")
    expect(page).to_have_url(re.compile("/sign-in/"))
