"""The whole life of an official notice, in the browsers of those who make and read it."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Browse
from .portal import COMMUNICATIONS, ELECTED, EMPLOYEE, HOST, MANAGER, ROOT, Portal, Watch, close, comes, is_connected

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CITY = ZoneInfo("America/Toronto")
TITLE, TITLE_EN = "Nouvel horaire de la cour Dupuis", "New hours of the Dupuis yard"
WORD = "zibelinecour"
# The site of the employee's borough publishes in both languages; who has which part in it; and somebody away, for whom
# the employee stands in.
SETTING = f"""
from datetime import timedelta
from django.utils import timezone
from directory.models import Absence, Person
from foundation.spaces.models import Membership, Role
from publications.models import Site
reader = Person.objects.get(username="{EMPLOYEE}")
site = Site.objects.select_related("space").get(unit=reader.borough)
Site.objects.filter(pk=site.pk).update(languages="both")
for username, role in (("{MANAGER}", Role.CONTRIBUTOR), ("{HOST}", Role.EDITOR), ("{COMMUNICATIONS}", Role.OWNER)):
    person = Person.objects.get(username=username)
    Membership.objects.update_or_create(space=site.space, person=person, defaults={{"role": role}})
mates = Person.objects.filter(is_active=True, kind="employee", unit__path__startswith=site.unit.path)
away = mates.exclude(username__in=["{EMPLOYEE}", "{MANAGER}"]).order_by("pk").first()
today = timezone.localdate()
Absence.objects.filter(person=away).delete()
Absence.objects.create(person=away, starts=today, ends=today + timedelta(days=9), replacement=reader, by=away)
print(site.space.slug, away.name, sep="|")
"""


def shell(portal: Portal, code: str) -> str:
    """What a line of ours says in the portal's own database."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {"DATA_DIR": str(portal.folder), "PARVIS_IGNORE_ENV_FILE": "1"}
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", code]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def setting(portal: Portal) -> tuple[str, str]:
    """The slug of the site, and the name of who is away."""
    slug, _bar, name = shell(portal, SETTING).rpartition("\n")[2].partition("|")
    return slug, name


def _move_the_clock(portal: Portal, title: str) -> None:
    """Its minute comes: as if the time until then had gone by."""
    now = datetime.now(UTC)
    with closing(sqlite3.connect(portal.folder / "parvis.sqlite3", timeout=10)) as database, database:
        rows = database.execute(
            "SELECT id, content FROM wagtailcore_revision WHERE approved_go_live_at IS NOT NULL"
        ).fetchall()
        [(pk, content)] = [(pk, json.loads(text)) for pk, text in rows if json.loads(text).get("title") == title]
        content["go_live_at"] = now.isoformat()
        database.execute(
            "UPDATE wagtailcore_revision SET approved_go_live_at = ?, content = ? WHERE id = ?",
            (now.replace(tzinfo=None).isoformat(" "), json.dumps(content), pk),
        )


def _write(page: Page, label: str, text: str) -> None:
    """In the editor of formatted text that has this label."""
    area = page.get_by_role("textbox", name=label)
    # Until it is there, the plain text area that it replaces has the name.
    expect(area).to_have_attribute("contenteditable", "true")
    area.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def _open(page: Page, part: str) -> None:
    """A folded part of the form."""
    summary = page.locator("summary", has_text=part)
    if summary.locator("xpath=..").get_attribute("open") is None:
        summary.click()


def test_the_life_of_a_notice(
    portal: Portal, setting: tuple[str, str], browse: Browse, watch: Watch, tmp_path: Path
) -> None:
    _slug, away = setting
    manager = browse(MANAGER, next_page="/notices/")
    manager.get_by_role("main").get_by_role("link", name="Rédiger un avis").click()

    # The manager drafts in French, for the people of the borough, due in a week, at a minute to come.
    expect(manager.locator(".audience-chip")).to_have_count(1)
    manager.get_by_label("Titre en français").fill(TITLE)
    manager.get_by_label("Résumé en français").fill("Dès lundi.")
    _write(manager, "Texte en français", f"La cour ouvre à 6 h 30. {WORD}")
    manager.get_by_label("« J’ai lu »").check()
    manager.get_by_label("Jours pour confirmer la lecture").fill("7")
    _open(manager, "Quand")
    manager.get_by_label("Publier le").fill((datetime.now(CITY) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    _open(manager, "Origine")
    plan = tmp_path / "Plan de la cour.pdf"
    plan.write_bytes(b"%PDF-1.4 plan")
    manager.get_by_label("Fichiers").set_input_files(plan)
    manager.get_by_role("button", name="Demander l’approbation").click()

    # The gate refuses and says why; nothing is lost.
    expect(manager.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(manager.locator(".messages")).to_contain_text("La version anglaise manque")
    address = re.sub(r"^https?://[^/]+", "", manager.url)
    uuid = address.strip("/").rpartition("/")[2]

    # The translator completes.
    translator = browse(HOST, next_page=f"{address}translate/")
    translator.get_by_label("Titre en anglais").fill(TITLE_EN)
    _write(translator, "Texte en anglais", "The yard opens at 6:30 a.m.")
    translator.get_by_label("La traduction est prête").check()
    translator.get_by_role("button", name="Enregistrer la traduction").click()
    expect(translator.locator(".language-state--current")).to_have_count(2)

    manager.goto(address)
    manager.get_by_role("button", name="Demander l’approbation").click()
    expect(manager.locator(".messages")).to_contain_text("L’approbation est demandée")

    # The approver reviews and approves: it waits for its minute, and nobody else sees it.
    approver = browse(COMMUNICATIONS, next_page="/notices/desk/")
    approver.get_by_role("main").get_by_role("link", name=TITLE).click()
    approver.get_by_role("button", name="Approuver").click()
    expect(approver.locator(".messages")).to_contain_text("Approuvé et planifié")
    watch.expect(404, uuid)
    reader = browse(EMPLOYEE, width=PHONE, language="en", next_page="/people/")
    is_connected(reader)
    assert reader.request.get(address, max_retries=2).status == 404

    # The minute comes: the open phone shows it at once, without a new page.
    _move_the_clock(portal, TITLE)
    toast = reader.locator("#toasts .toast")
    expect(toast).to_contain_text(TITLE_EN)
    toast.get_by_role("link").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE_EN)
    assert reader.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    # Read and acknowledged in English.
    expect(reader.locator(".ack-bar")).to_contain_text("Your reading is recorded under your name.")
    reader.get_by_role("button", name="I have read").click()
    expect(reader.locator(".ack-bar--done")).to_contain_text("Read on")

    # Who stands in for somebody away is told, and acknowledges nothing in their name.
    shell(portal, "from foundation.acknowledgements.tasks import upkeep; upkeep()")
    told = "//li[contains(., 'stand in')]"
    comes(reader, "/notifications/", reader.locator(told).first)
    reader.goto("/acknowledgements/team/")
    expect(reader.get_by_role("main")).to_contain_text(away)

    # A material correction goes the same way and asks again.
    manager.goto(f"{address}edit/")
    _write(manager, "Texte en français", f"La cour ouvre à 6 h 15. {WORD}")
    _write(manager, "Texte en anglais", "The yard opens at 6:15 a.m.")
    manager.get_by_label("La traduction est prête").check()
    manager.get_by_label(re.compile("Une correction importante")).check()
    manager.get_by_label("Ce qui change, en français").fill("L’heure est 6 h 15.")
    manager.get_by_label("Ce qui change, en anglais").fill("The hour is 6:15.")
    manager.get_by_role("button", name="Demander l’approbation").click()
    expect(manager.locator(".messages")).to_contain_text("L’approbation est demandée")
    approver.goto(address)
    approver.get_by_role("button", name="Approuver").click()
    expect(approver.locator(".messages")).to_contain_text("Approuvé et publié")
    reader.goto(address)
    expect(reader.locator(".correction")).to_contain_text("The hour is 6:15.")
    expect(reader.locator(".ack-bar")).to_contain_text("The text has changed since you acknowledged it")
    reader.get_by_role("button", name="I have read").click()
    expect(reader.locator(".ack-bar--done")).to_be_visible()

    # The register shows both versions and the language.
    approver.goto(f"/acknowledgements/{uuid}/register/")
    expect(approver.get_by_role("main")).to_contain_text("version 2")
    expect(approver.get_by_role("complementary")).to_contain_text("L’heure est 6 h 15.")
    lines = approver.request.get(f"/acknowledgements/{uuid}/register/csv/").text().splitlines()
    mine = [line for line in lines if EMPLOYEE in line]
    assert len(mine) == 2 and all(";en;" in line for line in mine), mine

    # Outsiders find it nowhere: an elected official of another borough, to whom it is not addressed.
    outside = browse(ELECTED, next_page="/notices/")
    expect(outside.get_by_role("main")).not_to_contain_text(TITLE)
    attachment = reader.locator(".attachments a").first.get_attribute("href")
    assert attachment and reader.request.get(attachment).status == 200
    assert reader.request.get(f"{address}fr.pdf").status == 200
    for path in (address, f"{address}fr.pdf", attachment, f"/api/v1/notices/{uuid}"):
        assert outside.request.get(path).status == 404, path
    for path in ("/api/v1/notices", "/notices/feed.atom", f"/api/v1/search?q={WORD}", f"/search/?q={WORD}"):
        answer = outside.request.get(path)
        assert answer.ok and uuid not in answer.text() and TITLE not in answer.text(), path


def test_a_notice_is_written_with_the_keyboard_alone(setting: tuple[str, str], browse: Browse) -> None:
    page = browse(MANAGER, next_page="/notices/new/")
    page.get_by_label("Titre en français").focus()
    page.keyboard.type("Au clavier")
    page.keyboard.press("Tab")
    page.keyboard.type("Un résumé.")
    # The toolbar is one stop; arrows move inside it; the text is the next stop.
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gras").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italique").first).to_be_focused()
    page.keyboard.press("Tab")
    area = page.get_by_role("textbox", name="Texte en français")
    expect(area).to_be_focused()
    page.keyboard.type("Bonjour à ")
    page.keyboard.press("Control+b")
    page.keyboard.type("toutes")
    page.keyboard.press("Control+b")
    page.keyboard.type(" et à tous.")
    page.get_by_role("button", name="Enregistrer le brouillon").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Au clavier")
    expect(page.locator(".official__body strong")).to_have_text("toutes")
    page.get_by_role("link", name="Modifier").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Texte en français").locator("strong")).to_have_text("toutes")


def test_without_script_a_notice_is_written_as_plain_text(setting: tuple[str, str], browse: Browse) -> None:
    page = browse(MANAGER, next_page="/notices/")
    plain = page.context.browser
    assert plain is not None
    cookies = page.context.cookies()
    context = plain.new_context(base_url=page.url.split("/notices")[0], java_script_enabled=False)
    context.add_cookies(cookies)
    bare = context.new_page()
    bare.goto("/notices/new/")
    bare.get_by_label("Titre en français").fill("Sans script")
    bare.get_by_label("Texte en français").fill("Premier paragraphe.\n\nSecond, avec 3 < 4.")
    bare.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(bare.locator(".official__body p")).to_have_text(["Premier paragraphe.", "Second, avec 3 < 4."])
    close(context)
