"""The sync with a real slapd: every kind of change, and everything that goes wrong with servers and cookies."""

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import ldap
import pytest
from django.core.management import call_command
from django.test import Client

from directory.ldif import DemoGroup, DemoUnit, entries_for, person_dn
from directory.models import Group, GroupChange, Person, Position, SyncRun, SyncState, Unit
from directory.slapd import PrivateSlapd
from directory.sync.once import sync_once
from directory.sync.run import Options
from directory.sync.watch import SyncThread
from tests.parts import refuse

from .conftest import PASSWORD, administrator_of, local_person, name_at, sign_in, someone

pytestmark = pytest.mark.django_db

UNITS = [
    DemoUnit("VM", "Ville de Montréal", "City of Montréal", "city"),
    DemoUnit("PMR", "Le Plateau-Mont-Royal", "Le Plateau-Mont-Royal", "borough", "VM"),
    DemoUnit("PMR-BIB", "Bibliothèques", "Libraries", "division", "PMR"),
    DemoUnit("VER", "Verdun", "Verdun", "borough", "VM"),
]
GROUPS = [DemoGroup("gestionnaires", "Gestionnaires", "Managers")]
STAFF = [f"agent{number:02}" for number in range(30)]
PEOPLE = [
    someone("marc.tremblay", given_name="Marc", family_name="Tremblay", unit_code="PMR", groups=["gestionnaires"]),
    someone("eloise.lecuyer", manager_username="marc.tremblay", employee_number="900001"),
    *(someone(name, family_name=f"Agent {name[-2:]}", employee_number=f"8000{name[-2:]}") for name in STAFF),
]


@pytest.fixture
def server(tmp_path: Any, point_at: Callable[..., None]) -> Iterator[PrivateSlapd]:
    """A slapd of this test's own, which the portal reads."""
    if not PrivateSlapd.is_installed():
        refuse("slapd is not on this machine: install Debian's package slapd")
    slapd = PrivateSlapd(tmp_path / "slapd")
    slapd.load(entries_for(PEOPLE, UNITS, GROUPS))
    slapd.start()
    point_at(slapd)
    yield slapd
    slapd.stop()


@pytest.fixture
def change(server: PrivateSlapd) -> Iterator[Any]:
    """A connection that may change the directory."""
    administrator = administrator_of(server)
    yield administrator
    administrator.unbind_s()


def sync(*options: str) -> tuple[int, SyncRun]:
    """Run the command; its exit status and its run."""
    try:
        call_command("sync_directory", *options, verbosity=0)
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    run = SyncRun.objects.newest_first().first()
    assert run is not None
    return status, run


def counted(run: SyncRun, *names: str) -> list[int]:
    return [run.counts[name] for name in names]


def replace(change: Any, username: str, **values: str | None) -> None:
    """Change attributes of a person's entry."""
    changes = [(ldap.MOD_REPLACE, name, value.encode() if value else None) for name, value in values.items()]
    change.modify_s(person_dn(username), changes)


def who(username: str) -> Person:
    return Person.objects.with_unit().get(username=username)


def test_first_run_brings_everything_and_the_second_finds_nothing(server: PrivateSlapd) -> None:
    status, run = sync()
    assert (status, run.mode, run.state) == (0, "full", "done")
    assert counted(run, "people_added", "units_added", "groups_added") == [32, 4, 1]
    eloise = who("eloise.lecuyer")
    assert eloise.unit.code == "PMR-BIB" and eloise.borough.code == "PMR" and eloise.manager == who("marc.tremblay")
    assert who("marc.tremblay").is_manager and not eloise.is_manager
    assert [one.unit.code for one in eloise.positions.current()] == ["PMR-BIB"]
    assert list(Group.objects.get(ldap_name="gestionnaires").members.all()) == [who("marc.tremblay")]
    status, run = sync()
    assert (status, run.mode) == (0, "changes")
    assert counted(run, "people_read", "people_changed", "people_left", "units_changed") == [0, 0, 0, 0]
    status, run = sync("--full")
    assert counted(run, "people_read", "people_unchanged", "people_changed") == [32, 32, 0]


def test_changes_of_a_person(server: PrivateSlapd, change: Any) -> None:
    sync()
    before = who("eloise.lecuyer")
    replace(change, "eloise.lecuyer", telephoneNumber="514 555-0123", departmentNumber="VER", manager=None)
    change.rename_s(person_dn("agent00"), "uid=nouveau.nom")
    change.add_s(
        person_dn("toute.nouvelle"),
        [
            ("objectClass", [b"inetOrgPerson", b"villePersonne"]),
            *(
                (name, value.encode())
                for name, value in (("uid", "toute.nouvelle"), ("cn", "Toute"), ("sn", "Nouvelle"))
            ),
        ],
    )
    _status, run = sync()
    assert counted(run, "people_added", "people_changed", "people_left") == [1, 2, 0]
    after = who("eloise.lecuyer")
    assert after.pk == before.pk and after.phone == "514 555-0123" and after.unit.code == "VER"
    assert after.manager is None and not who("marc.tremblay").is_manager
    assert [one.unit.code for one in after.positions.current()] == ["VER"]
    assert who("nouveau.nom").family_name == "Agent 00"
    assert not Person.objects.filter(username="agent00").exists()
    client = Client()
    client.force_login(after, backend="directory.backends.LocalBackend")
    found = client.get("/people/", {"q": "toute nouvelle"}).context["people"]
    assert [one.username for one in found] == ["toute.nouvelle"]


@pytest.mark.parametrize(
    "how",
    [
        lambda change: change.delete_s(person_dn("agent05")),
        lambda change: replace(change, "agent05", villeActif="FALSE"),
        # Out of the filter: no longer a person of the city.
        lambda change: change.modify_s(
            person_dn("agent05"),
            [(ldap.MOD_DELETE, name, None) for name in ("villeGenre", "villeMatricule", "villeActif", "villeTitreEn")]
            + [(ldap.MOD_DELETE, "objectClass", b"villePersonne")],
        ),
    ],
    ids=["deleted", "disabled", "out of the filter"],
)
def test_leavers_lose_access_and_open_sessions(
    server: PrivateSlapd, change: Any, client: Client, how: Callable[[Any], None]
) -> None:
    sync()
    sign_in(client, "agent05")
    assert name_at(client) is not None
    how(change)
    status, run = sync()
    assert status == 0 and run.counts["people_left"] == 1
    assert name_at(client) is None
    gone = who("agent05")
    assert not gone.is_active and not gone.is_suspended and gone.left
    assert sign_in(client, "agent05", PASSWORD).status_code == 200
    assert name_at(client) is None
    assert not Position.objects.filter(person=gone, ends__isnull=True).exists()


def test_returners_come_back_and_the_suspended_do_not(server: PrivateSlapd, change: Any) -> None:
    sync()
    for name in ("agent06", "agent07"):
        replace(change, name, villeActif="FALSE")
    sync()
    Person.objects.filter(username="agent07").update(is_suspended=True)
    for name in ("agent06", "agent07"):
        replace(change, name, villeActif="TRUE")
    _status, run = sync()
    assert run.counts["people_returned"] == 1
    assert who("agent06").is_active and not who("agent07").is_active


def test_deletions_are_found_after_slapd_was_restarted(server: PrivateSlapd, change: Any) -> None:
    """Its session log is in memory: afterwards it does not list what was deleted."""
    sync()
    change.delete_s(person_dn("agent08"))
    server.stop()
    server.start()
    status, run = sync()
    assert (status, run.counts["people_left"]) == (0, 1)
    assert not who("agent08").is_active


@pytest.mark.parametrize("cookie", ["", "rid=000,csn=19700101000000.000000Z#000000#000#000000", "du n'importe quoi"])
def test_a_lost_or_damaged_cookie_keeps_no_dead_people(server: PrivateSlapd, change: Any, cookie: str) -> None:
    sync()
    change.delete_s(person_dn("agent09"))
    SyncState.objects.update(cookie=cookie)
    status, run = sync()
    assert (status, run.counts["people_left"], run.counts["people_added"]) == (0, 1, 0)
    assert not who("agent09").is_active


def test_the_guard_refuses_a_mass_departure(server: PrivateSlapd, change: Any) -> None:
    sync()
    cookie = SyncState.objects.get().cookie
    for name in STAFF[:8]:
        change.delete_s(person_dn(name))
    replace(change, "agent20", telephoneNumber="514 555-0777")
    status, run = sync()
    assert (status, run.state) == (2, "refused") and "--force" in run.message and "8" in run.message
    assert who("agent00").is_active
    # What was not dangerous was done, and the place is kept: the next run sees the departures again.
    assert who("agent20").phone == "514 555-0777" and SyncState.objects.get().cookie == cookie
    assert sync()[0] == 2
    status, run = sync("--force")
    assert (status, run.counts["people_left"]) == (0, 8)


def test_nobody_at_all_is_refused_even_with_force(server: PrivateSlapd, change: Any) -> None:
    sync()
    for person in PEOPLE:
        change.delete_s(person_dn(person.username))
    assert sync("--full", "--force")[0] == 2
    assert Person.objects.filter(is_active=True).count() == 32


def test_a_dry_run_changes_nothing(server: PrivateSlapd, change: Any) -> None:
    status, run = sync("--dry-run")
    assert status == 0 and run.is_dry_run and run.counts["people_added"] == 32
    assert not Person.objects.exists() and not SyncState.objects.get().cookie
    sync()
    change.delete_s(person_dn("agent10"))
    _status, run = sync("--dry-run")
    assert run.counts["people_left"] == 1 and who("agent10").is_active


def test_units_are_renamed_moved_and_closed(server: PrivateSlapd, change: Any) -> None:
    sync()
    Unit.objects.filter(code="VER").update(name_fr="Verdun (corrigé)", has_own_name=True)
    change.modify_s("ou=VER,ou=units," + server.base_dn, [(ldap.MOD_REPLACE, "description", b"VERDUN")])
    change.modify_s(
        "ou=PMR-BIB,ou=units," + server.base_dn,
        [
            (ldap.MOD_REPLACE, "villeUniteParente", b"VER"),
            (ldap.MOD_REPLACE, "villeResponsable", person_dn("eloise.lecuyer").encode()),
        ],
    )
    sync()
    verdun, libraries = Unit.objects.get(code="VER"), Unit.objects.get(code="PMR-BIB")
    assert (verdun.name_fr, verdun.ldap_name_fr) == ("Verdun (corrigé)", "VERDUN")
    assert libraries.path == f"{verdun.path}{libraries.pk}/"
    assert who("eloise.lecuyer").borough == verdun
    assert Position.objects.current().heads().get(unit=libraries).person == who("eloise.lecuyer")
    change.delete_s("ou=VER,ou=units," + server.base_dn)
    sync()
    assert not Unit.objects.get(code="VER").is_active


def test_groups_follow_their_members(server: PrivateSlapd, change: Any) -> None:
    sync()
    dn = "cn=gestionnaires,ou=groups," + server.base_dn
    change.modify_s(dn, [(ldap.MOD_ADD, "member", person_dn("agent11").encode())])
    sync()
    group = Group.objects.get(ldap_name="gestionnaires")
    assert set(group.members.values_list("username", flat=True)) == {"marc.tremblay", "agent11"}
    assert GroupChange.objects.get(group=group).added == [str(who("agent11").uuid)]
    change.add_s(
        "cn=tous,ou=groups," + server.base_dn,
        [("objectClass", b"groupOfNames"), ("cn", b"tous"), ("member", [dn.encode(), person_dn("agent12").encode()])],
    )
    sync()
    everybody = Group.objects.get(ldap_name="tous")
    assert set(everybody.members.values_list("username", flat=True)) == {"marc.tremblay", "agent11", "agent12"}
    change.modify_s(dn, [(ldap.MOD_DELETE, "member", person_dn("agent11").encode())])
    sync()
    assert set(everybody.members.values_list("username", flat=True)) == {"marc.tremblay", "agent12"}
    change.delete_s("cn=tous,ou=groups," + server.base_dn)
    sync()
    everybody.refresh_from_db()
    assert not everybody.is_active and not everybody.members.exists()


def test_half_broken_entries_are_reported_and_stop_nothing(server: PrivateSlapd, change: Any) -> None:
    replace(change, "agent13", mail=None)
    replace(change, "agent14", departmentNumber="NULLE-PART")
    replace(change, "agent15", villeMatricule="800016")
    replace(change, "agent16", villeMatricule="800016")
    replace(change, "agent17", manager=person_dn("agent18"))
    replace(change, "agent18", manager=person_dn("agent17"))
    replace(change, "agent19", manager=person_dn("personne"))
    change.modify_s(person_dn("agent21"), [(ldap.MOD_REPLACE, "jpegPhoto", b"pas une image")])
    status, run = sync()
    assert (status, run.counts["people_added"]) == (0, 32)
    named: dict[str, set[str]] = {}
    for one in run.problems.all():
        named.setdefault(one.code, set()).add(one.dn.partition(",")[0])
    assert named.keys() == {"no_mail", "unit_unknown", "number_twice", "manager_loop", "manager_unknown", "photo_bad"}
    assert named["no_mail"] == {"uid=agent13"} and named["unit_unknown"] == {"uid=agent14"}
    assert named["manager_unknown"] == {"uid=agent19"} and named["photo_bad"] == {"uid=agent21"}
    assert named["number_twice"] <= {"uid=agent15", "uid=agent16"} and len(named["manager_loop"]) == 1
    assert who("agent14").unit is None and who("agent19").manager is None
    assert {who("agent17").manager, who("agent18").manager} != {who("agent17"), who("agent18")}


def test_a_local_account_is_not_taken_over(server: PrivateSlapd) -> None:
    mine = local_person("agent22")
    status, run = sync()
    mine.refresh_from_db()
    assert status == 0 and mine.entry_uuid is None and mine.has_usable_password()
    assert run.problems.filter(dn__startswith="uid=agent22").exists()


def test_the_server_away_is_a_failed_run_and_nothing_is_lost(server: PrivateSlapd, change: Any) -> None:
    sync()
    change.delete_s(person_dn("agent23"))
    server.stop()
    status, run = sync()
    assert (status, run.state) == (1, "failed") and who("agent23").is_active
    server.start()
    assert sync()[0] == 0 and not who("agent23").is_active


def test_a_watch_that_fails_or_is_refused_again_and_again_is_one_line(server: PrivateSlapd, change: Any) -> None:
    def watched() -> SyncRun:
        return sync_once(Options(), mode=SyncRun.Mode.WATCH)

    sync()
    for name in STAFF[:8]:
        change.delete_s(person_dn(name))
    watched(), watched(), watched()
    states = list(SyncRun.objects.newest_first().values_list("mode", "state"))
    assert states == [("watch", "refused"), ("full", "done")]
    # One more has gone: that is news.
    change.delete_s(person_dn(STAFF[8]))
    watched()
    assert SyncRun.objects.filter(state="refused").count() == 2
    server.stop()
    watched()
    first = SyncRun.objects.newest_first()[0]
    watched()
    last = SyncRun.objects.newest_first()[0]
    assert last.pk == first.pk and last.state == "failed" and last.ended > first.ended
    server.start()
    assert sync("--force")[0] == 0
    # Nothing new is no line at all.
    watched()
    assert SyncRun.objects.count() == 5


def test_another_sync_that_runs_is_waited_for(server: PrivateSlapd) -> None:
    sync()
    SyncState.objects.update(lease_holder=f"autre-machine:1:{uuid.uuid4().hex[:6]}", lease_until="2999-01-01T00:00:00Z")
    with pytest.raises(Exception, match="Another sync is running"):
        call_command("sync_directory")
    SyncState.objects.update(lease_until="2000-01-01T00:00:00Z")
    assert sync()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_the_watch_sees_changes_and_survives_a_restart(server: PrivateSlapd) -> None:
    sync()
    thread = SyncThread()
    thread.start()
    tick = threading.Event()

    def until(is_so: Callable[[], bool]) -> bool:
        return any(is_so() or tick.wait(0.05) for _try in range(600))

    try:
        assert until(lambda: SyncState.objects.get().watched is not None)
        administrator = administrator_of(server)
        replace(administrator, "agent24", telephoneNumber="514 555-0142")
        assert until(lambda: who("agent24").phone == "514 555-0142")
        administrator.delete_s(person_dn("agent25"))
        assert until(lambda: not who("agent25").is_active)
        administrator.unbind_s()
        server.stop()
        server.start()
        administrator = administrator_of(server)
        replace(administrator, "agent26", telephoneNumber="514 555-0143")
        administrator.unbind_s()
        assert until(lambda: who("agent26").phone == "514 555-0143")
    finally:
        thread.stop()
