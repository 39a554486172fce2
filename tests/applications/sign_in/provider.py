"""The application's side, as the tests of single sign-on play it; and what a browser is sent back with."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

from applications.models import SignInClient

CALLBACK = "https://paie.ville.example/rappel"
EVERY_SCOPE = "openid profile email groups units"


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
