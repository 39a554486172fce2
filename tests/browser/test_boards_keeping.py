"""What is drawn and cannot be sent stays on the device until the server has it: through pages that are closed or crash,
for its author alone, and never without a word where it cannot be added any more."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from .boards import (
    OFFLINE,
    READ_ONLY,
    add,
    agree,
    is_open,
    is_saved,
    new_board,
    open_board,
    show_list,
    state,
    stored,
    texts,
)
from .keeping import (
    AGE,
    Cut,
    Disk,
    asks,
    bring,
    crash,
    drawn_offline,
    is_accessible,
    is_kept,
    keeps,
    leave,
    post,
    rows,
    says,
    switch,
    written,
)
from .places import Place
from .portal import EMPLOYEE, HOST, is_connected

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("end", [crash, leave])
def test_what_was_drawn_offline_survives_its_page(place: Place, end: Callable[[Page], None]) -> None:
    one = place.browse(HOST)
    address = new_board(one, "Gardé")
    show_list(one)
    add(one, "En ligne")
    is_saved(one)
    # What is saved is not kept besides.
    keeps(one, 0)
    is_connected(one)
    Cut(one)
    expect(state(one)).to_have_text(OFFLINE)
    expect(one.locator(".board > [role=status]")).to_contain_text("ce que vous ferez sera gardé sur cet appareil")
    add(one, "Hors ligne")
    is_kept(one)
    again = one.context.new_page()
    end(one)
    open_board(again, address)
    expect(again.locator(".toast")).to_contain_text("Ce que vous aviez dessiné hors ligne a été repris.")
    show_list(again)
    expect(texts(again)).to_have_text(["En ligne", "Hors ligne"])
    is_saved(again)
    assert written(again, address) == {"En ligne", "Hors ligne"}
    keeps(again, 0)
    # It was taken up once, and is the board's now.
    again.reload()
    is_saved(again)
    show_list(again)
    expect(texts(again)).to_have_count(2)
    expect(again.locator(".toast")).to_have_count(0)


def test_two_pages_of_one_person_keep_what_is_theirs(place: Place) -> None:
    one = place.browse(HOST)
    address = new_board(one, "Deux onglets")
    other = one.context.new_page()
    for page in (one, other):
        open_board(page, address)
        show_list(page)
        is_connected(page)
    Cut(one)
    expect(state(one)).to_have_text(OFFLINE)
    add(one, "Du premier")
    is_kept(one)
    # The second page has the line: what it adds is saved, and takes nothing away of what the first one keeps.
    add(other, "Du second")
    is_saved(other)
    assert written(other, address) == {"Du second"}
    assert len(rows(other)) == 1
    # A new page takes up what the first one keeps, which still lives and goes on.
    third = one.context.new_page()
    open_board(third, address)
    show_list(third)
    expect(texts(third)).to_have_count(2)
    is_saved(third)
    keeps(third, 0)
    add(one, "Du premier encore")
    is_kept(one)
    assert len(rows(third)) == 1
    add(third, "Du troisième")
    is_saved(third)
    assert len(rows(third)) == 1
    crash(one)
    third.reload()
    is_open(third)
    show_list(third)
    expect(texts(third)).to_have_count(4)
    is_saved(third)
    keeps(third, 0)
    agree(third, other)
    assert written(third, address) == {"Du premier", "Du second", "Du premier encore", "Du troisième"}


def test_a_right_that_is_gone_loses_nothing_without_a_word(place: Place) -> None:
    host = place.browse(HOST)
    address = new_board(host, "Lecture seule")
    show_list(host)
    add(host, "De tous")
    is_saved(host)
    one = drawn_offline(place, EMPLOYEE, address, "De Claire").page
    page = one.context.new_page()
    crash(one)
    switch(host, address, is_on=True)
    open_board(page, address)
    expect(state(page)).to_have_text(re.compile(READ_ONLY))
    note = page.get_by_role("alert").filter(has_text="Ce que vous aviez dessiné ici n’a pas été enregistré")
    expect(note).to_contain_text("C’est gardé sur cet appareil.")
    is_accessible(page, ".board__notes")
    with page.expect_download() as download:
        note.get_by_role("button", name="Télécharger le tableau avec mes changements").click()
    found = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {each["originalText"] for each in found["elements"] if each["type"] == "text"} == {"De tous", "De Claire"}
    assert written(page, address) == {"De tous"}
    assert len(rows(page)) == 1
    # The right comes back: it is taken up at once.
    switch(host, address, is_on=False)
    expect(note).to_have_count(0)
    is_saved(page)
    keeps(page, 0)
    assert written(page, address) == {"De tous", "De Claire"}
    expect(texts(host)).to_have_count(2)


def test_what_may_not_be_added_can_be_given_up(place: Place) -> None:
    host = place.browse(HOST)
    address = new_board(host, "Abandon")
    one = drawn_offline(place, EMPLOYEE, address, "De Claire").page
    page = one.context.new_page()
    crash(one)
    switch(host, address, is_on=True)
    open_board(page, address)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Abandonner mes changements").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    keeps(page, 0)
    switch(host, address, is_on=False)
    is_saved(page)
    assert written(page, address) == set()


def test_a_board_in_the_trash_gives_back_what_was_drawn_on_it(place: Place) -> None:
    host = place.browse(HOST)
    address = new_board(host, "À la corbeille")
    show_list(host)
    add(host, "De Paolo")
    is_saved(host)
    one = drawn_offline(place, EMPLOYEE, address, "De Claire").page
    page = one.context.new_page()
    crash(one)
    post(host, f"{address}trash/", {})
    place.watches[-1].expect(404, r"/boards/[0-9a-f-]{36}/$")
    page.goto(address)
    expect(page.locator(".board")).to_have_count(0)
    page.goto("/boards/")
    kept = page.locator("#kept-boards")
    expect(kept.get_by_role("heading", name="Gardé sur cet appareil")).to_be_visible()
    expect(kept.get_by_role("link", name="À la corbeille")).to_be_visible()
    is_accessible(page, "#kept-boards")
    with page.expect_download() as download:
        kept.get_by_role("button", name="Télécharger").click()
    found = json.loads(download.value.path().read_text(encoding="utf-8"))
    # Their own alone: the board is closed to them.
    assert {each["originalText"] for each in found["elements"] if each["type"] == "text"} == {"De Claire"}
    page.once("dialog", lambda dialog: dialog.accept())
    kept.get_by_role("button", name="Abandonner").click()
    expect(kept).to_be_hidden()
    keeps(page, 0)


def test_what_is_too_old_goes(place: Place) -> None:
    address = new_board(place.browse(HOST), "Le mois passé")
    one = drawn_offline(place, HOST, address, "De Paolo").page
    page = one.context.new_page()
    crash(one)
    page.goto("/")
    page.evaluate(AGE, 29)
    page.goto("/boards/")
    expect(page.locator("#kept-boards")).to_contain_text("Le mois passé")
    page.evaluate(AGE, 2)
    open_board(page, address)
    show_list(page)
    is_saved(page)
    keeps(page, 0)
    expect(texts(page)).to_have_count(0)


def test_what_the_server_refuses_is_not_sent_again_and_again(place: Place) -> None:
    page = place.browse(HOST)
    address = new_board(page, "Refusé")
    is_refusing: list[bool] = []

    def between(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            # A change, of a page whose changes cannot be taken: the line ends as the server would end it.
            if is_refusing and isinstance(message, bytes) and message[:2] == b"\0\2":
                line.close(code=4400)
            else:
                server.send(message)

        line.on_message(pass_on)

    page.route_web_socket(re.compile("/ws/rooms/board/"), between)
    open_board(page, address)
    show_list(page)
    add(page, "Avant")
    is_saved(page)
    is_refusing.append(True)
    add(page, "De trop")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Un changement a été refusé")
    expect(alert).to_contain_text("Ils sont gardés sur cet appareil")
    is_refusing.clear()
    alert.get_by_role("button", name="Recharger la page").click()
    expect(page.get_by_role("alert")).to_contain_text("n’a pas pu être ajouté au tableau")
    is_saved(page)
    assert written(page, address) == {"Avant"}
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le tableau avec mes changements").click()
    found = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {each["originalText"] for each in found["elements"] if each["type"] == "text"} == {"Avant", "De trop"}


@pytest.mark.parametrize("has_room", [True, False])
def test_a_full_disk_is_said_and_loses_nothing(place: Place, tmp_path: Path, has_room: bool) -> None:
    page = place.browse(HOST)
    address = new_board(page, "Disque plein")
    show_list(page)
    is_connected(page)
    disk = Disk(page, left=200_000)
    network = Cut(page)
    expect(state(page)).to_have_text(OFFLINE)
    add(page, "Avant")
    is_kept(page)
    [before] = rows(page)
    bring(page, tmp_path, objects=1, size=500_000)
    full = "la place manque sur cet appareil pour garder vos changements. Ne fermez pas cette page."
    expect(page.locator(".toast").filter(has_text=full)).to_be_visible()
    says(page, full)
    # What it had stays as it was.
    assert rows(page) == [before]
    if has_room:
        # Leaving would lose the rest. The browser forgets the bound when it begins to go elsewhere.
        asks(page)
        disk.make_room()
        add(page, "Après")
        is_kept(page)
        [after] = rows(page)
        assert after["count"] > before["count"]
    network.restore()
    is_saved(page)
    # What was kept goes, though it could not be written again.
    keeps(page, 0)
    assert written(page, address) == {"Avant", *(["Après"] if has_room else [])}
    assert [one["type"] for one in stored(page, address)].count("rectangle") == (3 if has_room else 2)


def test_more_than_is_kept_is_said_and_leaves_what_was_kept(place: Place, tmp_path: Path) -> None:
    address = new_board(place.browse(HOST), "Trop")
    one = drawn_offline(place, HOST, address, "Peu").page
    [before] = rows(one)
    bring(one, tmp_path, objects=21, size=1_000_000)
    too_much = "il y a trop de changements pour qu’ils soient tous gardés sur cet appareil. Ne fermez pas cette page."
    expect(one.locator(".toast").filter(has_text=too_much)).to_be_visible()
    says(one, too_much)
    assert rows(one) == [before]
    asks(one)
    again = one.context.new_page()
    crash(one)
    open_board(again, address)
    expect(again.locator(".toast")).to_contain_text("Ce que vous aviez dessiné hors ligne a été repris.")
    is_saved(again)
    keeps(again, 0)
    assert written(again, address) == {"Peu"}
    assert [each["type"] for each in stored(again, address)].count("rectangle") == 1
