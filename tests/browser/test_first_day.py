"""The first day of an employee: everything the portal is for, through the doors people use."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from .conftest import PHONE, Browse
from .portal import (
    COMMUNICATIONS,
    ELECTED,
    EMPLOYEE,
    HOST,
    Portal,
    Watch,
    act,
    close,
    is_connected,
    set_preference,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Open, and the communications officer is a member of it; the employee is not, at first.
COMMUNITY = "Accessibilité universelle"
THEIRS = "Béton et chaussées"
NOTES = "Mesures du seuil : 12 mm à l'entrée, 8 mm à la bibliothèque.\n"
IN_FRENCH = re.compile(r"^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s\d{1,2}(er)?\s[a-zéû]+\s20\d\d$")
IN_ENGLISH = re.compile(r"^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,\s[A-Z][a-z]+\s\d{1,2},\s20\d\d$")


def unread_of(page: Page) -> int:
    """The number on the bell."""
    badge = page.locator("header [data-unread]")
    return int(badge.inner_text()) if badge.is_visible() else 0


def open_topic(page: Page, community: str, title: str) -> None:
    """From the list of communities to one of its topics, as a person goes."""
    page.goto("/communities/")
    page.get_by_role("main").get_by_role("link", name=community, exact=True).click()
    page.get_by_role("main").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def sign_out(page: Page) -> None:
    """By the menu."""
    page.locator("header details.menu > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/sign-in/")


def test_the_portal_greets_in_french(browse: Browse) -> None:
    page = browse()
    # Who asks for a page gets it once signed in; the sign-in page speaks the browser's language.
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    sign_in(page, EMPLOYEE)
    set_preference(page, "language", "fr")
    page.goto("/")
    expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/$"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Claire")
    expect(page.get_by_text(IN_FRENCH)).to_be_visible()
    expect(page.get_by_role("heading", name="Nouveau dans mes espaces")).to_be_visible()
    expect(page.get_by_role("heading", name="Mes applications")).to_be_visible()


def test_the_language_changes_and_the_page_stays(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Claire")
    expect(page.get_by_text(IN_ENGLISH)).to_be_visible()
    # It is a setting of the person, not of the page.
    page.goto("/people/?q=ferrante")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Français").click()
    expect(page).to_have_url(re.compile(r"/people/\?q=ferrante$"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("main").get_by_role("link", name="Paolo Ferrante", exact=True)).to_be_visible()


def test_the_language_changes_on_a_topic(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/communities/")
    page.get_by_role("main").get_by_role("link", name=THEIRS, exact=True).click()
    page.locator("#topics .row__title").first.click()
    expect(page.locator("#replies-heading")).to_be_visible()
    address, heading = page.url, page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(address)
    # What people wrote keeps its language, and says which.
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("h1 [lang=fr]")).to_be_visible()
    expect(page.get_by_role("button", name="Publish the reply")).to_be_visible()


@pytest.mark.parametrize("width", [1440, PHONE])
def test_finding_a_person(browse: Browse, width: int) -> None:
    page = browse(EMPLOYEE, width=width)
    if width == PHONE:
        page.locator("[data-search-open]").click()
    page.locator("#search").fill("benali kar")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Karim Benali", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karim Benali")
    # A telephone can dial it: no words in the number.
    number = page.get_by_role("main").locator("a[href^='tel:']").first
    assert re.fullmatch(r"tel:[\d+;,=ext.\-]+", number.get_attribute("href") or "")
    expect(number).to_contain_text("514 555-01")
    expect(page.get_by_role("main").locator("a[href^='mailto:']").first).to_be_visible()


def test_a_conversation_across_the_city(browse: Browse, tmp_path: Path) -> None:
    """Join, ask with a file, be answered from elsewhere, hear of it at once, read it, and leave nothing unread."""
    mine = browse(EMPLOYEE, next_page="/communities/")
    row = mine.get_by_role("listitem").filter(has=mine.get_by_role("link", name=COMMUNITY, exact=True))
    row.locator(act("/join/")).click()
    expect(mine.get_by_role("heading", level=1)).to_have_text(COMMUNITY)
    expect(mine.get_by_role("status").filter(has_text="Bienvenue")).to_be_visible()

    title = "Seuil de porte : quelle hauteur franchissent les fauteuils ?"
    notes = tmp_path / "mesures à vérifier.txt"
    notes.write_text(NOTES, encoding="utf-8")
    mine.get_by_role("link", name="Lancer un sujet").click()
    mine.get_by_label("Titre").fill(title)
    mine.get_by_role("textbox", name="Texte").fill("J'ai mesuré **deux** entrées. Les mesures sont jointes.")
    mine.get_by_label("Fichiers").set_input_files(notes)
    mine.get_by_role("button", name="Publier le sujet").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text(title)
    expect(mine.locator(".prose strong").first).to_have_text("deux")
    with mine.expect_download() as download:
        mine.get_by_role("link", name=notes.name).click()
    assert download.value.suggested_filename == notes.name
    assert Path(download.value.path()).read_text(encoding="utf-8") == NOTES

    mine.goto("/people/")
    is_connected(mine)
    before = unread_of(mine)
    mine.evaluate("() => { window.neverReloaded = true }")

    theirs = browse(COMMUNICATIONS)
    open_topic(theirs, COMMUNITY, title)
    theirs.get_by_label("Votre réponse").last.fill("Au plus **13 mm**, biseautés : c'est dans le guide.")
    theirs.get_by_role("button", name="Publier la réponse").last.click()
    expect(theirs.locator("#thread .prose").last).to_contain_text("13 mm")
    # What was sent is no longer in the box.
    expect(theirs.get_by_label("Votre réponse").last).to_have_value("")

    expect(mine.locator("header [data-unread]")).to_have_text(str(before + 1))
    toast = mine.locator("#toasts .toast")
    expect(toast).to_contain_text("Nadège Saint-Fleur")
    expect(toast).to_contain_text(title)
    assert mine.evaluate("() => window.neverReloaded === true")
    expect(mine).to_have_title(re.compile(rf"^\({before + 1}\) "))
    toast.get_by_role("link").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text(title)
    expect(mine.locator("#thread")).to_contain_text("Au plus 13 mm, biseautés")
    # Reading it where it is said reads the notification too.
    expect(mine.locator("header [data-unread]")).to_have_text(str(before)) if before else expect(
        mine.locator("header [data-unread]")
    ).to_be_hidden()


def test_marking_all_as_read_reaches_the_other_tab(browse: Browse) -> None:
    page = browse(EMPLOYEE, next_page="/notifications/")
    other = page.context.new_page()
    other.goto("/apps/")
    is_connected(other)
    assert unread_of(other) > 0, "the demonstration leaves news for everyone one can sign in as"
    page.get_by_role("button", name="Tout marquer comme lu").click()
    expect(page.locator("header [data-unread]")).to_be_hidden()
    expect(page.get_by_role("button", name="Tout marquer comme lu")).to_be_hidden()
    expect(other.locator("header [data-unread]")).to_be_hidden()
    expect(other).to_have_title(re.compile("^Applications"))


def test_one_notification_is_read_in_place(browse: Browse) -> None:
    page = browse(HOST)
    is_connected(page)
    before = unread_of(page)
    rows = page.locator(".row--unread")
    shown = rows.count()
    assert shown
    first = rows.first.get_attribute("id")
    rows.first.get_by_role("button", name="Marquer comme lu").click()
    expect(page.locator(f"#{first}")).to_have_count(0)
    badge = page.locator("header [data-unread]")
    expect(badge).to_have_text(str(before - 1)) if before > 1 else expect(badge).to_be_hidden()


def test_signing_out_is_told_to_the_other_tabs(browse: Browse) -> None:
    page = browse(EMPLOYEE)
    reading, writing = page.context.new_page(), page.context.new_page()
    reading.goto("/people/")
    writing.goto("/communities/")
    writing.get_by_role("main").get_by_role("link", name=THEIRS, exact=True).click()
    writing.locator("#topics .row__title").first.click()
    writing.get_by_label("Votre réponse").last.fill("Un long texte que je n'ai pas encore envoyé.")
    is_connected(reading)
    is_connected(writing)
    sign_out(page)
    # A page that is only read goes; a text that was not sent stays, with a word.
    expect(reading).to_have_url(re.compile(r"/sign-in/\?next=/people/$"))
    expect(writing.locator("#toasts .toast--alert")).to_contain_text("Votre session")
    expect(writing.get_by_label("Votre réponse").last).to_have_value("Un long texte que je n'ai pas encore envoyé.")
    page.goto("/notifications/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    # Signed in again there, the text can be sent from here.
    sign_in(page, EMPLOYEE)


def test_a_wrong_password_keeps_the_user_name(browse: Browse) -> None:
    page = browse()
    page.goto("/sign-in/")
    page.get_by_label("Nom d’utilisateur").fill(EMPLOYEE)
    page.get_by_label("Mot de passe").fill("pas-celui-là")
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("Le nom d’utilisateur ou le mot de passe")
    expect(page.get_by_label("Nom d’utilisateur")).to_have_value(EMPLOYEE)
    expect(page.get_by_label("Mot de passe")).to_have_value("")
    expect(page).to_have_title(re.compile("^Erreur"))
    page.get_by_label("Mot de passe").fill("demo-parvis-2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Claire")


def test_an_elected_official_starts_from_the_council(browse: Browse) -> None:
    page = browse(ELECTED, language="en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Margaret")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=2).first).to_have_text("City Council")
    expect(main.locator(".card").first.get_by_role("link")).not_to_have_count(0)
    cabinet = page.get_by_role("complementary").locator(".card").filter(has_text="My cabinet")
    expect(cabinet.locator("a[href^='tel:']").first).to_be_visible()
    # Names stay readable in the narrow column.
    for name in cabinet.locator(".row__title").all():
        box = name.bounding_box()
        assert box and box["width"] > 80 and box["height"] < 60, box
    employee = browse(EMPLOYEE)
    expect(employee.get_by_role("heading", name="Conseil municipal")).to_have_count(0)
    expect(employee.get_by_role("heading", name="Mon équipe")).to_be_visible()


def test_the_dark_theme_stays(browse: Browse, portal: Portal) -> None:
    page = browse(EMPLOYEE, next_page="/apps/")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(250, 249, 246)"
    page.locator("header details.menu > summary").click()
    page.get_by_role("button", name="Sombre").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(f"{portal.url}/apps/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 23, 26)")
    # On every page, and on every device.
    page.goto("/people/")
    assert page.evaluate(ground) == "rgb(20, 23, 26)"
    again = browse()
    sign_in(again, EMPLOYEE)
    expect(again.locator("html")).to_have_attribute("data-theme", "dark")
    set_preference(again, "theme", "auto")
    again.goto("/")
    assert again.evaluate(ground) == "rgb(250, 249, 246)"


def test_the_watch_sees(portal: Portal, chromium: Browser) -> None:
    """What every test of this folder relies on: a missing page, an error, an inline script, another host."""
    watch = Watch(portal)
    context = chromium.new_context(base_url=portal.url)
    watch.over(context)
    page = context.new_page()
    page.goto("/sign-in/")
    with context.expect_event("weberror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('oh') }) }")
    inline = "() => { const one = document.createElement('script'); one.text = '1'; document.body.append(one) }"
    with context.expect_event("console"):
        page.evaluate(inline)
    page.goto("/static/nowhere.js")
    with pytest.raises(PlaywrightError):
        page.goto("http://127.0.0.2:9/")
    close(context)
    said = "\n".join(watch.complaints)
    for part in ("uncaught: oh", "Content Security Policy", "asked another host: http://127.0.0.2", "404 at GET"):
        assert part in said, said
