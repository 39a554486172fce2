"""What the tests of registration share: a register, its editor, a system, and how it signs."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client

from applications.actions import add_registrar
from applications.models import Registrar
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh

ROOT = "/api/v1/service/applications"
MANIFEST: dict[str, Any] = {
    "key": "paie",
    "version": "1.0",
    "name": {"fr": "Paie", "en": "Payroll"},
    "description": {"fr": "Vos bulletins de paie.", "en": "Your pay slips."},
    "icon": "cash",
    "category": "hr",
    "addresses": {"web": "https://paie.ville.example/"},
    "support": {"name": "Centre de services", "email": "aide@ville.example", "phone": "514 555-0117"},
    "audience": ["everyone"],
    "stage": "in_service",
}


def make_register(slug: str = "registre") -> Space:
    """A register that the whole city reads."""
    return Space.objects.create(
        kind=Space.Kind.UNIT, slug=slug, name_fr="Registre", name_en="Register", audience=audience_of({EVERYONE})
    )


def make_editor(space: Space, person: Person, role: int = Role.EDITOR) -> Person:
    Membership.objects.create(space=space, person=person, role=role)
    return fresh(person)


def make_registrar(space: Space, keeper: Person, **values: Any) -> tuple[Registrar, str]:
    """A system and its secret."""
    given = {"name": "Chaîne de livraison", "space": space, "hosts": ["*.ville.example"], **values}
    return add_registrar(given, actor=fresh(keeper))


def manifest(**values: Any) -> dict[str, Any]:
    """A good manifest, with `values` in place of its own; None among them leaves the name out."""
    made = {**MANIFEST, **values}
    return {name: value for name, value in made.items() if value is not ...}


def signed(
    registrar: Registrar, secret: str, method: str, path: str, body: bytes = b"", at: float | None = None
) -> dict[str, str]:
    """The headers of a request, written from the guide and not from our code."""
    timestamp = str(int(time.time() if at is None else at))
    text = timestamp.encode() + b"." + f"{method} {path}\n".encode() + body
    mac = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {
        "X-Parvis-Registrar": str(registrar.uuid),
        "X-Parvis-Timestamp": timestamp,
        "X-Parvis-Signature": f"sha256={mac}",
    }


class Pipeline:
    """A deployment pipeline: it signs, and speaks HTTP."""

    def __init__(self, registrar: Registrar, secret: str, language: str = "en") -> None:
        self.registrar, self.secret, self.client, self.language = registrar, secret, Client(), language
        self._moment = time.time()

    def wait(self, seconds: float = 0) -> None:
        """Its clock: now, or a little later, so that what it signs is not what another signed in the same second."""
        self._moment = time.time() + seconds

    def ask(self, method: str, path: str, content: Any = b"", **headers: str) -> Any:
        """One request. Each a second after the other: two that are alike are two."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self._moment += 1
        given = signed(self.registrar, self.secret, method, path, body, self._moment)
        given |= {"Accept-Language": self.language, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return self.client.generic(method, path, body, content_type="application/json", headers=given)

    def push(self, content: Any = None, key: str = "paie") -> Any:
        return self.ask("PUT", f"{ROOT}/{key}", MANIFEST if content is None else content)
