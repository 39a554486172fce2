"""Sharing, as people do it: by keyboard, and in the open browser of whoever it is shared with."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Browse
from .portal import HOST, Portal, Watch, has_suggested, is_connected, is_ready
from .test_keyboard import press_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def topic_of_mine(page: Page, title: str) -> str:
    """A topic in a community that only its members read; its address."""
    page.goto("/communities/new/")
    page.locator("#id_name_fr").fill(f"Groupe {title}")
    page.locator("input[name=access][value=hidden]").check()
    page.locator("main form .button--primary").click()
    page.get_by_role("link", name="Lancer un sujet").first.click()
    page.locator("#id_title").fill(title)
    page.locator("#id_body").fill("Voici.")
    page.locator("main form .button--primary").last.click()
    expect(page.locator("h1")).to_have_text(title)
    return page.url


def test_shared_withdrawn_and_undone_by_keyboard_alone(browse: Browse, portal: Portal, watch: Watch) -> None:
    username = portal.newcomer()
    theirs = browse(username)
    is_connected(theirs)
    page = browse(HOST)
    address = topic_of_mine(page, "Partage au clavier")
    watch.expect(404, r"^/communities/")
    assert theirs.request.get(address, max_retries=2).status == 404
    page.goto(address)
    press_until(page, "main a[href$='/sharing/'].button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Partage")
    is_ready(page)
    press_until(page, ".picker input[type=text]")
    page.keyboard.type(username)
    has_suggested(page, username)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".picker__chip")).to_have_count(1)
    press_until(page, "#id_note")
    page.keyboard.type("Dites-moi ce que vous en pensez")
    press_until(page, "#share .button--primary")
    page.keyboard.press("Enter")
    expect(page.locator("main .notice--success")).to_contain_text("Partagé avec")
    # Their open page says so at that moment, and leads there.
    toast = theirs.locator("#toasts .toast")
    expect(toast).to_contain_text("a partagé « Partage au clavier » avec vous")
    toast.get_by_role("link").click()
    expect(theirs.locator("h1")).to_have_text("Partage au clavier")
    press_until(page, "form[action$='/withdraw/'] button")
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Annuler")
    expect(undo).to_be_focused()
    assert theirs.request.get(address, max_retries=2).status == 404
    page.keyboard.press("Enter")
    expect(page.locator("main .notice--success")).to_contain_text("de nouveau partagé")
    assert theirs.request.get(address, max_retries=2).status == 200


def test_on_a_phone_one_shares_and_changes(browse: Browse, portal: Portal) -> None:
    page = browse(HOST, width=PHONE)
    topic_of_mine(page, "Partage au téléphone")
    page.locator("main a[href$='/sharing/'].button").click()
    expect(page.locator("h1")).to_have_text("Partage")
    is_ready(page)
    page.locator(".picker input[type=text]").fill("verdun")
    has_suggested(page, "verdun")
    page.get_by_role("option").first.click()
    page.locator("#share .button--primary").click()
    row = page.locator("main .row").filter(has_text="Verdun")
    expect(row).to_contain_text("Peut lire")
    row.get_by_role("link", name=re.compile("^Modifier")).click()
    page.locator("#id_last_day").fill("2031-05-01")
    page.locator("#share .button--primary").click()
    expect(page.locator("main .row").filter(has_text="Verdun")).to_contain_text("1er mai 2031")


def test_without_script_a_name_is_typed(browse: Browse) -> None:
    page = browse(HOST)
    address = topic_of_mine(page, "Partage sans script")
    plain = browse(HOST, script=False)
    plain.goto(address)
    plain.locator("main a[href$='/sharing/'].button").click()
    plain.locator(".picker input[type=text]").fill("cdubois")
    plain.locator("#share .button--primary").click()
    expect(plain.locator("main .row").filter(has_text="Claire Dubois")).to_contain_text("Peut lire")
