"""A sync that is killed, and a directory that dies under it: nothing is half done, and the next run completes it.

The command runs as operators run it, in a process of its own, on the database of the test.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import ldap
import pytest
from django.db import connection
from django.db.models import Count, Q

from directory.ldif import DemoGroup, DemoPerson, entries_for, person_dn
from directory.models import Group, Person, PersonWord, Position, SyncRun, SyncState, Unit
from directory.slapd import PrivateSlapd
from tests.halted import command as halted_command
from tests.halted import wait_until_stopped
from tests.parts import refuse

from .conftest import administrator_of, local_person, someone
from .test_sync import UNITS, replace, sync, who

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parent.parent.parent
NUMBER = 2000
PHONE = "514 555-0188"
STAFF = [f"agent{number:04}" for number in range(NUMBER)]
LEAVERS = STAFF[::100]
END_SECONDS = 120
# What writes a page of people, in a transaction. The third: two are committed, one is written and not.
WRITING = "directory.sync.run:write_people"
KILLED_IN_THE_MIDDLE = (WRITING, 3, "SIGKILL")


def people() -> Iterator[DemoPerson]:
    for at, name in enumerate(STAFF):
        groups = ["equipe"] if at % 2 else []
        yield someone(
            name, family_name=f"Agent {at}", employee_number=f"{at:06}", password="", groups=groups,
            unit_code=UNITS[1 + at % 3].code, manager_username=STAFF[-1] if at < NUMBER - 1 else "",
        )  # fmt: skip


@pytest.fixture
def server(tmp_path: Path, point_at: Callable[..., None]) -> Iterator[PrivateSlapd]:
    """A slapd with enough people for a run to be interrupted in."""
    if not PrivateSlapd.is_installed():
        refuse("slapd is not on this machine: install Debian's package slapd")
    slapd = PrivateSlapd(tmp_path / "slapd")
    slapd.load(entries_for(people(), UNITS, [DemoGroup("equipe", "Équipe")]))
    slapd.start()
    point_at(slapd)
    yield slapd
    slapd.stop()


def database_url() -> str:
    """The database of this test, as another process names it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.fixture
def command(server: PrivateSlapd) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `manage.py sync_directory`. halted: where it stops by itself (see `tests.halted`)."""
    started: list[subprocess.Popen[bytes]] = []

    def run(halted: tuple[str, int, str] | None = None) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "DATA_DIR") if name in os.environ}
        env = {
            **kept,
            "PARVIS_IGNORE_ENV_FILE": "1",
            "DATABASE_URL": database_url(),
            "LDAP_URI": server.uri,
            "LDAP_CA_FILE": str(server.ca_file),
            "LDAP_BASE_DN": server.base_dn,
            "LDAP_BIND_DN": server.bind_dn,
            "LDAP_BIND_PASSWORD": server.bind_password,
        }
        process = subprocess.Popen(
            halted_command(*halted, "sync_directory") if halted else [sys.executable, "manage.py", "sync_directory"],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_until(process: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
    """Look again and again while the process works; it must not end without."""
    while not is_so():
        # The pause between two looks is the wait for its possible end.
        try:
            process.wait(timeout=0.005)
        except subprocess.TimeoutExpired:
            continue
        # It may have come to be, and the process to its end, between the two looks.
        if is_so():
            return
        raise AssertionError(f"it ended too early: {(process.stdout.read() if process.stdout else b'').decode()}")


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(END_SECONDS)


def brought_in() -> int:
    return Person.objects.filter(entry_uuid__isnull=False).count()


def with_new_phone() -> int:
    return Person.objects.filter(phone=PHONE).count()


def everybody_is_whole() -> None:
    """Whoever is there is there with everything: unit, open position, words by which they are found."""
    there = Person.objects.filter(entry_uuid__isnull=False, is_active=True)
    assert not there.filter(unit__isnull=True).exists()
    open_ones = Count("positions", filter=Q(positions__ends__isnull=True, positions__kind=Position.Kind.MEMBER))
    assert not there.annotate(open_ones=open_ones).exclude(open_ones=1).exists()
    assert not there.exclude(pk__in=PersonWord.objects.values("person_id")).exists()
    # They are found by what is shown of them.
    shown = there.filter(phone=PHONE)
    assert shown.count() == shown.filter(words__word=PHONE.replace(" ", "").replace("-", "")).count()


def test_a_first_run_killed_is_completed_by_the_next(
    server: PrivateSlapd, command: Callable[..., subprocess.Popen[bytes]]
) -> None:
    before = local_person("urgence")
    process = command(halted=KILLED_IN_THE_MIDDLE)
    assert process.wait(END_SECONDS) == -signal.SIGKILL
    there = brought_in()
    assert 0 < there < NUMBER, "it was killed in the middle"
    everybody_is_whole()
    assert SyncRun.objects.get().state == SyncRun.State.RUNNING
    state = SyncState.objects.get()
    # Its place is not kept, and its lease is: nobody took it over yet.
    assert not state.cookie and state.lease_holder
    status, run = sync()
    assert (status, run.mode, run.counts["people_added"]) == (0, "full", NUMBER - there)
    assert set(SyncRun.objects.values_list("state", flat=True)) == {"failed", "done"}
    everybody_is_whole()
    assert Person.objects.filter(is_active=True).count() == NUMBER + 1
    assert Group.objects.get(ldap_name="equipe").members.count() == NUMBER // 2
    assert Person.objects.filter(manager=who(STAFF[-1])).count() == NUMBER - 1
    before.refresh_from_db()
    assert before.is_active
    _status, run = sync("--full")
    assert (run.counts["people_unchanged"], run.counts["problems"]) == (NUMBER, 0)


@pytest.fixture
def changed(server: PrivateSlapd) -> str:
    """The portal is in step; then nearly everybody gets another telephone, some go, the group loses most. Answers the
    cookie of before."""
    assert sync()[0] == 0
    administrator = administrator_of(server)
    for name in STAFF:
        if name in LEAVERS:
            administrator.delete_s(person_dn(name))
        else:
            replace(administrator, name, telephoneNumber=PHONE)
    kept = [person_dn(name).encode() for name in STAFF[1:20:2]]
    administrator.modify_s(f"cn=equipe,ou=groups,{server.base_dn}", [(ldap.MOD_REPLACE, "member", kept)])
    administrator.modify_s(f"ou=VER,ou=units,{server.base_dn}", [(ldap.MOD_REPLACE, "description", b"VERDUN")])
    administrator.unbind_s()
    return SyncState.objects.get().cookie


def is_complete() -> None:
    """Everything of `changed` is done."""
    everybody_is_whole()
    assert with_new_phone() == NUMBER - len(LEAVERS)
    assert not Person.objects.filter(username__in=LEAVERS, is_active=True).exists()
    assert Group.objects.get(ldap_name="equipe").members.count() == 10
    assert Unit.objects.get(code="VER").name_fr == "VERDUN"
    # Nobody waits to be read again.
    assert not Person.objects.filter(entry_uuid__isnull=False, is_active=True, ldap_digest="").exists()


def test_a_run_of_changes_killed_is_completed_by_the_next(
    changed: str, command: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = command(halted=KILLED_IN_THE_MIDDLE)
    assert process.wait(END_SECONDS) == -signal.SIGKILL
    assert 0 < with_new_phone() < NUMBER - len(LEAVERS), "it was killed in the middle"
    # Nobody loses access before everything was read, and the place is that of before.
    assert Person.objects.filter(username__in=LEAVERS, is_active=True).count() == len(LEAVERS)
    assert SyncState.objects.get().cookie == changed
    everybody_is_whole()
    status, run = sync()
    assert (status, run.counts["people_left"]) == (0, len(LEAVERS))
    is_complete()


def test_the_end_of_a_run_is_done_whole_or_not_at_all(
    changed: str, command: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = command()
    wait_until(process, lambda: with_new_phone() == NUMBER - len(LEAVERS))
    # Wherever it is by now, the end perhaps behind it.
    kill(process)
    left = Person.objects.filter(username__in=LEAVERS, is_active=False).count()
    is_over = SyncState.objects.get().cookie != changed
    assert left == (len(LEAVERS) if is_over else 0)
    assert Group.objects.get(ldap_name="equipe").members.count() == (10 if is_over else NUMBER // 2)
    assert sync()[0] == 0
    is_complete()


def test_slapd_killed_in_the_middle_of_a_run(
    server: PrivateSlapd, changed: str, command: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = command(halted=(WRITING, 2, "SIGSTOP"))
    wait_until_stopped(process)
    server.kill()
    process.send_signal(signal.SIGCONT)
    said, _error = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 1, said.decode()
    run = SyncRun.objects.newest_first()[0]
    assert run.state == SyncRun.State.FAILED and run.message.startswith("LDAP:")
    assert Person.objects.filter(username__in=LEAVERS, is_active=True).count() == len(LEAVERS)
    state = SyncState.objects.get()
    assert state.cookie == changed and not state.lease_holder
    everybody_is_whole()
    # Still away: another failure, and no more than that.
    assert sync()[0] == 1
    server.start()
    status, run = sync()
    assert (status, run.counts["people_left"]) == (0, len(LEAVERS))
    is_complete()
