"""The directory by the doors people use: a misspelt name on a phone, the chart by keyboard, an audience composed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import PHONE, Browse
from .portal import EMPLOYEE, MANAGER, has_suggested
from .test_keyboard import STATE, has_focus, press_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SOUGHT = "Paolo Ferrante"
MISSPELT = "ferante"
BOROUGH = "Le Plateau-Mont-Royal"
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
# A box of the chart that has focus: its unit, its level, whether what is below it is shown, and how wide the
# line around it is, here and around a box without focus.
BOX = """() => {
  const line = (one) => parseFloat(getComputedStyle(one.querySelector(".chart-box__frame")).strokeWidth);
  const box = document.activeElement.closest("[data-chart-box]");
  return box && {
    id: box.id,
    level: Number(box.getAttribute("aria-level")),
    expanded: box.getAttribute("aria-expanded"),
    parent: box.dataset.parent,
    href: box.getAttribute("href"),
    line: line(box),
    ordinary: line(document.querySelector("[data-chart-box]:not(:focus)")),
    unit: [...box.querySelectorAll(".chart-box__name tspan")].map((one) => one.textContent.trim()).join(" "),
  };
}"""


def open_search(page: Page) -> Locator:
    """The search of a phone, opened by a finger."""
    page.locator("[data-search-open]").tap()
    box = page.locator("#search")
    expect(box).to_be_focused()
    return box


def is_at(page: Page, name: str) -> None:
    """The page of a person, which fits the screen."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page).to_have_url(re.compile(r"/people/[0-9a-f-]{36}/$"))
    assert page.evaluate(FITS)


def test_a_misspelt_name_on_a_phone_is_suggested(browse: Browse) -> None:
    page = browse(EMPLOYEE, width=PHONE)
    open_search(page).press_sequentially(MISSPELT)
    has_suggested(page, MISSPELT)
    option = page.get_by_role("listbox").get_by_role("option").filter(has_text=SOUGHT)
    expect(option).to_be_visible()
    assert page.evaluate(FITS)
    option.tap()
    is_at(page, SOUGHT)


def test_a_misspelt_name_on_a_phone_is_found(browse: Browse) -> None:
    page = browse(EMPLOYEE, width=PHONE)
    open_search(page).press_sequentially(MISSPELT)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/search/\?q={MISSPELT}$"))
    main = page.get_by_role("main")
    # It says whose results these are, for somebody who did mean what they typed.
    expect(main.locator(".finds__meant")).to_contain_text("ferrante")
    assert page.evaluate(FITS)
    found = main.get_by_role("link", name=SOUGHT, exact=True)
    expect(found).to_be_in_viewport()
    found.tap()
    is_at(page, SOUGHT)


def test_the_box_of_the_list_corrects_while_one_types(browse: Browse) -> None:
    page = browse(EMPLOYEE, width=PHONE, next_page="/people/")
    page.locator("#people-q").tap()
    expect(page.locator("#people-q")).to_be_focused()
    page.keyboard.type("paolo ferrnate")
    expect(page.locator(".people-corrected")).to_contain_text("ferrnate")
    found = page.locator("#people-list").get_by_role("link", name=SOUGHT, exact=True)
    expect(found).to_be_visible()
    # Neither the box nor what stands in it was lost to the new list.
    expect(page.locator("#people-q")).to_be_focused()
    expect(page.locator("#people-q")).to_have_value("paolo ferrnate")
    found.tap()
    is_at(page, SOUGHT)


def focused_box(page: Page) -> dict[str, Any]:
    """The box that has focus, which shows it and is under nothing."""
    box = page.evaluate(BOX)
    assert box, "no box has focus"
    assert box["line"] >= 2 and box["line"] > box["ordinary"], box
    assert page.evaluate(STATE)["seen"], box
    return dict(box)


def open_chart(page: Page) -> None:
    """From the list of people to the first box, by Tab and Enter."""
    press_until(page, "main .tabs__tab[href='/units/chart/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tree", name="Organigramme")).to_be_visible()
    press_until(page, "[data-chart-box]")


def test_the_org_chart_by_keyboard(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/people/")
    open_chart(page)
    city = focused_box(page)
    assert (city["level"], city["expanded"]) == (1, "true")
    # Into the tree, and along it until a unit with something closed below.
    page.keyboard.press("ArrowRight")
    box = focused_box(page)
    assert box["parent"] == city["id"]
    while box["expanded"] != "false":
        before = box
        page.keyboard.press("ArrowDown")
        box = focused_box(page)
        assert box["id"] != before["id"], "no unit of the chart can be opened"
    shown = page.locator("[data-chart-box]").count()
    page.keyboard.press("ArrowRight")
    opened = page.locator(f"[data-chart-box][id='{box['id']}']")
    expect(opened).to_have_attribute("aria-expanded", "true")
    assert focused_box(page)["id"] == box["id"], "opening a unit lost the place"
    assert page.locator("[data-chart-box]").count() > shown
    # The address is that of what is shown: a link to it shows the same.
    assert "open=" in page.url
    page.keyboard.press("ArrowRight")
    child = focused_box(page)
    assert child["parent"] == box["id"] and child["level"] == box["level"] + 1
    page.keyboard.press("ArrowLeft")
    assert focused_box(page)["id"] == box["id"]
    page.keyboard.press("ArrowLeft")
    expect(opened).to_have_attribute("aria-expanded", "false")
    assert focused_box(page)["id"] == box["id"]
    page.keyboard.press("End")
    last = focused_box(page)
    page.keyboard.press("ArrowDown")
    assert focused_box(page)["id"] == last["id"], "past the last box there is nothing to fall into"
    page.keyboard.press("Home")
    assert focused_box(page)["id"] == city["id"]
    # The tree is one stop of the Tab key: one step out of it, and one back to where one was.
    page.keyboard.press("ArrowRight")
    first = focused_box(page)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(BOX) is None
    page.keyboard.press("Tab")
    assert focused_box(page)["id"] == first["id"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first["unit"])
    expect(page).to_have_url(re.compile(rf"{first['href']}$"))


def test_the_size_of_the_chart_changes_by_keyboard(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/people/")
    open_chart(page)
    width = "() => document.activeElement.getBoundingClientRect().width"
    before = page.evaluate(width)
    page.keyboard.press("+")
    assert page.evaluate(width) > before * 1.1
    page.keyboard.press("-")
    assert page.evaluate(width) == pytest.approx(before, abs=1)
    page.keyboard.press("0")
    chart = page.locator("[data-chart]")
    assert chart.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1")
    focused_box(page)


def test_the_list_says_the_same_as_the_chart(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/people/")
    open_chart(page)
    city = focused_box(page)
    in_picture = page.locator(f"[data-chart-box][data-parent='{city['id']}']").count()
    press_until(page, ".chart-bar a[href*='view=list']", "Shift+Tab")
    page.keyboard.press("Enter")
    tree = page.locator("#unit-tree")
    expect(tree.get_by_role("link", name=city["unit"], exact=True)).to_be_visible()
    below = tree.locator("> li > details > ul > li")
    expect(below).to_have_count(in_picture)
    # A branch opens with Enter, and Tab goes on inside it.
    press_until(page, "#unit-tree ul details > summary")
    page.keyboard.press("Enter")
    branch = page.locator("#unit-tree ul details[open]").first
    inside = branch.locator(".unit-tree__name").first
    expect(inside).to_be_visible()
    page.keyboard.press("Tab")
    assert has_focus(page, "#unit-tree ul details[open] > ul"), "Tab does not go into what was opened"
    expect(inside).to_be_focused()
    name = inside.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def counted(page: Page) -> int:
    """How many people the rule takes in, as the page says it."""
    said = page.locator("#audience-preview .audience__count strong")
    expect(said).to_have_text(re.compile(r"^[\d\s]+ personnes?$"))
    return int(re.sub(r"\D", "", said.inner_text()))


def ask_about(page: Page, name: str) -> Locator:
    """Whether the rule takes somebody in: the answer, under the count."""
    page.get_by_label("Cette personne en fait-elle partie").fill(name)
    page.get_by_role("button", name="Voir pourquoi").click()
    answer = page.locator("#audience-preview .reasons")
    expect(answer).to_contain_text(name)
    return answer


def test_an_audience_is_composed_counted_questioned_and_saved(browse: Browse) -> None:
    page = browse(MANAGER, next_page="/groups/")
    page.get_by_role("link", name="Composer une audience").click()
    preview = page.locator("#audience-preview")
    expect(preview).to_contain_text("Ajoutez une première condition")

    # One unit with everything below it: the count comes while one composes, nothing is saved meanwhile.
    page.locator("#audience-0-new").select_option(label="Unité")
    page.get_by_role("button", name="Ajouter la condition").click()
    unit = page.locator("#audience-0_0-text")
    expect(unit).to_be_focused()
    unit.fill("plateau-mont-royal (pmr)")
    unit.press("Tab")
    whole = counted(page)
    assert whole > 8
    expect(preview.get_by_role("heading", name="Quelques-unes de ces personnes")).to_be_visible()
    sample = preview.locator(".audience__sample li")
    expect(sample).to_have_count(8)
    expect(sample.first.get_by_role("link")).to_have_attribute("href", re.compile(r"^/people/[0-9a-f-]{36}/$"))

    # Without what is below it: fewer, at once.
    below = page.get_by_label("et tout ce qui en relève")
    below.uncheck()
    expect(preview.locator(".audience__count")).not_to_contain_text(f"{whole} personnes")
    assert counted(page) < whole
    below.check()
    expect(preview.locator(".audience__count")).to_contain_text(str(whole))

    # And who manages there.
    page.locator("#audience-0-new").select_option(label="Gestionnaire")
    page.get_by_role("button", name="Ajouter la condition").click()
    expect(preview.locator(".audience__count")).not_to_contain_text(f"{whole} personnes")
    managers = counted(page)
    assert 0 < managers < whole
    # What one typed stands there still, as the unit it was understood to be.
    expect(page.locator("#audience-0_0-text")).to_have_value(re.compile(rf"{BOROUGH} \(PMR\)"))

    answer = ask_about(page, "Karim Benali")
    expect(answer).to_contain_text("Karim Benali en fait partie.")
    expect(answer.locator(".reasons__mark--yes")).to_have_count(3)
    answer = ask_about(page, "Claire Dubois")
    expect(answer).to_contain_text("Claire Dubois n’en fait pas partie.")
    # The unit is hers; managing is not.
    expect(answer.get_by_role("listitem").filter(has_text=BOROUGH).last).to_contain_text("Oui")
    expect(answer.locator(".reasons__mark--no")).to_have_count(2)

    name = "Gestionnaires du Plateau (essai)"
    page.get_by_label("Nom en français").fill(name)
    page.get_by_label("Nom en anglais").fill("Plateau managers (trial)")
    page.get_by_role("button", name="Enregistrer l’audience").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("status").filter(has_text=name)).to_be_visible()
    main = page.get_by_role("main")
    expect(main.locator(".group-rule")).to_contain_text(BOROUGH)
    expect(main.locator("#members > .row")).to_have_count(managers)
    # It is kept, under its name in the other language too.
    page.goto("/groups/")
    expect(main.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(main.get_by_role("link", name="Plateau managers (trial)")).to_be_visible()


def test_an_audience_is_composed_by_keyboard_on_a_phone(browse: Browse) -> None:
    page = browse(MANAGER, width=PHONE, next_page="/groups/new/?by=rule")
    press_until(page, "#audience-0-new")
    page.keyboard.type("Gest")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # The line that came has focus.
    expect(page.locator("[name='audience-0_0-not']")).to_be_focused()
    assert counted(page) > 0
    assert page.evaluate(FITS)
    press_until(page, "#audience-person")
    page.keyboard.type("Claire Dubois")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#audience-preview .reasons")).to_contain_text("Claire Dubois n’en fait pas partie.")
    assert page.evaluate(FITS)
    # Enter in a field counts again: it never saves by accident.
    page.locator("#audience-person").press("Enter")
    expect(page.locator("#audience-0_0-word").or_(page.locator("#audience-0-word"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"/groups/new/\?by=rule$"))
