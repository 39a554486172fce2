"""What the tests of single sign-on share: an application with a client, and a browser's and a system's way through."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from applications.actions import add_application
from applications.actions.sign_in import add_sign_in_client
from applications.models import Application, Claim, Consent, SignInClient
from applications.oidc import keys
from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space

CALLBACK = "https://paie.ville.example/rappel"
EVERY_SCOPE = "openid profile email groups units"


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests() -> Iterator[None]:
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def register(host: Person) -> Space:
    """The register of applications, which `host` edits."""
    return create_space(
        Space.Kind.UNIT, actor=host, name_fr="Applications", name_en="Applications", audience=audience_of({EVERYONE})
    )


@pytest.fixture
def payroll(register: Space, host: Person) -> Application:
    """An application for everyone."""
    return add_application(
        register, actor=host, title="Paie", title_translated="Pay", address="https://paie.ville.example/"
    )


@dataclass
class System:
    """The application's side: its client, its secret, and what it remembers of a person on the way."""

    client: SignInClient
    secret: str
    callback: str = CALLBACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def address(self, **changed: Any) -> str:
        """Where it sends a browser; None leaves a parameter out."""
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.callback,
            "scope": EVERY_SCOPE,
            "state": "état & <x>",
            "nonce": "n-1",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changed,
        }
        return "/o/authorize/?" + urlencode({name: one for name, one in asked.items() if one is not None})

    def ask_token(self, **sent: Any) -> HttpResponse:
        """Ask the token endpoint, saying who it is in the body."""
        said = {"client_id": self.client.client_id, "client_secret": self.secret, **sent}
        return Client().post("/o/token/", {name: one for name, one in said.items() if one is not None})

    def exchange(self, code: str, /, **changed: Any) -> HttpResponse:
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback}
        return self.ask_token(**{**sent, "code_verifier": self.verifier, **changed})

    def refresh(self, token: str, /, **changed: Any) -> HttpResponse:
        return self.ask_token(grant_type="refresh_token", refresh_token=token, **changed)

    def sign_in(self, browser: Client) -> dict[str, Any]:
        """The whole way: tokens for whoever the browser is signed in as."""
        answer = self.exchange(code_of(browser.get(self.address())))
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


def userinfo(token: str) -> HttpResponse:
    return Client().get("/o/userinfo/", headers={"authorization": f"Bearer {token}"})


def sent_back(answer: HttpResponse) -> dict[str, str]:
    """What a browser is sent back to the application with."""
    assert answer.status_code == 302, (answer.status_code, answer.content[:2000])
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def code_of(answer: HttpResponse) -> str:
    told = sent_back(answer)
    assert "code" in told, told
    return told["code"]


@pytest.fixture
def system(payroll: Application, host: Person) -> System:
    """A client the city trusts, which may be told everything but groups."""
    values = {
        "name": "production",
        "redirect_uris": CALLBACK,
        "post_logout_redirect_uris": "https://paie.ville.example/au-revoir",
        "consent": Consent.TRUSTED,
        "claims": [Claim.NAME, Claim.USERNAME, Claim.EMAIL, Claim.LOCALE, Claim.UNITS, Claim.ELECTED],
    }
    return System(*add_sign_in_client(payroll, values, actor=host))


@pytest.fixture
def asking(payroll: Application, host: Person) -> System:
    """A client that asks the person, and may be told their name."""
    values = {"name": "essai", "redirect_uris": CALLBACK, "consent": Consent.ASK, "claims": [Claim.NAME]}
    return System(*add_sign_in_client(payroll, values, actor=host))


@pytest.fixture
def parks(city: Unit) -> Unit:
    return create_unit("PARCS", "Parcs", name_en="Parks", kind="division", parent=city)
