"""A real OpenLDAP server, on its own port, with a small city in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ldap
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_auth_ldap.config import LDAPSearch

from directory import actions
from directory.ldif import DemoGroup, DemoPerson, DemoUnit, entries_for, person_dn, ssha
from directory.models import Person, Unit
from directory.slapd import PrivateSlapd
from tests.conftest import forget_cache
from tests.parts import refuse

PASSWORD = "un-mot-de-passe-de-la-ville"
SHARED = ssha(PASSWORD)

UNITS = [
    DemoUnit("VM", "Ville de Montréal", "City of Montréal", "city"),
    DemoUnit("PMR", "Le Plateau-Mont-Royal", "Le Plateau-Mont-Royal", "borough", "VM"),
    DemoUnit("PMR-BIB", "Bibliothèques", "Libraries", "division", "PMR"),
]
GROUPS = [
    DemoGroup("gestionnaires", "Gestionnaires", "Managers"),
    DemoGroup("bibliothecaires", "Bibliothécaires", "Librarians"),
    DemoGroup("vide", "Groupe vide"),
]


def someone(username: str, **fields: Any) -> DemoPerson:
    values: dict[str, Any] = {
        "given_name": "Éloïse",
        "family_name": "L’Écuyer",
        "title_fr": "Bibliothécaire",
        "title_en": "Librarian",
        "unit_code": "PMR-BIB",
        "email": f"{username}@ville.example",
        "phone": "514 555-0199",
        "employee_number": f"9{len(username):05}",
        "password": SHARED,
    }
    return DemoPerson(username=username, **{**values, **fields})


PEOPLE = [
    someone("marc.tremblay", given_name="Marc", family_name="Tremblay", groups=["gestionnaires"]),
    someone("eloise.lecuyer", manager_username="marc.tremblay", groups=["bibliothecaires", "gestionnaires"]),
    someone("john.smith", given_name="John", family_name="Smith", language="en", kind="external", unit_code=""),
    someone("ada.elue", kind="elected", unit_code="NULLE-PART"),
    someone("parti.hier", is_active=False),
    someone("sans.passe", password=""),
    someone("renomme.avant"),
    someone('virgule,"bizarre"'),
]


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateSlapd]:
    """The running server."""
    if not PrivateSlapd.is_installed():
        refuse("slapd is not on this machine: install Debian's package slapd")
    server = PrivateSlapd(tmp_path_factory.mktemp("slapd"))
    server.load(entries_for(PEOPLE, UNITS, GROUPS))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    """Failures of one test do not lock out the next."""
    forget_cache()
    yield
    forget_cache()


@pytest.fixture(autouse=True)
def plain_settings(settings: Any) -> None:
    """Without `city_directory` there is no LDAP, whatever this machine's environment says; and hashing is quick."""
    settings.AUTH_LDAP_SERVER_URI = ""
    settings.TRUSTED_PROXIES = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def point_at(settings: Any) -> Callable[..., None]:
    """Points the settings at a server, with its certificate authority or another one."""

    def point(server: PrivateSlapd, *, uri: str = "", ca_file: Path | None = None, password: str = "") -> None:
        settings.AUTH_LDAP_SERVER_URI = uri or server.uri
        settings.AUTH_LDAP_START_TLS = True
        settings.AUTH_LDAP_BIND_DN = server.bind_dn
        settings.AUTH_LDAP_BIND_PASSWORD = password or server.bind_password
        # The configured ones, timeouts included; only the authority is this server's. NEWCTX stays last.
        options = dict(settings.AUTH_LDAP_CONNECTION_OPTIONS)
        new_context = options.pop(ldap.OPT_X_TLS_NEWCTX)
        options[ldap.OPT_X_TLS_CACERTFILE] = str(ca_file or server.ca_file)
        options[ldap.OPT_X_TLS_NEWCTX] = new_context
        settings.AUTH_LDAP_CONNECTION_OPTIONS = options
        for name in ("USER_SEARCH", "GROUP_SEARCH"):
            search = getattr(settings, f"AUTH_LDAP_{name}")
            at_base = LDAPSearch(server.base_dn, ldap.SCOPE_SUBTREE, search.filterstr, search.attrlist)
            setattr(settings, f"AUTH_LDAP_{name}", at_base)

    return point


@pytest.fixture
def city_directory(slapd: PrivateSlapd, point_at: Callable[..., None]) -> PrivateSlapd:
    """The portal asks the running server."""
    point_at(slapd)
    return slapd


@pytest.fixture
def stopped(city_directory: PrivateSlapd) -> Iterator[PrivateSlapd]:
    """The portal asks a server that is down."""
    city_directory.stop()
    yield city_directory
    city_directory.start()


@pytest.fixture
def frozen(city_directory: PrivateSlapd) -> Iterator[PrivateSlapd]:
    """The portal asks a server that accepts connections and says nothing."""
    city_directory.freeze()
    yield city_directory
    city_directory.thaw()


@pytest.fixture
def units(db: None) -> dict[str, Unit]:
    """The city's units, by code."""
    city = actions.create_unit("VM", "Ville de Montréal", name_en="City of Montréal", kind="city")
    borough = actions.create_unit("PMR", "Le Plateau-Mont-Royal", kind="borough", parent=city)
    division = actions.create_unit("PMR-BIB", "Bibliothèques", name_en="Libraries", kind="division", parent=borough)
    return {"VM": city, "PMR": borough, "PMR-BIB": division}


@contextmanager
def changed_entry(server: PrivateSlapd, dn: str, **values: bytes | None) -> Iterator[None]:
    """Changes attributes of an entry for a while, as a directory administrator would."""
    administrator = administrator_of(server)
    before = administrator.search_s(dn, ldap.SCOPE_BASE, attrlist=list(values))[0][1]
    administrator.modify_s(dn, [(ldap.MOD_REPLACE, name, value) for name, value in values.items()])
    try:
        yield
    finally:
        administrator.modify_s(dn, [(ldap.MOD_REPLACE, name, before.get(name)) for name in values])
        administrator.unbind_s()


def administrator_of(server: PrivateSlapd) -> Any:
    """A connection that may change the directory."""
    administrator = ldap.initialize(server.uri)
    administrator.set_option(ldap.OPT_X_TLS_CACERTFILE, str(server.ca_file))
    administrator.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    administrator.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    administrator.start_tls_s()
    administrator.simple_bind_s(server.admin_dn, server.admin_password)
    return administrator


def sign_in(client: Client, username: str, password: str = PASSWORD, **options: Any) -> Any:
    """Fill in the sign-in form. `options`: `next`, and headers for the test client."""
    data = {"username": username, "password": password}
    if "next" in options:
        data["next"] = options.pop("next")
    return client.post("/sign-in/", data, **options)


def name_at(client: Client) -> str | None:
    """Who the portal takes the client for; None when it asks to sign in."""
    response = client.get("/health/hello")
    return response.content.decode() if response.status_code == 200 else None


def local_person(username: str = "claire", password: str = PASSWORD, **fields: Any) -> Person:
    """A person with a password of the portal's own."""
    names = {"given_name": "Claire", "family_name": "Gagné"}
    return actions.create_person(username=username, password=password, **{**names, **fields})


def queries_of(client: Client, address: str) -> int:
    """How many queries the page at `address` costs, which must be found."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


__all__ = [
    "PASSWORD",
    "administrator_of",
    "changed_entry",
    "local_person",
    "name_at",
    "person_dn",
    "queries_of",
    "sign_in",
]
