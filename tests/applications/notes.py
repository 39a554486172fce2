"""What tests of links to Notes share."""

import pytest

from applications.actions import add_application
from applications.models import Application
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space

REPLICA = "C1256C1E006B1EB2"
UNID = "29DCC0C174F9C52FC1256C1F00831A06"
OTHER = "38D46BF5E8F08834852564B500129B2C"
SERVER = "Courriel01/Ville"
URL = f"notes://Courriel01%2FVille/{REPLICA}/0/{UNID}?OpenDocument"
PATH = f"/notes/{REPLICA}/{UNID}/?server=Courriel01%2FVille"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def register(host: Person) -> Space:
    """The register of applications: `host` keeps it."""
    return create_space(
        Space.Kind.UNIT,
        actor=host,
        name_fr="Applications",
        name_en="Applications",
        audience=audience_of({EVERYONE}),
    )


@pytest.fixture
def summaries(register: Space, host: Person) -> Application:
    """An application that opens in Notes."""
    return add_application(
        register,
        actor=host,
        title="Sommaires décisionnels : « 2026 »",
        title_translated="Decision summaries",
        opens_with="notes",
        notes_link=f"notes://Courriel01%2FVille/{REPLICA}",
    )


@pytest.fixture
def mail(register: Space, host: Person) -> Application:
    """Everyone's own mail."""
    return add_application(
        register,
        actor=host,
        title="Courriel",
        title_translated="Mail",
        opens_with="notes",
        notes_link="notes:///0000000000000E00",
    )


@pytest.fixture
def web(settings) -> None:
    """A city with Domino web servers."""
    settings.DOMINO_WEB_HOSTS = {"*/Ville": "https://domino.ville.example", "*": "https://notes.ville.example"}
    settings.NOTES_WEB_ADDRESSES = {
        "mail": "https://courriel.ville.example/mail",
        "verse": "https://courriel.ville.example/verse",
    }
