"""An application from its manifest to single sign-on, and a mailbox, each with the real part beside the portal."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.applications.mail_servers import MASTER, MASTER_PASSWORD, PrivateDovecot, require_dovecot
from tests.applications.mailboxes import message

from .conftest import PATIENCE, WIDE
from .portal import ADMINISTRATOR, EMPLOYEE, Portal, Watch, arrives, close, comes, is_connected, sign_in
from .test_sign_in import Workstation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NAME = "Déneigement en direct"
WELL_KNOWN = "/.well-known/parvis-application.json"
SUBJECTS = ("Réunion du comité d’été", "Déneigement : où en est-on ?", "Où est passée l’échéance ?")


class Tool:
    """The application itself, on another address of this machine, with its manifest."""

    def __init__(self) -> None:
        self.manifest: dict[str, Any] = {}
        tool = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_manifest = self.path == WELL_KNOWN
                body = json.dumps(tool.manifest).encode() if is_manifest else b"<!doctype html><h1>Ouvert</h1>"
                self.send_response(200)
                self.send_header("Content-Type", "application/json" if is_manifest else "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@dataclass
class Office:
    """The portal of these tests, its mail server and the application."""

    portal: Portal
    dovecot: PrivateDovecot
    tool: Tool
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def browse(self, username: str, page: str = "/", watch: Watch | None = None) -> Page:
        """A browser of somebody's own, in French."""
        context = self.chromium.new_context(
            base_url=self.portal.url,
            viewport={"width": WIDE, "height": 900},
            reduced_motion="reduce",
            locale="fr-CA",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if watch:
            watch.over(context)
        opened = context.new_page()
        sign_in(opened, username, next_page=page)
        return opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    require_dovecot()
    dovecot, tool = PrivateDovecot(), Tool()
    try:
        dovecot.add_person(EMPLOYEE)
        dovecot.start()
        dovecot.deliver(EMPLOYEE, *(message(one) for one in SUBJECTS))
        settings = {
            "APPLICATION_NETWORKS": "127.0.0.1",
            "MAIL_PROVIDER": "imap",
            "IMAP_URI": f"imaps://127.0.0.1:{dovecot.port}",
            "IMAP_CA_FILE": str(dovecot.ca_file),
            "IMAP_MASTER_USER": MASTER,
            "IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        }
        with Portal(tmp_path_factory.mktemp("office"), settings) as portal:
            yield Office(portal, dovecot, tool, chromium)
    finally:
        tool.server.shutdown()
        dovecot.erase()


@pytest.fixture(autouse=True)
def _close(office: Office) -> Iterator[None]:
    yield
    for context in office.contexts:
        close(context)
    office.contexts.clear()


@pytest.fixture
def watching(office: Office) -> Iterator[Watch]:
    made = Watch(office.portal)
    yield made
    assert not made.complaints, "\n".join(made.complaints)


def _save(page: Page) -> None:
    page.locator("main form button.button--primary").last.click()


def test_an_application_comes_into_service_is_asked_for_granted_and_signed_in_to(
    office: Office, watching: Watch
) -> None:
    keeper = office.browse(ADMINISTRATOR, "/apps/service/new/", watching)
    keeper.locator("#id_name").fill("Livraison du déneigement")
    keeper.locator("#id_hosts").fill("127.0.0.1")
    keeper.locator("#id_manifest_address").fill(f"{office.tool.url}{WELL_KNOWN}")
    opens = datetime.now(ZoneInfo("America/Toronto")) + timedelta(hours=1)
    office.tool.manifest = {
        "key": "deneigement",
        "version": "1",
        "name": {"fr": NAME, "en": "Live snow removal"},
        "description": {"fr": "Où sont les chenillettes.", "en": "Where the tracked ploughs are."},
        "icon": "snowflake",
        "category": "citizens",
        "addresses": {"web": office.tool.url + "/"},
        "audience": ["everyone"],
        "access": "request",
        "stage": "announced",
        "service_from": opens.isoformat(timespec="seconds"),
    }
    _save(keeper)
    # The answer shows the secret, at the address of the form.
    expect(keeper.locator("h1")).to_have_text("Livraison du déneigement")
    keeper.get_by_role("button", name="Lire maintenant").click()
    registrar = arrives(keeper, r"/apps/service/[0-9a-f-]{36}/$")
    # Read by the worker, and proposed; nothing shows before somebody approved.
    proposal = keeper.locator("a[href*='/apps/service/proposals/']").first
    comes(keeper, registrar, proposal)
    employee = office.browse(EMPLOYEE, "/apps/", watching)
    expect(employee.locator("main")).not_to_contain_text(NAME)
    proposal.click()
    expect(keeper.locator("main")).to_contain_text(NAME)
    keeper.get_by_role("button", name="Approuver et inscrire").click()
    arrives(keeper, r"/apps/[0-9a-f-]{36}/")
    # Announced: seen, and not opened.
    employee.goto("/apps/")
    tile = employee.locator(".app:visible", has_text=NAME).first
    expect(tile).to_contain_text(re.compile("bientôt", re.IGNORECASE))
    is_connected(employee)
    # At its moment the open page says so by itself.
    _move_the_clock(office)
    expect(tile).not_to_contain_text(re.compile("bientôt", re.IGNORECASE), timeout=60_000)
    expect(tile).to_contain_text("sur demande", ignore_case=True)
    comes(employee, "/notifications/", employee.locator("main", has_text=f"« {NAME} » est en service"))

    _asked_granted_and_signed_in_to(office, watching, keeper, employee)


def _move_the_clock(office: Office) -> None:
    """Its moment comes: as if an hour had gone by."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(office.portal.folder / "parvis.sqlite3", timeout=10)) as database, database:
        moved = database.execute(
            "UPDATE applications_application SET service_from = ? WHERE content_ptr_id ="
            " (SELECT id FROM content_content WHERE title = ?)",
            (now, NAME),
        )
        assert moved.rowcount == 1


def _asked_granted_and_signed_in_to(office: Office, watching: Watch, keeper: Page, employee: Page) -> None:
    found = employee.request.get("/api/v1/applications?limit=100").json()["items"]
    url = next(one["url"] for one in found if one["title"] == NAME)
    # Single sign-on, opened by whoever keeps the register.
    workstation = Workstation(office.portal)
    keeper.goto(f"{url}sign-in/new/")
    keeper.locator("#id_name").fill("Poste du déneigement")
    keeper.locator("input[name=native][value=yes]").check()
    keeper.locator("#id_redirect_uris").fill("http://127.0.0.1/rappel")
    keeper.locator("input[name=consent][value=trusted]").check()
    keeper.locator("input[name=claims][value=name]").check()
    _save(keeper)
    workstation.client_id = keeper.locator(".card", has_text="Poste du déneigement").locator("code").first.inner_text()
    watching.expect(403, r"^/o/authorize/$")
    employee.goto(workstation.address())
    expect(employee.locator("main")).to_contain_text("sur demande")
    assert workstation.came == []
    employee.goto(url)
    employee.locator("#access textarea").fill("Je réponds aux appels du 311 sur le déneigement.")
    employee.get_by_role("button", name="Demander l’accès").click()
    expect(employee.locator("#access")).to_contain_text("Votre demande est en route")
    keeper.goto("/apps/access/")
    keeper.locator("main .row", has_text=NAME).locator("a.row__title").first.click()
    expect(keeper.locator("main")).to_contain_text("Je réponds aux appels du 311")
    keeper.get_by_role("button", name="Donner l’accès").click()
    comes(employee, "/notifications/", employee.locator("main", has_text=f"Vous avez accès à « {NAME} »"))
    # To the application's own address, signed in: nothing more is asked.
    unwatched = office.browse(EMPLOYEE)
    unwatched.goto(workstation.address())
    expect(unwatched.locator("h1")).to_have_text("Arrivée")
    assert workstation.who(workstation.tokens()).json()["name"] == "Claire Dubois"
    workstation.server.shutdown()


def test_three_unread_with_accents_survive_the_end_of_the_mail_server(office: Office, watching: Watch) -> None:
    page = office.browse(EMPLOYEE, "/", watching)
    card = page.locator("#mailbox-mail")
    expect(card).to_contain_text("3 messages non lus", timeout=30_000)
    for subject in SUBJECTS:
        expect(card).to_contain_text(subject)
    office.dovecot.stop()
    try:
        page.goto("/")
        expect(page.locator("h1")).to_contain_text("Bonjour")
        expect(card).to_contain_text("3 messages non lus")
        expect(card.get_by_role("link", name="Ouvrir Notes")).to_be_visible()
    finally:
        office.dovecot.start()
