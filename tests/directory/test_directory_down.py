"""When the city's directory does not answer."""

import html
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import ldap
import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from directory.certificates import write_certificates
from directory.models import Person
from directory.slapd import PrivateSlapd

from .conftest import name_at, sign_in

STRONG = "neuf-mots-de-passe-au-coffre"


def emergency_administrator(monkeypatch: pytest.MonkeyPatch, password: str = STRONG, username: str = "secours") -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    call_command("emergency_administrator", "--username", username, "--password-stdin", stdout=StringIO())


@pytest.mark.django_db
def test_stopped_directory_is_not_a_wrong_password(client: Client, stopped: PrivateSlapd) -> None:
    french = sign_in(client, "eloise.lecuyer", headers={"accept-language": "fr-CA"})
    assert french.status_code == 503
    assert "L’annuaire de la Ville ne répond pas" in html.unescape(french.content.decode())
    assert "mot de passe est inexact" not in french.content.decode()
    assert 'value="eloise.lecuyer"' in french.content.decode()
    assert french.headers["Retry-After"]
    english = sign_in(client, "eloise.lecuyer", headers={"accept-language": "en"})
    assert english.status_code == 503
    assert "The City's directory does not answer" in html.unescape(english.content.decode())


@pytest.mark.django_db
def test_an_outage_locks_nobody_out(client: Client, stopped: PrivateSlapd, settings: Any) -> None:
    for _attempt in range(settings.SIGN_IN_FAILURES_PER_ACCOUNT + 2):
        assert sign_in(client, "eloise.lecuyer").status_code == 503
    stopped.start()
    assert sign_in(client, "eloise.lecuyer").status_code == 302


@pytest.mark.django_db
def test_people_already_in_go_on(client: Client, city_directory: PrivateSlapd) -> None:
    sign_in(client, "eloise.lecuyer")
    city_directory.stop()
    try:
        assert name_at(client) == "Éloïse L’Écuyer"
        assert client.get("/settings/").status_code == 200
    finally:
        city_directory.start()


@pytest.mark.django_db
def test_emergency_administrator_gets_in(
    client: Client, stopped: PrivateSlapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    emergency_administrator(monkeypatch)
    assert sign_in(client, "secours", "autre chose").status_code == 503
    assert sign_in(client, "secours", STRONG).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_renewing_the_emergency_password_ends_old_sessions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    emergency_administrator(monkeypatch)
    sign_in(client, "secours", STRONG)
    emergency_administrator(monkeypatch, "un-tout-autre-au-coffre")
    assert name_at(client) is None
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "password"), [("eloise.lecuyer", STRONG), ("secours", "court"), ("\0", STRONG)])
def test_emergency_administrator_refused(
    client: Client, city_directory: PrivateSlapd, monkeypatch: pytest.MonkeyPatch, username: str, password: str
) -> None:
    """For the name of somebody in the directory, for a weak password, for what is no name."""
    sign_in(client, "eloise.lecuyer")
    with pytest.raises(CommandError):
        emergency_administrator(monkeypatch, password, username)
    assert not Person.objects.filter(is_superuser=True).exists()


@pytest.mark.django_db
def test_wrong_authority_is_an_outage(
    client: Client, slapd: PrivateSlapd, point_at: Callable[..., None], tmp_path: Path
) -> None:
    """Whoever stands in the way with another certificate never sees a password."""
    write_certificates(tmp_path)
    point_at(slapd, ca_file=tmp_path / "ca.pem")
    assert sign_in(client, "eloise.lecuyer").status_code == 503
    assert name_at(client) is None


@pytest.mark.django_db
def test_wrong_search_account_is_an_outage(client: Client, slapd: PrivateSlapd, point_at: Callable[..., None]) -> None:
    """Ours is the fault then, not the person's."""
    point_at(slapd, password="perime")
    assert sign_in(client, "eloise.lecuyer").status_code == 503


@pytest.mark.django_db
def test_second_server_takes_over(client: Client, slapd: PrivateSlapd, point_at: Callable[..., None]) -> None:
    point_at(slapd, uri=f"ldap://127.0.0.1:9 {slapd.uri}")
    assert sign_in(client, "eloise.lecuyer").status_code == 302


def test_server_never_gets_a_password_in_clear(slapd: PrivateSlapd) -> None:
    connection = ldap.initialize(slapd.uri)
    with pytest.raises(ldap.CONFIDENTIALITY_REQUIRED):
        connection.simple_bind_s(slapd.bind_dn, slapd.bind_password)


def test_configured_limits() -> None:
    options = configured.AUTH_LDAP_CONNECTION_OPTIONS
    assert options[ldap.OPT_NETWORK_TIMEOUT] == 2
    assert options[ldap.OPT_TIMEOUT] == 4
    assert options[ldap.OPT_REFERRALS] == 0
    assert options[ldap.OPT_X_TLS_REQUIRE_CERT] == ldap.OPT_X_TLS_DEMAND
    assert list(options)[-1] == ldap.OPT_X_TLS_NEWCTX, "the TLS options before it would not take effect"


def connections_to(port: int) -> int:
    """So many lines to this port of the machine are open at its end."""
    lines = [one.split() for one in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = "0A"
    return sum(one[1].endswith(f":{port:04X}") and one[3] != listening for one in lines)


@pytest.mark.django_db(transaction=True)
def test_a_frozen_directory_is_asked_once_and_given_up(frozen: PrivateSlapd) -> None:
    """Within six seconds: two to connect and four to answer (see `test_configured_limits`)."""
    answers: list[int] = []
    before = connections_to(frozen.port)

    def ask() -> None:
        try:
            answers.append(sign_in(Client(), "eloise.lecuyer").status_code)
        finally:
            connections.close_all()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout=60)
    assert answers == [503]
    # What it never took stays on its line.
    assert connections_to(frozen.port) == before + 1
