"""With the keyboard alone: everything is reached, seen when reached, and focus is never lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Browse
from .portal import EMPLOYEE, HOST, MANAGER, act, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COMMUNITY = "/communities/beton-et-chaussees/"
MOST_STEPS = 150

# What has focus, how it shows it, and whether anything covers it.
STATE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = one.getBoundingClientRect();
  // Of a tall one, where its text begins.
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 40));
  const [left, right] = [box.x >= 0, box.right <= innerWidth + 1];
  return {
    name: `${one.tagName.toLowerCase()}.${one.className} ${(one.textContent || one.name || "").trim().slice(0, 40)}`,
    ring: [one, one.closest(".rich-text__text")?.closest(".rich-text")].some((it) => it && ring(getComputedStyle(it)))
      || ring(getComputedStyle(one, "::after"))
      // The browser draws that of the button within.
      || one.type === "datetime-local",
    seen: !!top && (one.contains(top) || top.contains(one)) && left && right,
    in_main: !!one.closest("main"),
  };
}"""


def press_until(page: Page, selector: str, key: str = "Tab") -> None:
    """Press `key` until what `selector` names has focus."""
    for _step in range(MOST_STEPS):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never reaches {selector}")


def has_focus(page: Page, selector: str) -> bool:
    """Whether focus is on, or in, what `selector` names."""
    return bool(page.evaluate("(selector) => !!document.activeElement.closest(selector)", selector))


def open_first_topic(page: Page, number: int = 0) -> str:
    """Answers its address."""
    page.goto(COMMUNITY)
    page.locator("#topics .row__title").nth(number).click()
    expect(page.locator("#replies-heading")).to_be_visible()
    is_ready(page)
    return page.url


def test_the_first_tab_skips_to_the_content(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    assert has_focus(page, "main")


def test_a_slash_goes_to_the_search(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    page.keyboard.press("/")
    box = page.locator("#search")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("benali")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=benali$"))
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    # Where one writes, a slash is a slash.
    open_first_topic(page)
    page.locator("#reply-new").focus()
    page.keyboard.type("12/2026")
    expect(page.locator("#reply-new")).to_have_value("12/2026")


def test_the_search_of_a_phone_opens_and_closes(browse: Browse) -> None:
    page = browse(EMPLOYEE, width=PHONE)
    press_until(page, "[data-search-open]")
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator("[data-search-open]")).to_be_focused()
    press_until(page, ".bottom-bar__more > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".bottom-bar__sheet")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert has_focus(page, ".bottom-bar__sheet")
    page.keyboard.press("Escape")
    expect(page.locator(".bottom-bar__sheet")).to_be_hidden()
    expect(page.locator(".bottom-bar__more > summary")).to_be_focused()


def test_the_profile_menu(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    summary, panel = page.locator("header details.menu > summary"), page.locator("header .menu__panel")
    press_until(page, "header details.menu > summary")
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel.locator(".profile")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("button", name="Automatique")).to_be_focused()
    page.keyboard.press("End")
    expect(panel.get_by_role("button", name="Se déconnecter")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(panel.locator(".profile")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(summary).to_be_focused()
    # An arrow opens it too; leaving it by Tab closes it.
    page.keyboard.press("ArrowDown")
    expect(panel.locator(".profile")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(panel).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    press_until(page, "button[value=dark]", "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    press_until(page, "header details.menu > summary")
    page.keyboard.press("Space")
    press_until(page, "button[value=light]")
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_signing_in(browse: Browse) -> None:
    page = browse()
    page.goto("/sign-in/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(EMPLOYEE)
    page.keyboard.press("Tab")
    page.keyboard.type("demo-parvis-2026")
    page.keyboard.press("Enter")
    expect(page.locator("body[data-socket]")).to_be_attached()


def test_replying_and_reacting(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    open_first_topic(page)
    before = page.locator("#thread > .comment").count()
    press_until(page, "#reply-new")
    page.keyboard.type("Écrit au **clavier**.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    mine = page.locator("#thread > .comment").nth(before)
    expect(mine).to_contain_text("Écrit au clavier.")
    # Focus goes to what was published, where it is read out, and Tab goes on from there.
    expect(mine).to_be_focused()
    expect(page.locator("#reply-new")).to_have_value("")

    # A second text from the same page is another reply, not the first sent again.
    press_until(page, "#reply-new")
    page.keyboard.type("Et une seconde réponse.")
    page.keyboard.press("Control+Enter")
    second = page.locator("#thread > .comment").nth(before + 1)
    expect(second).to_contain_text("Et une seconde réponse.")
    expect(second).to_be_focused()
    expect(page.locator("#thread > .comment")).to_have_count(before + 2)

    press_until(page, "[name=sign]")
    sign = second.locator("[name=sign]").first
    expect(sign).to_be_focused()
    page.keyboard.press("Enter")
    expect(sign).to_have_attribute("aria-pressed", "true")
    expect(sign).to_be_focused()
    page.keyboard.press("Space")
    expect(sign).to_have_attribute("aria-pressed", "false")
    expect(sign).to_be_focused()

    # Remove it, and put it back.
    press_until(page, act("/remove/"))
    page.keyboard.press("Enter")
    restore = second.get_by_role("button", name="Restaurer")
    expect(restore).to_be_visible()
    expect(restore.or_(second.locator(".comment__author"))).not_to_have_count(0)
    assert has_focus(page, f"#{second.get_attribute('id')}")
    press_until(page, act("/restore/"))
    page.keyboard.press("Enter")
    expect(second).to_contain_text("Et une seconde réponse.")
    assert has_focus(page, f"#{second.get_attribute('id')}")

    # An answer to a reply goes under it, and focus with it.
    press_until(page, "[data-reply-to]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-new")).to_be_focused()
    expect(page.locator("[data-reply-note]")).to_be_visible()
    page.keyboard.type("Dessous.")
    page.keyboard.press("Control+Enter")
    under = page.locator("#thread > .comment .comment__replies > .comment").filter(has_text="Dessous.")
    expect(under).to_be_focused()
    expect(page.locator("[data-reply-note]")).to_be_hidden()


def test_who_goes_back_to_a_draft_still_answers_the_same_reply(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    open_first_topic(page)
    page.locator("#reply-new").fill("Une réponse à laquelle répondre.")
    page.locator("#reply-new").press("Control+Enter")
    expect(page.locator("#thread > .comment").last).to_contain_text("Une réponse à laquelle répondre.")
    page.reload()
    page.locator("#thread > .comment").last.locator("[data-reply-to]").click()
    expect(page.locator("[data-reply-note]")).to_be_visible()
    page.keyboard.type("Un brouillon.")
    page.goto("/people/")
    page.go_back()
    expect(page.locator("#reply-new")).to_have_value("Un brouillon.")
    expect(page.locator("[data-reply-note]")).to_contain_text("Claire Dubois")
    page.locator("#reply-new").press("Control+Enter")
    under = page.locator("#thread > .comment .comment__replies > .comment").filter(has_text="Un brouillon.")
    expect(under).to_be_focused()


def test_a_refused_reply_keeps_the_text_and_the_place(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    open_first_topic(page)
    page.locator("#reply-new").focus()
    page.keyboard.type("Un texte que le réseau n'emporte pas.")
    page.context.set_offline(True)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .toast")).to_contain_text("Le réseau ne répond pas")
    expect(page.locator("#reply-new")).to_have_value("Un texte que le réseau n'emporte pas.")
    assert has_focus(page, ".composer")
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator("#thread > .comment").last).to_contain_text("Un texte que le réseau")


def test_reading_notifications_one_after_the_other(browse: Browse) -> None:
    page = browse(MANAGER)
    rows = page.locator("main .row--unread")
    total = rows.count()
    assert total > 1
    press_until(page, ".row--unread .row__action button")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(total - 1)
    # On to the next one: its line has focus.
    assert has_focus(page, "main .row--unread")
    for left in range(total - 2, -1, -1):
        press_until(page, ".row--unread .row__action button")
        page.keyboard.press("Enter")
        expect(rows).to_have_count(left)
        assert has_focus(page, "main"), "focus was lost with the line"


def test_show_more_goes_on_where_one_was(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/people/")
    rows = page.locator("#people-list > .person-row")
    shown = rows.count()
    press_until(page, "[data-more]")
    page.keyboard.press("Enter")
    expect(rows.nth(shown)).to_be_attached()
    expect(rows.nth(shown).locator(".row__title")).to_be_focused()


def follow_focus(page: Page, *addresses: str) -> None:
    """From the top to the end of each page: each step shows a ring, under nothing, and none is a dead end."""
    problems: list[str] = []
    for address in addresses:
        page.goto(address)
        names: list[dict[str, Any]] = []
        for _step in range(MOST_STEPS):
            page.keyboard.press("Tab")
            state = page.evaluate(STATE)
            if state is None:
                break
            names.append(state)
            problems += [f"{address}: no ring on {state['name']}"] if not state["ring"] else []
            problems += [f"{address}: covered: {state['name']}"] if not state["seen"] else []
        assert any(one["in_main"] for one in names), address
        assert len(names) < MOST_STEPS, f"{address}: Tab never leaves the page"
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_focus_is_seen_wherever_it_goes(browse: Browse, width: int) -> None:
    page = browse(HOST, width=width, touch=False)
    topic = open_first_topic(page, 1)
    follow_focus(
        page,
        "/",
        "/communities/",
        f"{COMMUNITY}topics/new/",
        topic,
        "/settings/tokens/",
        "/people/",
        "/search/?q=neige",
    )


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_focus_is_seen_where_one_publishes(browse: Browse, width: int) -> None:
    page = browse(MANAGER, width=width, touch=False)
    page.goto("/notices/desk/?list=review")
    notice = str(page.locator("main .row__title").first.get_attribute("href"))
    follow_focus(
        page,
        "/notices/",
        "/notices/new/",
        notice,
        f"{notice}edit/",
        f"{notice}history/",
        "/alerts/new/",
        "/sites/plateau/",
        "/sites/plateau/settings/",
    )


def test_a_link_is_added_to_a_text(browse: Browse) -> None:
    page = browse(MANAGER, next_page="/notices/new/")
    press_until(page, ".rich-text__text")
    page.keyboard.type("Voyez la page")
    page.keyboard.press("Control+Shift+ArrowLeft")
    # The bar is one stop, where arrows go from tool to tool.
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Gras").first).to_be_focused()
    for _step in range(7):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Lien", exact=True).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body_fr-link")).to_be_focused()
    page.keyboard.type("https://ville.example/page")
    page.keyboard.press("Enter")
    expect(page.locator(".rich-text__text").first).to_be_focused()
    expect(page.locator(".rich-text__text a")).to_have_text("page")


def test_acknowledging_keeps_the_place(browse: Browse) -> None:
    page = browse(MANAGER, next_page="/notices/?site=ville&genre=notice")
    press_until(page, "main .row__title")
    page.keyboard.press("Enter")
    expect(page.locator(".ack-bar__form")).to_be_visible()
    press_until(page, ".ack-bar__form button")
    page.keyboard.press("Enter")
    expect(page.locator(".ack-bar--done")).to_be_focused()
