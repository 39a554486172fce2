"""Without any script: pages are forms and links, so everything people do still works."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Browse
from .portal import ADMINISTRATOR, COMMUNICATIONS, Portal, act, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

THEIRS = "/communities/langage-clair/"
NOT_THEIRS = "/communities/geomatique/"


@pytest.fixture
def page(browse: Browse) -> Page:
    """The communications officer's browser, which runs no script."""
    return browse(COMMUNICATIONS, script=False)


def test_signing_in_and_out(browse: Browse, portal: Portal) -> None:
    page = browse(script=False)
    page.goto("/people/?q=benali")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    page.locator("#id_username").fill(COMMUNICATIONS)
    page.locator("#id_password").fill("pas-celui-là")
    page.locator("main form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#id_username")).to_have_value(COMMUNICATIONS)
    page.locator("#id_password").fill("demo-parvis-2026")
    page.locator("main form button").click()
    # The page that was asked for was not forgotten on the way.
    expect(page).to_have_url(f"{portal.url}/people/?q=benali")
    page.locator("header details.menu > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(f"{portal.url}/sign-in/")


def test_replying_and_reacting(page: Page) -> None:
    page.goto(THEIRS)
    page.locator("#topics .row__title").first.click()
    page.locator("#reply-new").fill("Sans **script**, tout de même.")
    page.locator("#composer .button--primary").click()
    mine = page.locator(".comment").filter(has_text="Sans script, tout de même.").last
    expect(mine.locator(".prose strong")).to_have_text("script")
    # One lands on what one wrote.
    expect(page).to_have_url(re.compile(r"#comment-[0-9a-f-]{36}$"))
    first = page.locator("#thread > .comment").first
    like = first.locator("[name=sign][value=thanks]")
    was = like.get_attribute("aria-pressed")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    first.locator("[data-reply-to]").first.click()
    expect(page.locator("[data-reply-note]")).to_be_visible()
    page.locator("#reply-new").fill("Une réponse à la réponse.")
    page.locator("#composer .button--primary").click()
    expect(first.locator(".comment__replies .comment").last).to_contain_text("Une réponse à la réponse.")


def test_an_empty_reply_comes_back_with_its_reason(page: Page, watch: object) -> None:
    page.goto(THEIRS)
    page.locator("#topics .row__title").first.click()
    page.locator("#reply-new").fill("   ")
    watch.expect(422, r"/comments/$")  # type: ignore[attr-defined]
    page.locator("#composer .button--primary").click()
    expect(page.locator(".field__error")).to_be_visible()
    expect(page.locator("textarea[aria-invalid=true]")).to_be_visible()


def test_marking_as_read(browse: Browse) -> None:
    page = browse(ADMINISTRATOR, script=False, next_page="/notifications/")
    unread = page.locator("main .row--unread")
    before = unread.count()
    assert before > 1
    unread.first.get_by_role("button").click()
    expect(unread).to_have_count(before - 1)
    page.get_by_role("button", name="Tout marquer comme lu").click()
    expect(unread).to_have_count(0)
    expect(page.locator("header [data-unread]")).to_be_hidden()


def test_joining_and_leaving(page: Page) -> None:
    page.goto(NOT_THEIRS)
    page.locator(act("/join/")).click()
    expect(page.locator(".messages").get_by_role("status")).to_contain_text("Géomatique")
    expect(page.locator(f"main a[href='{NOT_THEIRS}topics/new/']").first).to_be_visible()
    page.locator(act("/leave/")).click()
    expect(page).to_have_url(re.compile("/communities/$"))


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_language_and_theme(browse: Browse, portal: Portal, width: int) -> None:
    page = browse(COMMUNICATIONS, script=False, width=width, next_page="/people/?q=benali")
    menu = page.locator("header details.menu > summary")
    if width == PHONE:
        menu.click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{portal.url}/people/?q=benali")
    menu.click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(f"{portal.url}/people/?q=benali")
    if width == PHONE:
        page.locator(".bottom-bar__more > summary").click()
        expect(page.locator(".bottom-bar__sheet")).to_be_visible()


def test_the_search_of_a_phone(browse: Browse) -> None:
    page = browse(width=PHONE, script=False)
    sign_in(page, COMMUNICATIONS)
    page.locator("[data-search-open]").click()
    page.locator("#finds-q").fill("ferrante")
    page.locator(".finds__form button").click()
    expect(page.get_by_role("main").locator(".row__title", has_text="Paolo Ferrante")).to_be_visible()
