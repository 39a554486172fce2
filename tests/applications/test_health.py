"""Health checks: what a look finds on real machines, who may have what looked at, outages, workers that die."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import (
    add_check,
    change_application,
    change_check,
    check_now,
    declare_outage,
    delete_check,
    end_outage,
    pause_check,
)
from applications.actions.health_history import tidy_history
from applications.actions.health_runs import take_checks, write_finding
from applications.actions.status import settle_out_of_service
from applications.checks import Finding
from applications.models import Application, Check, CheckResult, CheckSummary, Outage, StatusPeriod
from applications.querysets import outages_for
from applications.watch import Watch, check_until
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person
from tests.processes import until

from .health import HERE, Page, Site, a_check, a_register, an_application, certificate, closed_port, look, silent_port
from .health import site as serve

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN, UNKNOWN = "up", "degraded", "down", "unknown"


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.APPLICATION_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def keeper(city: Unit) -> Person:
    return make_person("kim.registre", unit=city)


@pytest.fixture
def register(keeper: Person) -> Space:
    return a_register(keeper)


@pytest.fixture
def application(register: Space, keeper: Person) -> Application:
    return an_application(register, keeper)


@pytest.fixture
def machine() -> Iterator[Site]:
    with serve() as made:
        yield made


@pytest.fixture
def check(application: Application, keeper: Person, machine: Site) -> Check:
    """Looks at the first page of `machine`."""
    return a_check(application, keeper, address=f"{machine.url}/")


def status(application: Application) -> str:
    application.refresh_from_db()
    return application.status


# -- what a look finds ------------------------------------------------------------------------------------------------


def test_a_page_that_answers_works(check: Check, application: Application, machine: Site) -> None:
    look(check)
    assert (check.state, check.problem, status(application)) == (UP, "", UP)
    result = CheckResult.objects.get()
    assert (result.outcome, result.code_class) == ("u", 2) and result.ms is not None
    assert machine.asked == [("GET", "/")]
    assert check.next_at > timezone.now() + timedelta(minutes=4)


@pytest.mark.parametrize("code", [500, 503, 404])
def test_a_page_that_answers_with_another_code_does_not(
    check: Check, application: Application, machine: Site, code: int
) -> None:
    machine.pages["/"] = Page(code, b"secret interne")
    look(check)
    assert (check.state, check.problem, check.problem_data) == (DOWN, "code_class", {"series": code // 100})
    assert status(application) == DOWN
    # Neither the body nor the very code: a check reads nothing of what it reaches.
    kept = CheckResult.objects.values("outcome", "ms", "code_class", "problem", "problem_data").get()
    series = code // 100
    assert kept == {
        "outcome": "d",
        "ms": None,
        "code_class": series,
        "problem": "code_class",
        "problem_data": {"series": series},
    }


def test_the_expected_text_must_be_there(check: Check, keeper: Person, machine: Site) -> None:
    check = change_check(check, {"expected_text": "Bonjour"}, actor=fresh(keeper))
    look(check)
    assert check.state == UP
    machine.pages["/"] = Page(200, "Erreur de base de données".encode())
    look(check)
    assert (check.state, check.problem) == (DOWN, "text")


def test_a_slow_page_is_disturbed(application: Application, keeper: Person, machine: Site) -> None:
    machine.pages["/lente"] = Page(takes=0.05)
    check = a_check(application, keeper, address=f"{machine.url}/lente", slow_after=10)
    look(check)
    assert (check.state, check.problem, status(application)) == (DEGRADED, "took", DEGRADED)
    assert check.last_ms is not None and check.last_ms >= 10
    assert not Outage.objects.exists(), "it works, though slowly"


def test_a_page_that_hangs_delays_nobody(register: Space, keeper: Person, machine: Site) -> None:
    opens = threading.Event()
    machine.pages["/pend"] = Page(opens=opens)
    hanging = a_check(an_application(register, keeper, "Pendue"), keeper, address=f"{machine.url}/pend")
    others = [
        a_check(an_application(register, keeper, f"Outil {one}"), keeper, address=f"{machine.url}/") for one in range(3)
    ]
    watch = Watch()
    while not all(CheckResult.objects.filter(check_of=one).exists() for one in others):
        watch.turn()
    assert not CheckResult.objects.filter(check_of=hanging).exists(), "the others did not wait for it"
    opens.set()
    watch.run_due()
    hanging.refresh_from_db()
    assert hanging.state == UP


def test_a_page_that_never_answers_is_down(register: Space, keeper: Person, machine: Site) -> None:
    opens = threading.Event()
    machine.pages["/pend"] = Page(opens=opens)
    hanging = a_check(an_application(register, keeper, "Pendue"), keeper, address=f"{machine.url}/pend", timeout=1)
    look(hanging)
    opens.set()
    assert (hanging.state, hanging.problem, hanging.problem_data) == (DOWN, "slow", {"seconds": 1})


def test_what_hangs_past_its_time_is_given_up_and_its_late_answer_not_heard(
    register: Space, keeper: Person, machine: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolving of a name cannot be cut short: the watch writes that it was slow and goes on."""
    opens, resolved = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    def hangs(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "lente.ville.net":
            opens.wait(20)
            resolved.set()
            return real(HERE, *args, **kwargs)
        return real(host, *args, **kwargs)

    check = a_check(an_application(register, keeper), keeper, address=f"{machine.url}/", timeout=1)
    Check.objects.filter(pk=check.pk).update(address=f"http://lente.ville.net:{machine.port}/", host="lente.ville.net")
    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    monkeypatch.setattr("applications.watch.GRACE", 0.1)
    watch = Watch()
    watch.run_due()
    check.refresh_from_db()
    assert (check.state, check.problem) == (DOWN, "slow")
    opens.set()
    assert resolved.wait(5) and CheckResult.objects.count() == 1
    watch.run_due()
    assert CheckResult.objects.count() == 1


def test_ports_take_connections_or_not(application: Application, keeper: Person) -> None:
    with silent_port() as port:
        check = a_check(application, keeper, kind="tcp", host=HERE, port=port)
        look(check)
        assert (check.state, status(application)) == (UP, UP)
    look(check)
    assert (check.state, check.problem, status(application)) == (DOWN, "unreachable", DOWN)
    closed = a_check(
        an_application(application.space, keeper, "Autre"), keeper, kind="tcp", host=HERE, port=closed_port()
    )
    look(closed)
    assert closed.state == DOWN


@pytest.mark.parametrize(
    ("days", "names", "state", "problem"),
    [
        (200, (HERE,), UP, ""),
        (5, (HERE,), DEGRADED, "expires"),
        (-3, (HERE,), DOWN, "expired"),
        (200, ("autre.ville.example", "10.0.0.1"), DOWN, "wrong_name"),
    ],
)
def test_certificates(
    application: Application,
    keeper: Person,
    tmp_path: Path,
    days: int,
    names: tuple[str, ...],
    state: str,
    problem: str,
) -> None:
    with serve(certificate(tmp_path, days=days, names=names)) as machine:
        check = a_check(application, keeper, kind="tls", host=HERE, port=machine.port)
        look(check)
    assert (check.state, check.problem) == (state, problem)
    assert check.certificate_until is not None
    assert abs(check.certificate_until - timezone.now() - timedelta(days=days)) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("names", "is_named"),
    [
        (("*.ville.net",), True),
        (("a.b.ville.net", "ville.net"), False),
        (("*.net",), False),
        (("paie.ville.net",), True),
    ],
)
def test_stars_of_certificates_stand_for_one_label(
    application: Application,
    keeper: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    is_named: bool,
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kwargs: real(HERE if host == "paie.ville.net" else host, *args, **kwargs),
    )
    with serve(certificate(tmp_path, days=200, names=names)) as machine:
        check = a_check(application, keeper, kind="tls", host="paie.ville.net", port=machine.port)
        look(check)
    assert check.problem == ("" if is_named else "wrong_name")


def test_a_port_that_speaks_no_tls_or_nothing_at_all(application: Application, keeper: Person, machine: Site) -> None:
    check = a_check(application, keeper, kind="tls", host=HERE, port=machine.port)
    look(check)
    assert (check.state, check.problem) == (DOWN, "unreachable")
    with silent_port() as port:
        mute = a_check(application, keeper, kind="tls", host=HERE, port=port, timeout=1)
        look(mute)
    assert (mute.state, mute.problem) == (DOWN, "slow")


# -- machines that may not be asked -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"address": "http://127.0.0.1:{port}/"}, "réseau interne"),
        ({"address": "http://10.1.2.3/"}, "réseau interne"),
        ({"address": "http://169.254.169.254/latest/meta-data/"}, "réseau interne"),
        ({"address": "http://[::1]/"}, "réseau interne"),
        ({"address": "http://[::ffff:10.0.0.1]/"}, "réseau interne"),
        ({"kind": "tcp", "host": "192.168.1.1", "port": 443}, "réseau interne"),
        ({"kind": "tls", "host": "127.0.0.1", "port": 443}, "réseau interne"),
        # Of the Internet: only ports of the Web.
        ({"kind": "tcp", "host": "93.184.216.34", "port": 22}, "Le port 22"),
        ({"address": "https://93.184.216.34:6379/"}, "Le port 6379"),
        ({"address": "file:///etc/passwd"}, "https://"),
        ({"address": "https://moi:motdepasse@93.184.216.34/"}, "mot de passe"),
        ({"kind": "tcp", "host": "https://paie.ville.net/", "port": 443}, "nom d’une machine"),
        ({"address": "https://n-existe-pas.invalid/"}, "Aucune machine"),
    ],
)
def test_addresses_that_are_refused(
    application: Application, keeper: Person, machine: Site, settings: Any, said: dict[str, Any], words: str
) -> None:
    settings.APPLICATION_NETWORKS = ["10.9.9.9"]
    values = {name: one.format(port=machine.port) if isinstance(one, str) else one for name, one in said.items()}
    with pytest.raises(ValidationError) as raised:
        a_check(application, keeper, **values)
    assert words in " ".join(raised.value.messages)
    assert not Check.objects.exists() and machine.asked == []


def test_an_address_of_the_internet_with_a_port_of_the_web_is_taken(application: Application, keeper: Person) -> None:
    assert a_check(application, keeper, kind="tcp", host="93.184.216.34", port=8443).host == "93.184.216.34"


def test_a_name_that_leads_inside_later_is_not_asked(
    application: Application, keeper: Person, machine: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: an address of the Internet when the check is saved, of the inside when it is looked at."""
    settings.APPLICATION_NETWORKS = []
    leads_to = ["93.184.216.34"]
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kwargs: real(leads_to[0] if host == "piege.ville.net" else host, *args, **kwargs),
    )
    page = a_check(application, keeper, address="http://piege.ville.net:8080/")
    port = a_check(application, keeper, kind="tcp", host="piege.ville.net", port=8443)
    Check.objects.filter(pk=page.pk).update(address=f"http://piege.ville.net:{machine.port}/")
    Check.objects.filter(pk=port.pk).update(port=machine.port)
    leads_to[0] = HERE
    look(page, port)
    assert [(one.state, one.problem) for one in (page, port)] == [(DOWN, "inside")] * 2
    assert machine.asked == []


def test_a_page_that_leads_inside_is_not_followed(
    application: Application, keeper: Person, machine: Site, settings: Any
) -> None:
    settings.APPLICATION_NETWORKS = [HERE]
    with serve() as inside:
        machine.pages["/"] = Page(302, headers={"Location": f"http://127.0.0.2:{inside.port}/"})
        check = a_check(application, keeper, address=f"{machine.url}/")
        look(check)
        assert (check.state, check.problem) == (DOWN, "inside")
        machine.pages["/"] = Page(302, headers={"Location": "http://93.184.216.34:6379/"})
        look(check)
        assert check.problem == "port", "nor to a port of the Internet that is none of the Web"
        assert inside.asked == []


def test_a_machine_that_is_an_example_is_never_asked(
    check: Check, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    Check.objects.filter(pk=check.pk).update(host="paie.ville.example", next_at=timezone.now())
    assert Watch().run_due() == 0 and machine.asked == []
    check.refresh_from_db()
    with pytest.raises(ValidationError):
        check_now(check, actor=fresh(keeper))
    assert "Exemple" in sign_in(keeper).get(check.get_absolute_url()).content.decode()


# -- who, and how many ------------------------------------------------------------------------------------------------


def test_only_keepers_have_something_looked_at(
    check: Check, application: Application, colleague: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    someone = fresh(colleague)
    for refused in (
        lambda: a_check(application, colleague, kind="tcp", host=HERE, port=80),
        lambda: change_check(check, {"every": 9}, actor=someone),
        lambda: pause_check(check, actor=someone),
        lambda: delete_check(check, actor=someone),
        lambda: check_now(check, actor=someone),
        lambda: declare_outage(application, actor=someone, note_fr="x"),
    ):
        with pytest.raises(Refused):
            refused()
    base, one = f"/apps/{application.uuid}/health/", check.get_absolute_url()
    pages = [base, f"{base}new/", one, f"{one}edit/", f"{one}delete/", f"{one}results.csv"]
    posts = [f"{base}outage/", f"{base}outage/end/", f"{one}now/", f"{one}pause/", f"{one}delete/"]
    for path in pages:
        assert sign_in(colleague).get(path).status_code == 403, path
        assert sign_in(outsider).get(path).status_code == 404, path
    for path in posts:
        assert sign_in(colleague).post(path).status_code == 403, path
        assert sign_in(outsider).post(path).status_code == 404, path
    assert not Check.objects.visible_to(someone).exists()
    assert Check.objects.visible_to(fresh(application.owner)).count() == 1


def test_a_check_of_another_application_is_not_found_under_this_one(
    check: Check, register: Space, keeper: Person, sign_in: Callable[..., Client]
) -> None:
    other = an_application(register, keeper, "Autre")
    assert sign_in(keeper).get(f"/apps/{other.uuid}/health/{check.uuid}/").status_code == 404


def test_five_checks_at_most_and_ten_looks_by_hand(
    application: Application, register: Space, keeper: Person, machine: Site, city: Unit
) -> None:
    checks = [a_check(application, keeper, address=f"{machine.url}/") for _one in range(5)]
    with pytest.raises(ValidationError, match="au plus 5"):
        a_check(application, keeper, address=f"{machine.url}/")
    cache.clear()
    for _one in range(10):
        check_now(checks[0], actor=fresh(keeper))
    with pytest.raises(ValidationError, match="dix minutes"):
        check_now(checks[1], actor=fresh(keeper))
    # Nor by changing where it looks, by a pause or another interval, nor through another application of one’s own.
    with pytest.raises(ValidationError, match="dix minutes"):
        change_check(checks[0], {"address": f"{machine.url}/autre"}, actor=fresh(keeper))
    pause_check(checks[0], actor=fresh(keeper))
    with pytest.raises(ValidationError, match="dix minutes"):
        pause_check(checks[0], actor=fresh(keeper), resume=True)
    look(checks[2])
    assert change_check(checks[2], {"every": 7}, actor=fresh(keeper)).next_at > timezone.now() + timedelta(minutes=4)
    with pytest.raises(ValidationError, match="dix minutes"):
        a_check(an_application(register, keeper, "Autre"), keeper, address=f"{machine.url}/")


# -- outages ----------------------------------------------------------------------------------------------------------


def test_it_takes_some_failures_and_some_successes(
    application: Application, keeper: Person, machine: Site, deliver: Callable[[], int]
) -> None:
    with time_machine.travel("2026-12-01 14:00:00Z", tick=False) as clock:
        check = a_check(application, keeper, address=f"{machine.url}/", failures_to_down=3, successes_to_up=2)
        seen = []
        for code in (200, 500, 500, 200, 500, 500, 500, 200, 500, 200, 200, 200):
            machine.pages["/"] = Page(code)
            look(check)
            seen.append(status(application))
            clock.shift(300)
        assert seen == [UP, UP, UP, UP, UP, UP, DOWN, DOWN, DOWN, DOWN, UP, UP]
        outage = Outage.objects.get()
        # Since the first failure of those in a row, to the success that was believed.
        assert (outage.began.hour, outage.began.minute, outage.is_declared) == (14, 20, False)
        assert outage.lasted == timedelta(minutes=30)
        periods = list(StatusPeriod.objects.order_by("began").values_list("status", "began", "ended"))
        assert [one[0] for one in periods] == [UP, DOWN, UP]
        assert all(one[2] == after[1] for one, after in pairwise(periods))
        assert application.status_since == periods[-1][1]
    verbs = Activity.objects.filter(verb__startswith="applications.outage").order_by("pk")
    assert [one.verb for one in verbs] == ["applications.outage_began", "applications.outage_ended"]


def test_an_outage_is_told_to_its_keepers_once_and_to_nobody_else(
    register: Space, keeper: Person, colleague: Person, city: Unit, machine: Site, deliver: Callable[[], int]
) -> None:
    owner = make_person("olga.responsable", unit=city)
    application = an_application(register, keeper, owner=owner)
    check = a_check(application, owner, address=f"{machine.url}/")
    machine.pages["/"] = Page(500)
    for _turn in range(3):
        look(check)
    deliver()

    def told(person: Person) -> int:
        rows = Notification.objects.visible_to(fresh(person))
        return rows.filter(activity__verb="applications.outage_began").count()

    assert [told(one) for one in (owner, keeper, colleague)] == [1, 1, 0]


def test_a_changed_aim_a_pause_or_a_deletion_ends_what_the_check_found(
    check: Check, application: Application, keeper: Person, machine: Site
) -> None:
    for act in (
        lambda: change_check(check, {"status_to": 599}, actor=fresh(keeper)),
        lambda: pause_check(check, actor=fresh(keeper)),
        lambda: delete_check(check, actor=fresh(keeper)),
    ):
        machine.pages["/"] = Page(500)
        Check.objects.update(is_active=True, status_to=399)
        look(check)
        assert status(application) == DOWN and len(outages_for(fresh(keeper))) == 1
        count = Activity.objects.count()
        act()
        assert status(application) == UNKNOWN and not outages_for(fresh(keeper))
        assert Activity.objects.count() == count + 1, "one announcement"
    assert not Check.objects.exists() and not CheckResult.objects.exists()


def test_the_worst_of_the_checks_is_the_status(
    check: Check, application: Application, keeper: Person, machine: Site
) -> None:
    other = a_check(application, keeper, kind="tcp", host=HERE, port=closed_port())
    look(check, other)
    assert (check.state, other.state, status(application)) == (UP, DOWN, DOWN)


def test_a_declared_outage_is_ended_by_hand_alone(
    check: Check, application: Application, keeper: Person, machine: Site
) -> None:
    look(check)
    outage = declare_outage(application, actor=fresh(keeper), note_fr="Les bulletins sont faux.")
    assert status(application) == DOWN and outage.acknowledged_by == keeper
    look(check)
    assert (check.state, status(application)) == (UP, DOWN), "the checks see nothing of it"
    again = declare_outage(application, actor=fresh(keeper), note_fr="Retour à midi.")
    assert again.pk == outage.pk and Outage.objects.get().note_fr == "Retour à midi."
    end_outage(outage, actor=fresh(keeper))
    assert status(application) == UP and not outages_for(fresh(keeper))


def test_what_the_checks_found_is_not_ended_by_hand(
    check: Check, application: Application, keeper: Person, machine: Site
) -> None:
    machine.pages["/"] = Page(500)
    look(check)
    outage = outages_for(fresh(keeper))[0]
    declare_outage(application, actor=fresh(keeper), note_fr="On y travaille.")
    with pytest.raises(ValidationError):
        end_outage(outage, actor=fresh(keeper))
    machine.pages["/"] = Page()
    look(check)
    outage.refresh_from_db()
    assert outage.ended and outage.note_fr == "On y travaille." and outage.acknowledged_by == keeper


def test_maintenance_is_no_outage(check: Check, application: Application, keeper: Person, machine: Site) -> None:
    look(check)
    now = timezone.now()
    change_application(
        application,
        {"maintenance_from": now - timedelta(hours=1), "maintenance_until": now + timedelta(hours=1)},
        actor=fresh(keeper),
    )
    machine.pages["/"] = Page(503)
    for _turn in range(3):
        look(check)
    assert status(application) == UP and not Outage.objects.exists()
    with time_machine.travel(now + timedelta(hours=2)):
        look(check)
        assert status(application) == DOWN


def test_a_retired_application_is_neither_looked_at_nor_out_of_order(
    check: Check, application: Application, keeper: Person, machine: Site
) -> None:
    machine.pages["/"] = Page(500)
    look(check)
    asked = len(machine.asked)
    change_application(application, {"stage": "retired"}, actor=fresh(keeper))
    look(check)
    assert len(machine.asked) == asked
    assert settle_out_of_service() == 1 and settle_out_of_service() == 0
    assert status(application) == UNKNOWN and not Outage.objects.current().exists()


# -- the portal's own network -----------------------------------------------------------------------------------------


@pytest.fixture
def six(register: Space, keeper: Person, machine: Site) -> list[Check]:
    """Six applications on one machine, all in order."""
    checks = []
    for one in range(6):
        cache.clear()
        machine.pages[f"/{one}"] = Page()
        checks.append(a_check(an_application(register, keeper, f"Outil {one}"), keeper, address=f"{machine.url}/{one}"))
    look(*checks)
    assert {one.state for one in checks} == {UP}
    return checks


def fail(machine: Site, *numbers: int) -> None:
    for one in range(6):
        machine.pages[f"/{one}"] = Page(500 if one in numbers else 200)


def test_everything_away_at_once_is_the_network_of_the_portal(
    six: list[Check],
    machine: Site,
    keeper: Person,
    colleague: Person,
    sign_in: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    fail(machine, *range(6))
    look(*six)
    look(*six)
    assert not Outage.objects.exists()
    assert set(Application.objects.values_list("status", flat=True)) == {UP}
    assert "network of the portal" in caplog.text
    assert "réseau du portail" in sign_in(colleague).get("/apps/status/").content.decode()
    fail(machine)
    look(*six)
    assert {one.state for one in six} == {UP}


def test_one_of_many_is_an_outage_whatever_the_interval_of_the_others(
    six: list[Check], machine: Site, keeper: Person
) -> None:
    """The others come only in an hour: they are asked now, before the outage is believed."""
    Check.objects.update(next_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        fail(machine, 2)
        before = len(machine.asked)
        look(six[2])
        assert len(machine.asked) - before == 6, "each of the others was asked, once"
        assert not Outage.objects.exists()
        six[2].refresh_from_db()
        assert six[2].next_at <= timezone.now() + timedelta(seconds=16)
        look(six[2])
        assert Outage.objects.get().application_id == six[2].application_id


def test_the_first_to_notice_that_the_network_is_away_declares_nothing(six: list[Check], machine: Site) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        Check.objects.update(next_at=timezone.now() + timedelta(hours=1))
        fail(machine, *range(6))
        for _turn in range(4):
            look(six[0])
        assert not Outage.objects.exists()


def test_a_few_of_many_are_outages(six: list[Check], machine: Site) -> None:
    fail(machine, 0, 1, 2)
    look(*six)
    look(*six)
    assert Outage.objects.count() == 3, "half of them is not more than half"


# -- workers that die, or are two -------------------------------------------------------------------------------------


def test_two_workers_do_not_look_at_the_same(check: Check) -> None:
    assert [one.pk for one in take_checks(8)] == [check.pk]
    assert take_checks(8) == []


def test_a_killed_worker_is_taken_over_and_its_late_result_not_written(check: Check, application: Application) -> None:
    first = take_checks(8)[0]
    # Killed here: nothing is written, and after its lease another one looks.
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        second = take_checks(8)[0]
        assert second.lease_holder != first.lease_holder
        assert not write_finding(first.pk, first.lease_holder, Finding("d", problem="unreachable"))
        assert write_finding(second.pk, second.lease_holder, Finding("u", 12))
        assert not write_finding(second.pk, second.lease_holder, Finding("d")), "once"
    assert status(application) == UP and CheckResult.objects.count() == 1


def test_a_look_under_way_does_not_count_once_the_check_was_changed(
    check: Check, keeper: Person, application: Application
) -> None:
    taken = take_checks(8)[0]
    change_check(check, {"status_to": 299}, actor=fresh(keeper))
    assert not write_finding(taken.pk, taken.lease_holder, Finding("d"))
    taken = take_checks(8)[0]
    pause_check(check, actor=fresh(keeper))
    assert not write_finding(taken.pk, taken.lease_holder, Finding("d"))
    assert not CheckResult.objects.exists()


def test_a_worker_that_was_stopped_for_days_leaves_a_gap_not_the_best(
    application: Application, keeper: Person, machine: Site
) -> None:
    check = a_check(application, keeper, address=f"{machine.url}/", failures_to_down=2)
    look(check)
    machine.pages["/"] = Page(500)
    look(check)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        look(check)
        # One failure before the gap and one after it are not two in a row.
        assert status(application) == UP
        assert list(StatusPeriod.objects.order_by("began").values_list("status", flat=True)) == [UP, UNKNOWN, UP]


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_the_worker_looks_and_stops(city: Unit, settings: Any) -> None:
    """The watch itself, in a thread with a connection of its own."""
    settings.APPLICATION_NETWORKS = ["127.0.0.0/8"]
    keeper = make_person("kim.registre", unit=city)
    with serve() as machine:
        check = a_check(an_application(a_register(keeper), keeper), keeper, address=f"{machine.url}/")
        stop = threading.Event()
        thread = threading.Thread(target=check_until, args=(stop,))
        thread.start()
        try:
            until(lambda: Check.objects.get(pk=check.pk).state == UP)
        finally:
            stop.set()
            thread.join(timeout=60)
        assert not thread.is_alive()


# -- history ----------------------------------------------------------------------------------------------------------


def test_history_stays_small(check: Check) -> None:
    now = timezone.now().replace(minute=30)
    looks = [
        CheckResult(check_of=check, at=now - timedelta(hours=hour, minutes=minute), outcome=outcome, ms=ms)
        for hour in range(0, 24 * 100, 12)
        for minute, outcome, ms in ((0, "u", 100), (5, "g", 500), (10, "d", None))
    ]
    CheckResult.objects.bulk_create(looks)
    with time_machine.travel(now, tick=False):
        tidy_history()
        kept = CheckResult.objects.filter(at__gte=now - timedelta(days=6, hours=23)).count()
        assert CheckResult.objects.count() <= kept + 6 and kept >= 14 * 3 - 3
        hours = CheckSummary.objects.filter(span="hour")
        days = CheckSummary.objects.filter(span="day")
        assert 40 <= hours.count() <= 48 and 58 <= days.count() <= 62
        one = hours.first()
        assert (one.ups, one.degradeds, one.downs, one.ms, one.ms_most) == (1, 1, 1, 300, 500)
        one = days.order_by("begins")[5]
        assert (one.ups, one.downs, one.ms_count) == (2, 2, 4)
        assert CheckSummary.objects.filter(begins__lt=now - timedelta(days=91)).count() == 0
        again = CheckSummary.objects.count()
        assert tidy_history() == 0 and CheckSummary.objects.count() == again


def test_pages_of_a_check_and_its_file(
    check: Check, application: Application, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    look(check)
    machine.pages["/"] = Page(503, b"secret interne")
    look(check)
    client = sign_in(keeper)
    page = client.get(f"/apps/{application.uuid}/health/").content.decode()
    assert "En panne" in page and "polyline" in page and "est en panne depuis" in page
    page = client.get(check.get_absolute_url()).content.decode()
    assert "série 500" in page and "503" not in page and "secret" not in page
    lines = b"".join(client.get(f"{check.get_absolute_url()}results.csv").streaming_content).decode("utf-8-sig")
    rows = [one.split(";") for one in lines.strip().splitlines()]
    assert rows[0][:3] == ["Moment", "Durée", "État"] and [one[2] for one in rows[1:]] == ["En panne", "Fonctionne"]


def test_a_check_is_added_changed_paused_and_deleted_by_its_pages(
    application: Application, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(keeper)
    base = f"/apps/{application.uuid}/health/"
    assert "Rien n’est encore vérifié" in client.get(base).content.decode()
    form = {
        "kind": "http",
        "address": "http://10.0.0.1/",
        "status_from": "200",
        "status_to": "399",
        "host": "",
        "port": "443",
        "every": "5",
        "timeout": "5",
        "slow_after": "3000",
        "failures_to_down": "3",
        "successes_to_up": "2",
        "days_warned": "21",
        "expected_text": "Bonjour",
    }
    refused = client.post(f"{base}new/", form)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "réseau interne" in page and 'value="Bonjour"' in page, "nothing is lost"
    assert client.post(f"{base}new/", {**form, "every": "0"}).status_code == 422
    assert client.post(f"{base}new/", {**form, "every": "61"}).status_code == 422
    assert client.post(f"{base}new/", {**form, "timeout": "11"}).status_code == 422
    # What the kind does not need is not seen: it is no error.
    form |= {"port": "x", "days_warned": ""}
    assert client.post(f"{base}new/", {**form, "address": f"{machine.url}/"})["Location"] == base
    check = Check.objects.get()
    one = check.get_absolute_url()
    assert client.post(f"{one}edit/", {**form, "address": f"{machine.url}/", "every": "9"})["Location"] == one
    client.post(f"{one}pause/")
    check.refresh_from_db()
    assert (check.every, check.is_active) == (9, False)
    client.post(f"{one}pause/", {"resume": "1"})
    client.post(f"{one}now/")
    assert client.get(f"{one}delete/").status_code == 200 and Check.objects.exists()
    assert client.post(f"{one}delete/")["Location"] == base and not Check.objects.exists()


def test_an_outage_is_declared_and_ended_by_its_pages(
    application: Application, keeper: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(keeper)
    base = f"/apps/{application.uuid}/health/"
    refused = client.post(f"{base}outage/", {"note_fr": "", "note_en": "Payslips are wrong."})
    assert refused.status_code == 422 and "Payslips are wrong." in refused.content.decode()
    client.post(f"{base}outage/", {"note_fr": "Les bulletins sont faux.", "note_en": "Payslips are wrong."})
    assert "Les bulletins sont faux." in client.get("/apps/").content.decode()
    client.post(f"{base}outage/end/")
    assert "Les bulletins sont faux." not in client.get("/apps/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_checks(
    application: Application,
    keeper: Person,
    machine: Site,
    sign_in: Callable[..., Client],
) -> None:
    client, counts = sign_in(keeper), []
    client.get(f"/apps/{application.uuid}/health/")
    for _one in range(2):
        while Check.objects.count() < 1 + 4 * len(counts):
            look(a_check(application, keeper, address=f"{machine.url}/"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(f"/apps/{application.uuid}/health/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_audience_narrows_who_hears_of_the_outage(
    register: Space, keeper: Person, colleague: Person, machine: Site
) -> None:
    application = an_application(register, keeper, audience=audience_of({principal("person", keeper.pk)}))
    declare_outage(application, actor=fresh(keeper), note_fr="Panne.")
    assert len(outages_for(fresh(keeper))) == 1 and outages_for(fresh(colleague)) == []


def test_adding_refuses_unknown_values(application: Application, keeper: Person, machine: Site) -> None:
    with pytest.raises(ValidationError):
        add_check(
            application, actor=fresh(keeper), kind="http", address=f"{machine.url}/", status_from=400, status_to=200
        )
