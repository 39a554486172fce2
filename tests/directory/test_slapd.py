"""The private server itself."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldap
import pytest

from directory.ldif import DemoPerson, entries_for, person_dn
from directory.slapd import EPHEMERAL_PORTS, PrivateSlapd, SlapdError, free_port

from .conftest import GROUPS, PASSWORD, PEOPLE, UNITS


def connection_to(server: PrivateSlapd) -> Any:
    connection = ldap.initialize(server.uri)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, str(server.ca_file))
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    connection.start_tls_s()
    return connection


def names_in(server: PrivateSlapd) -> set[str]:
    connection = connection_to(server)
    connection.simple_bind_s(server.bind_dn, server.bind_password)
    found = connection.search_s(server.base_dn, ldap.SCOPE_SUBTREE, "(objectClass=villePersonne)", ["uid"])
    return {attributes["uid"][0].decode() for _dn, attributes in found}


@pytest.fixture
def own(slapd: PrivateSlapd, tmp_path: Path) -> Iterator[PrivateSlapd]:
    """A server of the test's own, in a folder whose name needs quoting."""
    server = PrivateSlapd(tmp_path / "l'annuaire privé")
    yield server
    server.stop()


def test_restart_keeps_data_port_and_secrets(own: PrivateSlapd) -> None:
    assert not own.has_data
    own.load(entries_for(PEOPLE, UNITS, GROUPS))
    own.start()
    before = names_in(own)
    assert "eloise.lecuyer" in before
    own.stop()
    assert not own.running
    again = PrivateSlapd(own.folder)
    assert again.has_data
    assert (again.uri, again.bind_password) == (own.uri, own.bind_password)
    again.start()
    try:
        assert names_in(again) == before
    finally:
        again.stop()


def test_server_left_by_another_process_is_found_and_stopped(own: PrivateSlapd) -> None:
    own.start()
    other = PrivateSlapd(own.folder)
    assert other.running
    other.start()
    assert names_in(other) == set()
    other.stop()
    assert not own.running


def test_stale_pid_is_nobodys(own: PrivateSlapd) -> None:
    (own.folder / "slapd.pid").write_text(str(os.getpid()))
    assert not own.running
    own.stop()
    own.start()
    assert own.running


def test_taken_port_is_replaced(own: PrivateSlapd) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", own.port))
        squatter.listen()
        taken = own.port
        own.start()
    assert own.port != taken
    assert PrivateSlapd(own.folder).uri == own.uri
    assert names_in(own) == set()


def test_no_outgoing_connection_takes_a_free_port() -> None:
    first = int(EPHEMERAL_PORTS.read_text().split()[0])
    assert all(1024 <= free_port() < first for _one in range(50))


def test_load_replaces_and_a_refused_load_leaves_nothing(own: PrivateSlapd) -> None:
    own.load(entries_for([DemoPerson("premier", "Pre", "Mier")], [], []))
    own.load(entries_for([DemoPerson("second", "Se", "Cond")], [], []))
    own.start()
    assert names_in(own) == {"second"}
    with pytest.raises(SlapdError, match="stop the server"):
        own.load([])
    own.stop()
    with pytest.raises(SlapdError, match="nImporteQuoi"):
        own.load(["dn: uid=x,ou=people,dc=ville,dc=example\nobjectClass: nImporteQuoi\nuid: x\n\n"])
    assert not own.has_data


def test_secrets_are_readable_by_their_owner_alone(slapd: PrivateSlapd) -> None:
    for name in ("settings.env", "slapd.conf", "server.key"):
        assert stat.S_IMODE((slapd.folder / name).stat().st_mode) == 0o600, name
    assert slapd.bind_password not in (slapd.folder / "slapd.conf").read_text()
    assert PASSWORD not in (slapd.folder / "slapd.conf").read_text()


def test_search_account_reads_everything_but_passwords(slapd: PrivateSlapd) -> None:
    connection = connection_to(slapd)
    connection.simple_bind_s(slapd.bind_dn, slapd.bind_password)
    ((_dn, attributes),) = connection.search_s(person_dn("eloise.lecuyer"), ldap.SCOPE_BASE, attrlist=["*", "+"])
    assert attributes["villeTitreEn"] == [b"Librarian"]
    assert "userPassword" not in attributes
    assert connection.search_s(slapd.base_dn, ldap.SCOPE_SUBTREE, "(userPassword=*)") == []
    with pytest.raises(ldap.INSUFFICIENT_ACCESS):
        connection.modify_s(person_dn("eloise.lecuyer"), [(ldap.MOD_REPLACE, "title", [b"Mairesse"])])


def test_search_account_is_not_stopped_at_five_hundred(own: PrivateSlapd) -> None:
    own.load(entries_for((DemoPerson(f"p{number}", "P", "N") for number in range(600)), [], []))
    own.start()
    assert len(names_in(own)) == 600


@pytest.mark.parametrize("who", ["nobody", "person"])
def test_others_read_nothing(slapd: PrivateSlapd, who: str) -> None:
    connection = connection_to(slapd)
    if who == "person":
        connection.simple_bind_s(person_dn("eloise.lecuyer"), PASSWORD)
    with pytest.raises((ldap.NO_SUCH_OBJECT, ldap.INSUFFICIENT_ACCESS)):
        connection.search_s(slapd.base_dn, ldap.SCOPE_SUBTREE, "(uid=*)")


def test_groups_online_are_seen_from_their_members(slapd: PrivateSlapd) -> None:
    """The overlay works for what is added while it runs; what was loaded in bulk is looked up from the group."""
    connection = connection_to(slapd)
    connection.simple_bind_s(slapd.bind_dn, slapd.bind_password)
    member = f"(&(objectClass=groupOfNames)(member={person_dn('eloise.lecuyer')}))"
    found = connection.search_s(slapd.base_dn, ldap.SCOPE_SUBTREE, member, ["cn"])
    assert {attributes["cn"][0] for _dn, attributes in found} == {b"gestionnaires", b"bibliothecaires"}


def test_syncrepl_is_offered(slapd: PrivateSlapd) -> None:
    connection = connection_to(slapd)
    connection.simple_bind_s(slapd.bind_dn, slapd.bind_password)
    ((_dn, root),) = connection.search_s("", ldap.SCOPE_BASE, attrlist=["supportedControl"])
    assert b"1.3.6.1.4.1.4203.1.9.1.1" in root["supportedControl"]
    ((_dn, base),) = connection.search_s(slapd.base_dn, ldap.SCOPE_BASE, attrlist=["contextCSN"])
    assert base["contextCSN"]
