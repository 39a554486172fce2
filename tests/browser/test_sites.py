"""A borough site, from its opening to a reader's phone: opened by an administrator, written by a local editor."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Browse
from .portal import ADMINISTRATOR, COMMUNICATIONS, EMPLOYEE, MANAGER, Watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _open(browse: Browse) -> None:
    """The site of Lachine, with the community host as its editor."""
    page = browse(ADMINISTRATOR, next_page="/sites/new/")
    page.get_by_label("Unité au nom de laquelle il parle").select_option(label="Lachine")
    page.get_by_label("Nom en français").fill("Lachine")
    page.get_by_label("Nom en anglais").fill("Lachine")
    page.get_by_label("Code").fill("LAC")
    page.get_by_role("button", name="Ouvrir le site").click()
    expect(page.get_by_text("Le site est ouvert")).to_be_visible()
    page.locator("#id_people").fill("kbenali")
    page.get_by_role("button", name="Nommer", exact=True).click()
    expect(page.get_by_role("link", name="Karim Benali").first).to_be_visible()


def _publish(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target='toggle']").click()
    page.locator("button[name='action-publish']").click()


def test_a_local_editor_builds_a_borough_site(browse: Browse, watch: Watch) -> None:
    _open(browse)
    page = browse(MANAGER, next_page="/sites/lachine/")
    page.get_by_role("link", name="Modifier", exact=True).click()
    expect(page.get_by_role("tab", name="Français")).to_be_visible()
    edit = page.url
    # The rich text editor, with what a word processor puts on the clipboard.
    page.get_by_role("button", name="Insérer un bloc").first.click()
    page.get_by_role("option", name="Texte").first.click()
    editor = page.locator(".public-DraftEditor-content").first
    editor.click()
    page.keyboard.type("La piscine est fermée jusqu'en mai.")
    page.keyboard.press("Enter")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
            'text/html': new Blob(['<p class="MsoNormal" style="color:red"><b>Horaire</b><o:p></o:p>' +
                '<img src="x" onerror="window.hurt = 1"></p>'], {type: 'text/html'}),
            'text/plain': new Blob(['Horaire'], {type: 'text/plain'}),
        })])"""
    )
    page.keyboard.press("Control+v")
    expect(editor).to_contain_text("Horaire")
    # The editor puts what it holds in the form a moment later.
    expect(page.locator("input[name^='body_fr-'][name$='-value']").first).to_have_value(re.compile("Horaire"))
    expect(editor).to_contain_text("La piscine est fermée")
    _publish(page)
    expect(page.locator(".messages .success")).to_be_visible()
    # What was pasted is hostile: the browser says what it refused to apply and to run.
    watch.complaints = [one for one in watch.complaints if "Content Security Policy" not in one]
    assert page.evaluate("window.hurt") is None

    reader = browse(EMPLOYEE, width=PHONE, next_page="/sites/lachine/")
    expect(reader.get_by_text("La piscine est fermée jusqu'en mai.")).to_be_visible()
    expect(reader.get_by_role("navigation", name="Pages de Lachine")).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth") <= PHONE
    reader.get_by_role("button", name="Oui").click()
    expect(reader.get_by_text("Merci de votre avis")).to_be_visible()
    html = reader.locator(".site-page__body").inner_html()
    assert "Mso" not in html and "style=" not in html and "<script" not in html

    # The communications officer edits other sites, and not this one.
    watch.expect(404, "/editor/")
    stranger = browse(COMMUNICATIONS, next_page="/sites/")
    answer = stranger.goto(edit)
    assert answer is not None and answer.status == 404


def test_two_editors_see_each_other_and_the_second_is_refused(browse: Browse, watch: Watch) -> None:
    first = browse(COMMUNICATIONS, next_page="/sites/ville/redaction/")
    first.get_by_role("link", name="Modifier", exact=True).click()
    expect(first.get_by_role("tab", name="Français")).to_be_visible()
    second = browse(ADMINISTRATOR, next_page="/sites/ville/redaction/")
    # Who else is there, by name.
    with second.expect_response(lambda answer: "/editing-sessions/ping/" in answer.url) as pinged:
        second.get_by_role("link", name="Modifier", exact=True).click()
    assert [one["user"] for one in pinged.value.json()["other_sessions"]] == ["Nadège Saint-Fleur"]
    second.locator("#id_lead_fr").fill("Écrit par la deuxième personne.")
    second.locator("button.action-save").click()
    expect(second.locator(".messages .success")).to_be_visible()
    # What the first one writes is refused, saved by itself or by hand, and stays on the screen.
    watch.expect(400, "/editor/pages/")
    watch.expect(409, "/editor/pages/")
    first.locator("#id_lead_fr").fill("Écrit par la première personne.")
    first.locator("form[data-edit-form]").evaluate("(form) => form.submit()")
    expect(first.get_by_text("Rien n’a été enregistré")).to_be_visible()
    expect(first.locator("#id_lead_fr")).to_have_value("Écrit par la première personne.")
    second.reload()
    expect(second.locator("#id_lead_fr")).to_have_value("Écrit par la deuxième personne.")
