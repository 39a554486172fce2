"""The sync with other directories: the names of Active Directory and of Domino, servers without syncrepl."""

import itertools
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ldap
import pytest
from django.test import Client

from directory.ldif import entries_for, entry, person_dn
from directory.models import Group, Person, Position, SyncRun, SyncState, Unit
from directory.slapd import PrivateSlapd
from directory.sync.source import Source
from directory.sync.watch import SyncThread
from tests.parts import refuse

from .conftest import SHARED, administrator_of, name_at, sign_in
from .servers import OtherSlapd, configure
from .test_photos import image_bytes
from .test_sync import GROUPS, PEOPLE, STAFF, UNITS, counted, replace, sync, who

# Reading the settings a second time, under another environment, is what these tests do.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")]

BASE = PrivateSlapd.base_dn
NORMAL, DISABLED, DISABLED_WITHOUT_EXPIRY = 512, 514, 66050


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Callable[..., OtherSlapd]]:
    """Starts a server with these entries, which the portal then reads by these variables."""
    if not PrivateSlapd.is_installed():
        refuse("slapd is not on this machine: install Debian's package slapd")
    started: list[OtherSlapd] = []

    def served(ldif: Iterable[str], schema: str = "", *, pretends: bool = False, **variables: str) -> OtherSlapd:
        server = OtherSlapd(tmp_path / "slapd", schema, pretends=pretends)
        server.load(ldif)
        server.start()
        started.append(server)
        configure(server, monkeypatch, settings, **variables)
        return server

    yield served
    for server in started:
        server.stop()


class Administrator:
    """Changes a directory as its own tools do: each change is dated, where the server does not date by itself.

    `dated`: the attribute that says when an entry changed; empty where slapd's own is read.
    """

    moments = itertools.count()

    def __init__(self, server: PrivateSlapd, dated: str = "") -> None:
        self.connection, self.dated = administrator_of(server), dated

    def now(self) -> bytes:
        """A moment later than the last one."""
        moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(minutes=next(self.moments))
        return f"{moment:%Y%m%d%H%M%S}.0Z".encode()

    def change(self, dn: str, **values: Any) -> None:
        """Replace attributes; None takes one away."""
        if self.dated:
            values[self.dated] = self.now()
        changes = [(ldap.MOD_REPLACE, name, _bytes(value)) for name, value in values.items()]
        self.connection.modify_s(dn, changes)

    def add(self, dn: str, **values: Any) -> None:
        if self.dated:
            values[self.dated] = self.now()
        self.connection.add_s(dn, [(name, _bytes(value)) for name, value in values.items()])

    def delete(self, dn: str) -> None:
        self.connection.delete_s(dn)

    def rename(self, dn: str, first: str, *, is_dated: bool = True) -> str:
        """Answers the new name. `is_dated`: the entry itself; what is below it keeps its date."""
        self.connection.rename_s(dn, first)
        new = f"{first},{dn.partition(',')[2]}"
        if self.dated and is_dated:
            self.change(new)
        return new


def _bytes(value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return value
    return [one.encode() for one in value] if isinstance(value, list) else str(value).encode()


# -- Active Directory --------------------------------------------------------------------------------------------------
CITY = f"OU=Ville,{BASE}"
PLATEAU, VERDUN = f"OU=PMR,{CITY}", f"OU=VER,{CITY}"
LIBRARIES, ACCOUNTS = f"OU=PMR-BIB,{PLATEAU}", f"OU=Comptes,{BASE}"
MARC, ELOISE = f"CN=Tremblay\\, Marc,{PLATEAU}", f"CN=L’Écuyer\\, Éloïse,{LIBRARIES}"
MANAGERS, EVERYBODY = f"CN=gestionnaires,OU=Groupes,{BASE}", f"CN=tous,OU=Groupes,{BASE}"
PHOTO = image_bytes(size=(96, 96))
# When nearly everything was entered, and the last thing.
LOADED, LATEST = "20260101080000.0Z", "20260102080000.0Z"


def ad_key(name: str) -> bytes:
    """An objectGUID: sixteen bytes, in the order Microsoft writes them."""
    return uuid.uuid5(uuid.NAMESPACE_OID, name).bytes_le


def ad_agent(number: int) -> str:
    return f"CN=Agent {number:02},{ACCOUNTS}"


def ad_user(dn: str, account: str, **values: Any) -> str:
    known = {
        "objectClass": ["user", "adEntry"], "objectGUID": ad_key(account), "objectCategory": "person",
        "whenChanged": LOADED, "sAMAccountName": account, "userAccountControl": str(NORMAL), "userPassword": SHARED,
        "cn": account, "sn": "Agent", "givenName": "Alix", "mail": f"{account}@ville.example",
    }  # fmt: skip
    return entry(dn, **known | values)


def ad_unit(dn: str, code: str, french: str, **values: Any) -> str:
    known = {
        "objectClass": ["organizationalUnit", "adEntry"], "objectGUID": ad_key(f"ou {code}"), "whenChanged": LOADED,
        "ou": code, "description": french,
    }  # fmt: skip
    return entry(dn, **known | values)


def ad_group(dn: str, name: str, members: list[str], **values: Any) -> str:
    known = {"objectClass": ["group", "adEntry"], "objectGUID": ad_key(f"cn {name}"), "whenChanged": LOADED, "cn": name}
    return entry(dn, **known | {"description": name.title(), "member": members} | values)


def active_directory() -> Iterator[str]:
    yield ad_unit(CITY, "Ville", "Ville de Montréal", displayName="City of Montréal", extensionAttribute3="ville")
    yield ad_unit(PLATEAU, "PMR", "Le Plateau-Mont-Royal", extensionAttribute3="arrondissement", managedBy=MARC)
    yield ad_unit(LIBRARIES, "PMR-BIB", "Bibliothèques", displayName="Libraries", managedBy=ELOISE)
    yield ad_unit(VERDUN, "VER", "Verdun", extensionAttribute3="arrondissement")
    # Not units of the city: they lie beside its tree.
    yield ad_unit(ACCOUNTS, "Comptes", "Comptes")
    yield ad_unit(f"OU=Groupes,{BASE}", "Groupes", "Groupes")
    yield ad_unit(f"OU=Postes,{BASE}", "Postes", "Postes de travail")
    yield ad_user(
        MARC, "MTremblay", cn="Tremblay, Marc", givenName="Marc", sn="Tremblay", department="PMR",
        title="Chef de division", extensionAttribute1="Division Head", telephoneNumber="514 555-0101",
        displayName="Tremblay, Marc", thumbnailPhoto=PHOTO,
    )  # fmt: skip
    yield ad_user(
        ELOISE, "elecuyer", cn="L’Écuyer, Éloïse", givenName="Éloïse", sn="L’Écuyer", department="PMR-BIB",
        manager=MARC, title="Bibliothécaire", extensionAttribute2="Eloise L'Ecuyer/PMR/Ville", employeeNumber="900001",
        physicalDeliveryOfficeName="Édifice de la place Dupuis", roomNumber="2.10", mobile="514 555-0177",
    )  # fmt: skip
    yield ad_user(
        f"CN=Ada,{VERDUN}", "aelue", extensionAttribute3="élue", l="VER", preferredLanguage="en-CA", whenChanged=LATEST
    )
    yield ad_user(f"CN=Parti,{VERDUN}", "parti", userAccountControl=str(DISABLED))
    yield ad_user(f"CN=Parti aussi,{VERDUN}", "partiaussi", userAccountControl=str(DISABLED_WITHOUT_EXPIRY))
    for number in range(8):
        yield ad_user(ad_agent(number), f"agent{number:02}", department="VER", manager=ELOISE)
    # A computer is a user too, of another category; a contact is a person who cannot sign in.
    yield ad_user(f"CN=PC-1,OU=Postes,{BASE}", "PC-1$", objectClass=["computer", "adEntry"], objectCategory="computer")
    yield entry(
        f"CN=Fournisseur,{VERDUN}", objectClass=["contact", "adEntry"], cn="Fournisseur", sn="Fournisseur",
        objectGUID=ad_key("contact"), objectCategory="person", whenChanged=LOADED,
    )  # fmt: skip
    yield ad_group(MANAGERS, "gestionnaires", [MARC], displayName="Managers")
    yield ad_group(EVERYBODY, "tous", [MANAGERS, ELOISE, ad_agent(0), f"CN=PC-1,OU=Postes,{BASE}"])


@pytest.fixture
def ad(serve: Callable[..., OtherSlapd]) -> OtherSlapd:
    return serve(active_directory(), "ad", LDAP_PRESET="ad", LDAP_UNITS_BASE_DN=CITY)


@pytest.fixture
def tools(ad: OtherSlapd) -> Administrator:
    return Administrator(ad, "whenChanged")


def members_of(name: str) -> set[str]:
    return set(Group.objects.get(ldap_name=name).members.values_list("username", flat=True))


def test_ad_is_read_right(ad: OtherSlapd) -> None:
    status, run = sync()
    assert (status, run.mode, run.state) == (0, "full", "done")
    assert counted(run, "people_added", "units_added", "groups_added", "problems") == [11, 4, 2, 0]
    assert set(Person.objects.values_list("username", flat=True)) == {
        *("mtremblay", "elecuyer", "aelue"),
        *(f"agent{number:02}" for number in range(8)),
    }
    marc, eloise, ada = who("mtremblay"), who("elecuyer"), who("aelue")
    assert marc.entry_uuid == uuid.uuid5(uuid.NAMESPACE_OID, "MTremblay")
    assert (marc.given_name, marc.family_name) == ("Marc", "Tremblay")
    assert (marc.title_fr, marc.title_en, marc.phone) == ("Chef de division", "Division Head", "514 555-0101")
    assert marc.photo_id and not eloise.photo_id
    assert (eloise.notes_name, eloise.employee_number) == ("Eloise L'Ecuyer/PMR/Ville", "900001")
    assert (eloise.site, eloise.room, eloise.mobile) == ("Édifice de la place Dupuis", "2.10", "514 555-0177")
    assert (ada.kind, ada.language, ada.borough.code) == ("elected", "en", "VER")
    # The tree of units is that of the names.
    units = {one.code: one for one in Unit.objects.all()}
    assert units.keys() == {"Ville", "PMR", "PMR-BIB", "VER"}
    assert (units["Ville"].kind, units["PMR"].kind, units["PMR-BIB"].kind) == ("city", "borough", "division")
    assert (units["PMR-BIB"].name_fr, units["PMR-BIB"].name_en) == ("Bibliothèques", "Libraries")
    assert units["PMR-BIB"].path == f"/{units['Ville'].pk}/{units['PMR'].pk}/{units['PMR-BIB'].pk}/"
    heads = Position.objects.current().heads()
    assert {(one.unit.code, one.person.username) for one in heads} == {("PMR", "mtremblay"), ("PMR-BIB", "elecuyer")}
    assert eloise.unit == units["PMR-BIB"] and eloise.borough == units["PMR"]
    # Managers are named by their whole name, which holds a comma.
    assert eloise.manager == marc and marc.is_manager and who("agent03").manager == eloise
    assert members_of("gestionnaires") == {"mtremblay"}
    assert members_of("tous") == {"mtremblay", "elecuyer", "agent00"}
    status, run = sync()
    assert (status, run.mode) == (0, "changes")
    # Whoever has the newest date is read again: others may have got it since.
    assert counted(run, "people_read", "people_changed", "problems") == [1, 0, 0]


def test_ad_changes(ad: OtherSlapd, tools: Administrator, client: Client) -> None:
    sync()
    sign_in(client, "agent03")
    assert name_at(client) is not None
    eloise = who("elecuyer")
    tools.change(ELOISE, telephoneNumber="514 555-0123", department="VER", manager=None)
    tools.add(
        ad_agent(20), objectClass=["user", "adEntry"], objectGUID=ad_key("agent20"), objectCategory="person",
        sAMAccountName="agent20", cn="Agent 20", sn="Agent", department="PMR", userAccountControl=NORMAL,
    )  # fmt: skip
    tools.change(tools.rename(ad_agent(1), "CN=Mariée"), sn="Mariée", sAMAccountName="agent01.nouveau")
    tools.change(ad_agent(3), userAccountControl=DISABLED)
    tools.change(ad_agent(4), userAccountControl=DISABLED_WITHOUT_EXPIRY)
    tools.delete(ad_agent(5))
    # Another category is another filter's.
    tools.change(ad_agent(6), objectCategory="computer")
    tools.change(EVERYBODY, member=[MANAGERS, ad_agent(2)])
    tools.change(LIBRARIES, description="Bibliothèques et maison de la culture")
    status, run = sync()
    assert (status, run.mode) == (0, "changes")
    assert counted(run, "people_added", "people_left", "units_changed", "groups_changed") == [1, 4, 1, 1]
    after = who("elecuyer")
    assert after.pk == eloise.pk and after.phone == "514 555-0123" and after.unit.code == "VER"
    assert after.manager is None and not who("mtremblay").is_manager
    assert who("agent01.nouveau").family_name == "Mariée" and who("agent20").unit.code == "PMR"
    for number in (3, 4, 5, 6):
        assert not who(f"agent{number:02}").is_active, number
    assert name_at(client) is None
    sign_in(client, "agent03")
    assert name_at(client) is None, "a disabled account signs in no more"
    assert members_of("tous") == {"mtremblay", "agent02"}
    tools.change(ad_agent(3), userAccountControl=NORMAL)
    tools.change(ad_agent(6), objectCategory="person")
    _status, run = sync()
    assert run.counts["people_returned"] == 2 and who("agent03").is_active and who("agent06").is_active


def test_ad_signing_in_and_the_sync_agree(ad: OtherSlapd, client: Client) -> None:
    """Whoever comes first: one person, and nothing for the other to change."""
    sign_in(client, "MTREMBLAY")
    assert name_at(client) is not None
    marc = who("mtremblay")
    _status, run = sync()
    assert counted(run, "people_added", "units_added", "groups_added") == [10, 4, 1]
    assert who("mtremblay").pk == marc.pk and members_of("gestionnaires") == {"mtremblay"}
    digest = who("mtremblay").ldap_digest
    other = Client()
    sign_in(other, "mtremblay")
    assert name_at(other) is not None and who("mtremblay").ldap_digest == digest
    _status, run = sync("--full")
    assert counted(run, "people_changed", "people_added", "groups_changed") == [0, 0, 0]
    for name in ("parti", "partiaussi"):
        refused = Client()
        sign_in(refused, name)
        assert name_at(refused) is None and not Person.objects.filter(username=name).exists()


def test_ad_a_branch_renamed_dates_nobody_below_it(ad: OtherSlapd, tools: Administrator) -> None:
    """The names of everybody below change, and with them those in groups; their entries are not dated."""
    sync()
    new = tools.rename(ACCOUNTS, "OU=Personnel")
    tools.connection.modify_s(EVERYBODY, [(ldap.MOD_REPLACE, "member", _bytes([MANAGERS, f"CN=Agent 00,{new}"]))])
    status, run = sync()
    assert (status, run.counts["people_left"]) == (0, 0)
    assert who("agent00").ldap_dn == f"cn=agent 00,{new}".lower()
    # The group changes for another reason: nobody is lost whom it names anew.
    tools.change(EVERYBODY, description="Tout le monde")
    sync()
    assert members_of("tous") == {"mtremblay", "agent00"}


def test_ad_whom_a_group_lets_in_is_read_although_not_dated(
    serve: Callable[..., OtherSlapd], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A filter by group, as many cities have: who joins it or is taken out has the same date as before."""
    wanted = "(&(objectCategory=person)(objectClass=user)(!(roomNumber=hors)))"
    server = serve(active_directory(), "ad", LDAP_PRESET="ad", LDAP_UNITS_BASE_DN=CITY, LDAP_SYNC_PEOPLE_FILTER=wanted)
    tools = Administrator(server, "whenChanged")
    undated = tools.connection.modify_s
    undated(ad_agent(1), [(ldap.MOD_REPLACE, "roomNumber", b"hors")])
    sync()
    assert not Person.objects.filter(username="agent01").exists()
    undated(ad_agent(1), [(ldap.MOD_REPLACE, "roomNumber", None)])
    undated(ad_agent(2), [(ldap.MOD_REPLACE, "roomNumber", b"hors")])
    _status, run = sync()
    assert counted(run, "people_added", "people_left") == [1, 1] and who("agent01").is_active
    undated(ad_agent(2), [(ldap.MOD_REPLACE, "roomNumber", None)])
    _status, run = sync("--dry-run")
    assert run.counts["people_returned"] == 1 and not who("agent02").is_active
    _status, run = sync()
    assert run.counts["people_returned"] == 1 and who("agent02").is_active
    _status, run = sync()
    assert counted(run, "people_read", "people_changed", "problems") == [run.counts["people_unchanged"], 0, 0]


# -- Domino ------------------------------------------------------------------------------------------------------------
def unid(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, name).hex.upper()


DOMINO_MARC, DOMINO_ELOISE = f"CN=Marc Tremblay,OU=PMR,{BASE}", f"CN=Eloise L'Ecuyer,OU=PMR,{BASE}"
DOMINO_GROUP = f"CN=gestionnaires,{BASE}"


def domino_person(dn: str, short_name: str, **values: Any) -> str:
    known = {
        "objectClass": "dominoPerson", "dominoUNID": unid(short_name), "uid": short_name, "cn": short_name,
        "sn": "Agent", "givenName": "Alix", "mail": f"{short_name}@ville.example", "userPassword": SHARED,
    }  # fmt: skip
    return entry(dn, **known | values)


def domino() -> Iterator[str]:
    for code, french in (("PMR", "Le Plateau-Mont-Royal"), ("VER", "Verdun")):
        yield entry(
            f"OU={code},{BASE}", objectClass=["organizationalUnit", "dominoEntry"], ou=code, description=french,
            dominoUNID=unid(f"ou {code}"),
        )  # fmt: skip
    yield domino_person(
        DOMINO_MARC, "mtremblay", cn="Marc Tremblay", givenName="Marc", sn="Tremblay", department="PMR",
        jobTitle="Chef de division", officePhoneNumber="514 555-0101", employeeID="900002",
    )  # fmt: skip
    yield domino_person(
        DOMINO_ELOISE, "elecuyer", cn="Eloise L'Ecuyer", givenName="Éloïse", sn="L’Écuyer", department="VER",
        manager=DOMINO_MARC, officeStreetAddress="Édifice de la place Dupuis", location="VER",
    )  # fmt: skip
    for number in range(7):
        yield domino_person(f"CN=Agent {number:02},OU=VER,{BASE}", f"agent{number:02}", department="VER")
    yield entry(
        DOMINO_GROUP, objectClass=["groupOfNames", "dominoEntry"], dominoUNID=unid("cn gestionnaires"),
        cn="gestionnaires", description="Gestionnaires", member=[DOMINO_MARC, f"CN=Agent 00,OU=VER,{BASE}"],
    )  # fmt: skip


def test_domino_is_read_right_and_followed(serve: Callable[..., OtherSlapd], client: Client) -> None:
    server = serve(domino(), "domino", LDAP_PRESET="domino", LDAP_DISABLED="employeeType=inactif")
    status, run = sync()
    assert (status, run.mode) == (0, "full")
    assert counted(run, "people_added", "units_added", "groups_added", "problems") == [9, 2, 1, 0]
    marc, eloise = who("mtremblay"), who("elecuyer")
    assert marc.entry_uuid == uuid.uuid5(uuid.NAMESPACE_OID, "mtremblay")
    assert (marc.title_fr, marc.title_en, marc.phone) == ("Chef de division", "", "514 555-0101")
    assert (marc.notes_name, marc.employee_number, marc.unit.code) == ("Marc Tremblay", "900002", "PMR")
    assert eloise.manager == marc and marc.is_manager and eloise.site == "Édifice de la place Dupuis"
    assert Unit.objects.get(code="VER").name_fr == "Verdun"
    assert members_of("gestionnaires") == {"mtremblay", "agent00"}
    sign_in(client, "mtremblay")
    assert name_at(client) is not None
    tools = Administrator(server)
    tools.change(DOMINO_ELOISE, officePhoneNumber="514 555-0123", department="PMR")
    tools.change(f"CN=Agent 01,OU=VER,{BASE}", employeeType="inactif")
    tools.delete(f"CN=Agent 02,OU=VER,{BASE}")
    tools.change(DOMINO_GROUP, member=[DOMINO_MARC, DOMINO_ELOISE])
    tools.add(
        f"CN=Agent 20,OU=VER,{BASE}", objectClass="dominoPerson", dominoUNID=unid("agent20"), uid="agent20",
        cn="Agent 20", sn="Agent", department="VER", mail="agent20@ville.example",
    )  # fmt: skip
    status, run = sync()
    assert (status, run.mode) == (0, "changes")
    assert counted(run, "people_added", "people_left", "groups_changed", "problems") == [1, 2, 1, 0]
    assert who("elecuyer").phone == "514 555-0123" and who("elecuyer").unit.code == "PMR"
    assert not who("agent01").is_active and not who("agent02").is_active and who("agent20").unit.code == "VER"
    assert members_of("gestionnaires") == {"mtremblay", "elecuyer"}


# -- OpenLDAP without syncrepl -----------------------------------------------------------------------------------------
@pytest.fixture(params=[False, True], ids=["not offered", "not for this database"])
def plain(serve: Callable[..., OtherSlapd], request: pytest.FixtureRequest) -> OtherSlapd:
    return serve(entries_for(PEOPLE, UNITS, GROUPS), pretends=request.param)


def test_without_syncrepl_every_kind_of_change_is_found(plain: OtherSlapd, client: Client) -> None:
    with Source() as source:
        assert not source.offers_syncrepl
    status, run = sync()
    assert (status, run.mode) == (0, "full")
    assert counted(run, "people_added", "units_added", "groups_added") == [32, 4, 1]
    assert SyncState.objects.get().modified and not SyncState.objects.get().cookie
    sign_in(client, "agent05")
    assert name_at(client) is not None
    change = Administrator(plain).connection
    replace(change, "eloise.lecuyer", telephoneNumber="514 555-0123", departmentNumber="VER")
    change.rename_s(person_dn("agent00"), "uid=nouveau.nom")
    change.add_s(
        person_dn("toute.nouvelle"),
        [
            ("objectClass", [b"inetOrgPerson", b"villePersonne"]),
            *((name, value.encode()) for name, value in (("uid", "toute.nouvelle"), ("cn", "T"), ("sn", "Nouvelle"))),
        ],
    )
    change.delete_s(person_dn("agent05"))
    replace(change, "agent06", villeActif="FALSE")
    # Out of the filter.
    change.modify_s(
        person_dn("agent07"),
        [(ldap.MOD_DELETE, name, None) for name in ("villeGenre", "villeMatricule", "villeActif", "villeTitreEn")]
        + [(ldap.MOD_DELETE, "objectClass", b"villePersonne")],
    )
    change.delete_s(f"ou=VER,ou=units,{BASE}")
    change.modify_s(f"cn=gestionnaires,ou=groups,{BASE}", [(ldap.MOD_ADD, "member", person_dn("agent08").encode())])
    status, run = sync()
    assert (status, run.mode) == (0, "changes")
    assert counted(run, "people_added", "people_left", "units_gone") == [1, 3, 1]
    assert who("eloise.lecuyer").phone == "514 555-0123" and who("nouveau.nom").family_name == "Agent 00"
    for name in ("agent05", "agent06", "agent07"):
        assert not who(name).is_active, name
    assert name_at(client) is None
    assert members_of("gestionnaires") == {"marc.tremblay", "agent08"}
    replace(change, "agent06", villeActif="TRUE")
    change.delete_s(f"cn=gestionnaires,ou=groups,{BASE}")
    _status, run = sync()
    assert counted(run, "people_returned", "groups_gone") == [1, 1] and who("agent06").is_active


def test_without_syncrepl_the_guard_and_dry_runs_hold(plain: OtherSlapd) -> None:
    sync()
    change = Administrator(plain).connection
    modified = SyncState.objects.get().modified
    for name in STAFF[:8]:
        change.delete_s(person_dn(name))
    replace(change, "agent20", telephoneNumber="514 555-0777")
    status, run = sync("--dry-run", "--force")
    assert (status, run.counts["people_left"], run.counts["people_changed"]) == (0, 8, 1)
    assert who("agent20").phone != "514 555-0777" and SyncState.objects.get().modified == modified
    status, run = sync()
    assert (status, run.state) == (2, "refused")
    assert who("agent00").is_active and who("agent20").phone == "514 555-0777"
    assert SyncState.objects.get().modified == modified
    status, run = sync("--force")
    assert (status, run.counts["people_left"]) == (0, 8)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("interval", [0.2, 600])
def test_without_syncrepl_a_watch_looks_from_time_to_time(
    serve: Callable[..., OtherSlapd], settings: Any, monkeypatch: pytest.MonkeyPatch, interval: float
) -> None:
    plain = serve(entries_for(PEOPLE, UNITS, GROUPS))
    settings.LDAP_SYNC_INTERVAL = interval
    monkeypatch.setattr("directory.sync.watch.NOTE", 0.2)
    sync()
    thread = SyncThread()
    thread.start()
    tick = threading.Event()

    def until(is_so: Callable[[], bool]) -> bool:
        return any(is_so() or tick.wait(0.05) for _try in range(600))

    try:
        if interval > 1:
            # Between two looks far apart it is known to be there all the same.
            for _time in range(2):
                assert until(lambda: SyncState.objects.get().watched is not None)
                SyncState.objects.update(watched=None)
            return
        change = Administrator(plain).connection
        replace(change, "agent24", telephoneNumber="514 555-0142")
        assert until(lambda: who("agent24").phone == "514 555-0142")
        change.delete_s(person_dn("agent25"))
        assert until(lambda: not who("agent25").is_active)
        assert SyncState.objects.get().watched is not None
        assert not SyncRun.objects.filter(state=SyncRun.State.FAILED).exists()
    finally:
        thread.stop()
