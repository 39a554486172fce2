"""Signing in to an application by the portal, in Chromium: an application on another address of this machine.

Chromium holds `form-action` of a page against the redirects that follow its forms: that the application is reached at
all shows that neither the sign-in page nor the consent page stops the way there.
"""

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from .conftest import PATIENCE, Browse
from .portal import ADMINISTRATOR, EMPLOYEE, PASSWORD, Portal, close, set_preference

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Workstation:
    """A program on the person's own machine: it listens for the code, and changes it for tokens."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.client_id = ""
        self.verifier = secrets.token_urlsafe(48)
        self.came: list[dict[str, list[str]]] = []
        workstation = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/rappel":
                    workstation.came.append(parse_qs(parts.query))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Paie</title><h1>Arriv\xc3\xa9e</h1>")

            def log_message(self, *_arguments: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def callback(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/rappel"

    def address(self, **more: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": "openid profile",
            "state": "été & hiver",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **more,
        }
        return f"{self.portal.url}/o/authorize/?{urlencode(asked)}"

    def tokens(self) -> dict[str, str]:
        """For the code that came last."""
        sent = {"grant_type": "authorization_code", "code": self.came[-1]["code"][0], "redirect_uri": self.callback}
        said = {"client_id": self.client_id, "code_verifier": self.verifier}
        answer = requests.post(f"{self.portal.url}/o/token/", {**sent, **said}, timeout=10)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def who(self, tokens: dict[str, str]) -> requests.Response:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(f"{self.portal.url}/o/userinfo/", headers=bearer, timeout=10)


@pytest.fixture
def workstation(portal: Portal) -> Iterator[Workstation]:
    made = Workstation(portal)
    yield made
    made.server.shutdown()


@pytest.fixture
def stranger(portal: Portal, chromium: Browser) -> Iterator[Page]:
    """A browser of its own, that may go to other addresses; what it says of content policies must be nothing."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            said.append(message.text)

    context = chromium.new_context(base_url=portal.url, locale="fr-CA", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.on("console", listen)
    yield context.new_page()
    close(context)
    assert not said, "\n".join(said)


def _open_single_sign_on(browse: Browse, consent: str) -> str:
    """As whoever keeps the register does, by the pages. Answers the client id."""
    page = browse(ADMINISTRATOR)
    found = page.request.get("/api/v1/applications?limit=100").json()["items"]
    application = next(one for one in found if one["title"].startswith("Paie"))
    page.goto(f"{application['url']}sign-in/new/")
    name = f"Poste {secrets.token_hex(4)}"
    page.locator("#id_name").fill(name)
    page.locator("input[name=native][value=yes]").check()
    page.locator("#id_redirect_uris").fill("http://127.0.0.1/rappel")
    page.locator(f"input[name=consent][value={consent}]").check()
    page.locator("input[name=claims][value=name]").check()
    page.locator("main form button.button--primary").click()
    return page.locator(".card", has_text=name).locator("code").first.inner_text()


def _sign_in_here(page: Page) -> None:
    page.locator("#id_username").fill(EMPLOYEE)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button.button--primary").click()


def test_one_signs_in_agrees_arrives_and_disconnects(browse: Browse, workstation: Workstation, stranger: Page) -> None:
    workstation.client_id = _open_single_sign_on(browse, "ask")
    page = stranger
    page.goto(workstation.address())
    _sign_in_here(page)
    # Through the page that leads on, to the consent page, which shows what would be told.
    expect(page.locator("main dd")).to_have_text(["Claire Dubois"])
    page.locator("button[name=answer][value=yes]").click()
    expect(page.locator("h1")).to_have_text("Arrivée")
    assert workstation.came[-1]["state"] == ["été & hiver"]
    tokens = workstation.tokens()
    assert workstation.who(tokens).json()["name"] == "Claire Dubois"
    # A second time nobody is asked anything.
    page.goto(workstation.address())
    expect(page.locator("h1")).to_have_text("Arrivée")
    assert len(workstation.came) == 2
    page.goto("/apps/connections/")
    set_preference(page, "language", "fr")
    page.goto("/apps/connections/")
    row = page.locator(".row", has_text="avec votre accord").filter(has_text="Paie")
    row.first.get_by_role("link", name="Déconnecter").click()
    page.locator("main form button").click()
    expect(page.locator(".toast, .notice", has_text="déconnectée").first).to_be_visible()
    assert workstation.who(tokens).status_code == 401
    page.goto(workstation.address())
    page.locator("button[name=answer][value=no]").click()
    expect(page.locator("h1")).to_have_text("Arrivée")
    assert workstation.came[-1]["error"] == ["access_denied"]


def test_one_comes_straight_to_an_application_of_the_city_and_gives_the_password_again(
    browse: Browse, workstation: Workstation, stranger: Page
) -> None:
    workstation.client_id = _open_single_sign_on(browse, "trusted")
    page = stranger
    page.goto(workstation.address())
    _sign_in_here(page)
    expect(page.locator("h1")).to_have_text("Arrivée")
    assert workstation.tokens()["id_token"]
    page.goto(workstation.address(prompt="login"))
    expect(page.locator("main form input[name=again]")).to_be_attached()
    assert len(workstation.came) == 1
    _sign_in_here(page)
    expect(page.locator("h1")).to_have_text("Arrivée")
    assert len(workstation.came) == 2 and "code" in workstation.came[-1]
