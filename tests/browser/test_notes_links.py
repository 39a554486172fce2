"""A link to Notes in a browser: by keyboard, without script, remembered by the device, with a way back."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Browse
from .portal import EMPLOYEE, Watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINK = "/notes/852571A4005D20F3/6A1D0E5C43B2F77085257D51005A9E34/"
NOTES = "notes:///852571A4005D20F3/0/6A1D0E5C43B2F77085257D51005A9E34?OpenDocument"


def _tab_to(page: Page, name: str) -> None:
    for _step in range(60):
        if page.evaluate("document.activeElement.textContent").strip().startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {name}")


@pytest.mark.parametrize("script", [True, False])
def test_a_device_learns_by_keyboard_and_forgets(browse: Browse, watch: Watch, script: bool) -> None:
    page = browse(EMPLOYEE, script=script)
    page.goto(LINK)
    expect(page.get_by_role("link", name="Ouvrir dans Notes")).to_have_attribute("href", NOTES)
    with page.expect_event("request", lambda request: request.url == NOTES):
        if script:
            _tab_to(page, "Toujours ainsi sur cet appareil")
            page.keyboard.press("Enter")
        else:
            page.get_by_role("button", name="Toujours ainsi sur cet appareil (Avec Notes)").click()
    # The program was asked for, once, and nothing else was.
    watch.complaints.remove(f"asked another host: {NOTES}")
    # No program answers here: the page stays, and offers the rest.
    expect(page.get_by_text("Notes s’ouvre", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(LINK)))
    # The browser's own question, which cannot be answered here, holds that tab: one goes on in another.
    page = page.context.new_page()
    page.goto("/apps/notes/device/")
    page.get_by_role("button", name="Me demander").click()
    # Answered before one goes on.
    expect(page.get_by_role("button", name="Toujours ainsi (Avec Notes)")).to_be_visible()
    page.goto(LINK)
    expect(page.get_by_text("Notes s’ouvre", exact=True)).to_be_hidden()


def test_the_link_file_is_downloaded(browse: Browse) -> None:
    page = browse(EMPLOYEE, accept_downloads=True)
    page.goto(LINK)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Télécharger le fichier").click()
    assert downloading.value.suggested_filename == "Un document dans Notes.ndl"


def test_a_pasted_link_becomes_one_to_share(browse: Browse) -> None:
    page = browse(EMPLOYEE, width=PHONE)
    page.goto("/apps/notes/link/")
    page.get_by_label("Lien", exact=True).fill(NOTES)
    page.get_by_role("button", name="Lire le lien").click()
    expect(page.get_by_label("À partager, dans le portail et par courriel")).to_have_value(re.compile(LINK))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
