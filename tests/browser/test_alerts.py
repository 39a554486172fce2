"""Alerts in the browser: raised from one screen, seen on another that was open already, put away and back, ended."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Browse
from .portal import COMMUNICATIONS, EMPLOYEE, MANAGER, ROOT, Portal, is_connected

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CITY = ZoneInfo("America/Toronto")
SITE = f"""
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import add_member, create_space
from foundation.spaces.models import Role, Space
from publications.models import Site
site = Site.objects.filter(is_city=True).select_related("space").first()
keeper = Person.objects.with_unit().get(username="{COMMUNICATIONS}")
if site is None:
    space = create_space(
        Space.Kind.SITE, actor=keeper, name_fr="Ville", name_en="City", audience=audience_of({{EVERYONE}})
    )
    Site.objects.create(space=space, unit=Unit.objects.get(parent=None), is_city=True)
else:
    site.space.memberships.update_or_create(person=keeper, defaults={{"role": Role.OWNER}})
"""


@pytest.fixture(scope="module")
def desk(portal: Portal) -> Portal:
    """The portal, where communications answers for the city's site."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {"DATA_DIR": str(portal.folder), "PARVIS_IGNORE_ENV_FILE": "1"}
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", SITE]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return portal


def _in(minutes: int) -> str:
    """As the form's control holds it."""
    return (datetime.now(CITY) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def _raise(page: Page, title: str, severity: str, *, whom: str, starts: str = "") -> None:
    page.goto("/alerts/new/")
    # The city's site comes first.
    page.get_by_label(severity).check()
    page.get_by_label("Titre en français").fill(title)
    page.get_by_label("Titre en anglais").fill(f"{title} (English)")
    page.get_by_label("Texte en français").fill("Sortez par l'escalier nord.")
    page.get_by_label("Texte en anglais").fill("Leave by the north stairs.")
    page.get_by_label("Ajouter une unité, un groupe ou une personne").fill(whom)
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator(".audience-chips")).to_be_visible()
    page.get_by_label("Début").fill(starts)
    page.get_by_label("Fin", exact=True).fill(_in(90))
    page.get_by_role("button", name="Lancer l’alerte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alertes")


def _move_the_clock(portal: Portal, title: str) -> None:
    """Its moment comes: as if half an hour had gone by."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(portal.folder / "parvis.sqlite3", timeout=10)) as database, database:
        moved = database.execute(
            "UPDATE publications_alert SET starts = ?, due = ? WHERE content_ptr_id ="
            " (SELECT id FROM content_content WHERE title = ?)",
            (now, now, title),
        )
        assert moved.rowcount == 1


def test_a_critical_alert_appears_on_an_open_phone_and_goes(desk: Portal, browse: Browse) -> None:
    title = "Fuite de gaz : sortez"
    theirs = browse(EMPLOYEE, width=PHONE, next_page="/people/")
    others = browse(MANAGER, next_page="/people/")
    desktop = browse(COMMUNICATIONS)
    _raise(desktop, title, "Critique", whom=EMPLOYEE, starts=_in(30))
    expect(desktop.get_by_role("heading", name="À venir")).to_be_visible()
    for page in (theirs, others):
        is_connected(page)
        page.evaluate("() => { window.neverReloaded = true }")
        expect(page.locator("[data-alert]")).to_have_count(0)
    _move_the_clock(desk, title)
    shown = theirs.locator(".alert--critical")
    expect(shown).to_contain_text(title)
    expect(shown).to_have_attribute("role", "alert")
    expect(shown).to_contain_text("Critique")
    expect(shown.get_by_role("button")).to_have_count(0)
    assert theirs.evaluate("() => window.neverReloaded === true")
    assert theirs.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    # It stays from page to page.
    theirs.goto("/communities/")
    expect(theirs.locator(".alert--critical")).to_contain_text(title)
    expect(others.locator("[data-alert]")).to_have_count(0)
    # Ended early, it goes from the page that is open.
    is_connected(theirs)
    desktop.get_by_role("main").locator(".rows").get_by_role("link", name=title).click()
    desktop.get_by_role("button", name="Mettre fin maintenant").click()
    expect(theirs.locator("[data-alert]")).to_have_count(0)
    expect(theirs.locator("#alerts")).to_be_hidden()


def test_a_warning_is_put_away_and_brought_back(desk: Portal, browse: Browse) -> None:
    title = "Panne de l'ascenseur"
    desktop = browse(COMMUNICATIONS)
    theirs = browse(EMPLOYEE, next_page="/apps/")
    is_connected(theirs)
    _raise(desktop, title, "Avertissement", whom=EMPLOYEE)
    shown = theirs.locator(".alert--warning")
    expect(shown).to_contain_text(title)
    expect(shown).to_have_attribute("role", "status")
    theirs.get_by_role("button", name=f"Masquer « {title} »").press("Enter")
    expect(shown).to_have_count(0)
    undo = theirs.get_by_role("button", name="Annuler")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(shown).to_contain_text(title)
    theirs.get_by_role("button", name=f"Masquer « {title} »").click()
    expect(shown).to_have_count(0)
    theirs.goto("/communities/")
    expect(shown).to_have_count(0)
    theirs.goto("/alerts/")
    theirs.get_by_role("button", name=re.compile("Afficher de nouveau")).click()
    expect(shown).to_contain_text(title)
    is_connected(theirs)
    desktop.get_by_role("main").locator(".rows").get_by_role("link", name=title).click()
    desktop.get_by_role("button", name="Mettre fin maintenant").click()
    expect(shown).to_have_count(0)


def test_without_script(desk: Portal, browse: Browse) -> None:
    title = "Salle fermée"
    desktop = browse(COMMUNICATIONS)
    _raise(desktop, title, "Information", whom=EMPLOYEE)
    theirs = browse(EMPLOYEE, script=False, next_page="/apps/")
    expect(theirs.locator(".alert--info")).to_contain_text(title)
    theirs.locator(".alert--info").get_by_role("button").click()
    expect(theirs).to_have_url(re.compile(r"/apps/$"))
    expect(theirs.locator("[data-alert]")).to_have_count(0)
    expect(theirs.get_by_role("status").filter(has_text="masquée")).to_be_visible()
    desktop.get_by_role("main").locator(".rows").get_by_role("link", name=title).click()
    desktop.get_by_role("button", name="Mettre fin maintenant").click()
    expect(desktop.locator(".messages")).to_contain_text(title)
