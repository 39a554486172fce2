"""The directory's settings, read from the environment."""

import runpy
from pathlib import Path
from typing import Any

import ldap
import pytest
from django.core.exceptions import ImproperlyConfigured

from directory.slapd import PrivateSlapd

# Reading them a second time, under another environment, is what these tests do.
pytestmark = pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")

PRODUCTION = {
    "PARVIS_ENVIRONMENT": "production",
    "LDAP_URI": "ldaps://annuaire.ville.example",
    "LDAP_BIND_PASSWORD": "secret",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Reads the settings under an environment that holds nothing but the given variables."""

    def read_with(**variables: str) -> dict[str, Any]:
        for name in (
            "LDAP_URI",
            "LDAP_START_TLS",
            "LDAP_CA_FILE",
            "LDAP_BIND_DN",
            "LDAP_BIND_PASSWORD",
            "LDAP_BASE_DN",
        ):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PARVIS_ENVIRONMENT", "development")
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_module("directory.ldap_settings")

    return read_with


def test_nothing_said_is_no_ldap(read: Any) -> None:
    assert read()["AUTH_LDAP_SERVER_URI"] == ""


def test_private_server_is_found(read: Any, tmp_path: Path) -> None:
    server = PrivateSlapd(tmp_path / "slapd")
    settings = read()
    assert settings["AUTH_LDAP_SERVER_URI"] == server.uri
    assert settings["AUTH_LDAP_START_TLS"] is True
    assert settings["AUTH_LDAP_BIND_PASSWORD"] == server.bind_password
    assert settings["AUTH_LDAP_CONNECTION_OPTIONS"][ldap.OPT_X_TLS_CACERTFILE] == str(server.ca_file)
    assert settings["AUTH_LDAP_USER_SEARCH"].base_dn == server.base_dn


def test_private_server_is_not_for_who_says_no(read: Any, tmp_path: Path) -> None:
    PrivateSlapd(tmp_path / "slapd")
    assert read(LDAP_URI="")["AUTH_LDAP_SERVER_URI"] == ""


def test_private_server_is_never_productions(read: Any, tmp_path: Path) -> None:
    PrivateSlapd(tmp_path / "slapd")
    with pytest.raises(ImproperlyConfigured, match="LDAP_URI"):
        read(PARVIS_ENVIRONMENT="production")


@pytest.mark.parametrize("missing", ["LDAP_URI", "LDAP_BIND_PASSWORD"])
def test_production_names_what_is_missing(read: Any, missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=missing):
        read(**{**PRODUCTION, missing: ""})


def test_production_encrypts(read: Any) -> None:
    assert read(**PRODUCTION)["AUTH_LDAP_START_TLS"] is False, "ldaps:// is encrypted from the start"
    plain = {**PRODUCTION, "LDAP_URI": "ldap://annuaire.ville.example"}
    assert read(**plain)["AUTH_LDAP_START_TLS"] is True
    with pytest.raises(ImproperlyConfigured, match="LDAP_START_TLS"):
        read(**plain, LDAP_START_TLS="false")


@pytest.mark.parametrize("uri", ["ldap://a ldaps://b", "http://a", "annuaire.ville.example"])
def test_addresses_that_make_no_sense(read: Any, uri: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LDAP_URI"):
        read(**{**PRODUCTION, "LDAP_URI": uri})


def test_other_attribute_names(read: Any) -> None:
    settings = read(**PRODUCTION, LDAP_ATTRIBUTES="kind=genre,title_en=title;lang-en")
    assert settings["AUTH_LDAP_PERSON_ATTRIBUTES"]["title_en"] == "title;lang-en"
    assert "genre" in settings["AUTH_LDAP_USER_SEARCH"].attrlist
    with pytest.raises(ImproperlyConfigured, match="shoe_size"):
        read(**PRODUCTION, LDAP_ATTRIBUTES="shoe_size=pointure")


def test_filter_must_use_the_name(read: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="LDAP_PEOPLE_FILTER"):
        read(**PRODUCTION, LDAP_PEOPLE_FILTER="(uid=*)")


def test_disabled_people_are_filtered_and_members_not_fetched(read: Any) -> None:
    settings = read(**PRODUCTION)
    assert "(!(villeActif=FALSE))" in settings["AUTH_LDAP_USER_SEARCH"].filterstr
    assert "member" not in settings["AUTH_LDAP_GROUP_SEARCH"].attrlist
