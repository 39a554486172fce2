"""Looking together: who is here, following someone, presenting frame by frame, on wide screens and phones."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .boards import (
    NOWHERE,
    add,
    choose,
    is_open,
    is_saved,
    mind_the_policy,
    new_board,
    open_board,
    rows,
    show_list,
    state,
    texts,
)
from .conftest import PHONE, Browse
from .portal import ELECTED, EMPLOYEE, HOST

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ON_TOP = """one => {
  const box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""
STEPS = ("2. Où nous allons", "1. D’où nous venons", "10. Questions")


# Whether this page sees about as much as one at this zoom. The window is the same, but for the line that says whom one
# follows: a little less is seen at once.
AS_MUCH = "(wanted) => Math.abs(wanted - parseInt(document.querySelector('.reset-zoom-button').textContent)) <= 15"
# Whether the canvas has the size of its place: it learns of a change a moment after.
FITS = """() => { const [place, canvas] = ['.board__canvas', '.board__canvas canvas'].map((one) =>
  document.querySelector(one).getBoundingClientRect()); return Math.abs(place.height - canvas.height) <= 2 }"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def zoom(page: Page) -> int:
    """In per cent."""
    return int(re.sub(r"\D", "", page.locator(".reset-zoom-button").first.inner_text()))


def sees_as_much(page: Page, wanted: int) -> bool:
    return bool(page.evaluate(AS_MUCH, wanted))


def note(page: Page) -> Locator:
    """What is said under our bar: whom one follows, who presents."""
    return page.locator(".board__notes")


def with_frames(page: Page) -> str:
    """A board of three frames, not made in the order of their numbers."""
    address = new_board(page, "Présentation")
    show_list(page)
    for name in STEPS:
        add(page, name, "Cadre")
    page.get_by_role("button", name="Masquer la liste des objets").first.click()
    is_saved(page)
    return address


def test_a_presentation_and_those_who_follow_it(browse: Browse) -> None:
    presenter = browse(HOST)
    address = with_frames(presenter)
    follower, third = browse(EMPLOYEE), browse(EMPLOYEE)
    for page in (follower, third):
        open_board(page, address)
    presenter.get_by_role("button", name="Présenter").click()
    bar = presenter.get_by_role("toolbar", name="Présentation")
    counter = bar.locator(".presenting__counter")
    expect(counter).to_have_text("1\u00a0/\u00a03")
    expect(bar).to_contain_text("1. D’où nous venons")
    expect(presenter.locator(".board-bar")).to_have_count(0)
    for page in (follower, third):
        expect(note(page)).to_contain_text("Paolo Ferrante présente ce tableau.")
    third.get_by_role("button", name="Plus tard").click()
    expect(third.get_by_role("button", name="Suivre la présentation")).to_have_count(0)
    third.mouse.move(*NOWHERE)
    third.wait_for_function(FITS)
    third.evaluate(DRAWN)
    before = third.locator(".board__canvas canvas").first.screenshot()
    follower.get_by_role("button", name="Suivre la présentation").click()
    expect(note(follower)).to_contain_text("Vous suivez Paolo Ferrante")
    # By the keys of a presenter's remote, and by buttons.
    presenter.keyboard.press("PageDown")
    expect(counter).to_have_text("2\u00a0/\u00a03")
    presenter.keyboard.press("ArrowRight")
    expect(counter).to_have_text("3\u00a0/\u00a03")
    expect(bar.get_by_role("button", name="Cadre suivant")).to_be_disabled()
    presenter.keyboard.press("ArrowLeft")
    bar.get_by_role("button", name="Cadre précédent").click()
    expect(counter).to_have_text("1\u00a0/\u00a03")
    presenter.keyboard.press("End")
    expect(bar).to_contain_text("10. Questions")
    # Who did not follow stayed where they were; who follows stops with a key.
    assert third.locator(".board__canvas canvas").first.screenshot() == before
    follower.keyboard.press("Escape")
    expect(note(follower)).not_to_contain_text("Vous suivez")
    presenter.keyboard.press("Escape")
    expect(presenter.locator(".board-bar")).to_be_visible()
    expect(presenter.get_by_role("button", name="Présenter")).to_be_focused()
    expect(follower.get_by_role("button", name="Suivre la présentation")).to_have_count(0)


def test_what_is_followed_is_what_is_seen(browse: Browse) -> None:
    leader, follower = browse(HOST), browse(EMPLOYEE)
    address = with_frames(leader)
    open_board(follower, address)
    expect(follower.get_by_role("button", name="2 personnes sur ce tableau")).to_be_visible()
    before = zoom(follower)
    assert not sees_as_much(follower, zoom(leader))
    follower.get_by_role("button", name="2 personnes sur ce tableau").click()
    follower.get_by_role("button", name="Suivre Paolo Ferrante").click()
    follower.keyboard.press("Escape")
    expect(note(follower)).to_contain_text("Vous suivez Paolo Ferrante")
    # Where the other is already, and then wherever they go.
    follower.wait_for_function(AS_MUCH, arg=zoom(leader))
    for _press in range(3):
        leader.get_by_role("button", name="Agrandir").click()
    expect(leader.locator(".reset-zoom-button").first).to_have_text(re.compile("130"))
    follower.wait_for_function(AS_MUCH, arg=130)
    assert zoom(follower) > before
    # Moving by oneself is stopping.
    follower.mouse.move(800, 600)
    follower.mouse.wheel(0, 240)
    expect(note(follower)).not_to_contain_text("Vous suivez")


def test_who_leaves_is_no_longer_here(browse: Browse) -> None:
    one, other = browse(HOST), browse(EMPLOYEE)
    address = new_board(one, "Présences")
    open_board(other, address)
    expect(one.get_by_role("button", name="2 personnes sur ce tableau")).to_be_visible()
    one.get_by_role("button", name="2 personnes sur ce tableau").click()
    expect(one.locator(".board-people__name")).to_have_text(["Paolo Ferrante (vous)", "Claire Dubois"])
    other.close()
    expect(one.locator(".board-people__name")).to_have_text(["Paolo Ferrante (vous)"])
    expect(one.get_by_role("button", name="1 personne sur ce tableau")).to_be_visible()


def test_on_a_phone_everything_is_reached_by_touch(browse: Browse) -> None:
    wide = browse(HOST)
    address = new_board(wide, "Sur le terrain, rue Saint-Denis, entre Rachel et Mont-Royal")
    phone = browse(EMPLOYEE, width=PHONE)
    open_board(phone, address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    # The portal's header is under the board: who comes by keyboard comes to what is seen.
    phone.keyboard.press("Tab")
    expect(phone.locator(".board-bar__back")).to_be_focused()
    # Every control of our bar is on the screen, large enough, and nothing lies over it.
    for control in phone.locator(".board-bar a, .board-bar button").locator("visible=true").all():
        box = control.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE
        assert box["width"] >= 44 and box["height"] >= 44
        assert control.evaluate(ON_TOP)
    # Excalidraw's own bars are under ours, not beneath it.
    bar, tools = phone.locator(".board-bar").bounding_box(), phone.locator(".App-toolbar").first.bounding_box()
    assert bar and tools and tools["y"] >= bar["y"] + bar["height"]
    phone.get_by_role("button", name="Afficher la liste des objets").tap()
    add(phone, "Nid-de-poule")
    expect(rows(phone)).to_have_count(1)
    show_list(wide)
    expect(texts(wide)).to_have_text(["Nid-de-poule"])
    rows(phone).first.tap()
    phone.locator(".object-form textarea").fill("Nid-de-poule, 40 cm")
    phone.get_by_role("button", name="Montrer sur le dessin").tap()
    expect(texts(wide)).to_have_text(["Nid-de-poule, 40 cm"])
    expect(phone.get_by_role("heading", name="Objets du tableau")).to_have_count(0)
    # Drawn with a finger.
    phone.locator("label:has([data-testid=toolbar-freedraw])").tap()
    touch = phone.context.new_cdp_session(phone)
    places = [(80, 480), (140, 520), (200, 470), (260, 530)]
    for name, place in [("touchStart", places[0]), *(("touchMove", each) for each in places[1:]), ("touchEnd", None)]:
        points = [{"x": place[0], "y": place[1]}] if place else []
        touch.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})
    expect(wide.get_by_role("button", name="1 forme sans texte")).to_be_visible()
    choose(phone, "Plus", "Présenter")
    expect(phone.get_by_role("toolbar", name="Présentation")).to_be_visible()
    # Not by a tap: the browser drops those that fall while it takes the whole screen.
    phone.get_by_role("button", name="Quitter la présentation").press("Enter")
    is_saved(phone)


def test_in_english_and_by_someone_who_may_only_read(browse: Browse) -> None:
    host = browse(HOST)
    address = new_board(host, "Lecture")
    show_list(host)
    add(host, "Lu par tous")
    is_saved(host)
    reader = browse(ELECTED, language="en")
    mind_the_policy(reader.context)
    answer = reader.goto(address)
    assert answer and answer.ok
    is_open(reader)
    expect(state(reader)).to_have_text("Read only")
    reader.get_by_role("button", name="Show the list of objects").click()
    expect(texts(reader)).to_have_text(["Lu par tous"])
    expect(reader.get_by_role("form", name="Add")).to_have_count(0)
    rows(reader).first.click()
    expect(reader.locator(".object-form textarea")).to_be_disabled()
    expect(reader.get_by_role("button", name="Delete")).to_have_count(0)
