"""Applications at their moment: in service at the minute, once, in order, whatever happened to the worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import add_application, announce, approve, enter_due, plan_retirement
from applications.models import Application, Proposal, Stage
from directory.actions import deactivate
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.content.actions import trash
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person
from tests.processes import until
from tests.realtime.test_socket import _open

from .service import Pipeline, make_editor, make_register, make_registrar, manifest

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 11, 29, 15, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=2)


@pytest.fixture
def register(city: Unit) -> Space:
    return make_register()


@pytest.fixture
def keeper(register: Space, city: Unit) -> Person:
    return make_editor(register, make_person("kim.registre", unit=city))


def make_application(space: Space, keeper: Person, title: str, **said: Any) -> Application:
    values = {"stage": Stage.ANNOUNCED, "service_from": SOON, **said}
    return add_application(
        space, actor=keeper, title=title, title_translated=f"{title} (en)", address="https://a.ville.example/", **values
    )


def in_service() -> list[str]:
    """The titles that went into service, in the order in which they were announced."""
    found = Activity.objects.filter(verb="applications.put_in_service").order_by("pk").select_related("content")
    return [one.content.title for one in found if one.content is not None]


def test_at_its_minute_it_is_there_and_its_audience_is_told_once(
    register: Space, keeper: Person, borough: Unit, colleague: Person, outsider: Person, deliver: Callable[[], int]
) -> None:
    elsewhere = make_person("elle.ailleurs")
    with time_machine.travel(NOW, tick=False) as clock:
        only = audience_of({principal("unit", borough.pk)})
        application = make_application(register, keeper, "Permis", audience=only)
        browser = Client()
        browser.force_login(colleague, backend="directory.backends.LocalBackend")
        opening = f"{application.get_absolute_url()}open/"
        assert browser.get(opening)["Location"] == application.get_absolute_url()
        clock.move_to(SOON - timedelta(seconds=1))
        assert enter_due() == 0
        clock.move_to(SOON)
        assert enter_due() == 1
        application.refresh_from_db()
        assert (application.stage, application.service_from) == (Stage.IN_SERVICE, SOON)
        assert browser.get(opening)["Location"] == "https://a.ville.example/"
        assert "Permis" in browser.get("/apps/").content.decode()
        assert [enter_due() for _ in range(3)] == [0, 0, 0]
        deliver()
        deliver()
    told = Notification.objects.filter(activity__verb="applications.put_in_service")
    assert told.visible_to(fresh(colleague)).count() == 1
    assert not told.visible_to(fresh(elsewhere)).exists() and not told.visible_to(fresh(outsider)).exists()


def test_approved_beforehand_a_manifest_goes_into_service_by_itself(
    register: Space, keeper: Person, colleague: Person
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        pipeline = Pipeline(*make_registrar(register, keeper))
        answer = pipeline.push(manifest(stage="announced", service_from=SOON.isoformat()))
        assert answer.status_code == 202
        approve(Proposal.objects.get(), actor=fresh(keeper))
        assert in_service() == []
        clock.move_to(SOON)
        assert enter_due() == 1
        assert in_service() == ["Paie"]
        assert Application.objects.visible_to(fresh(colleague)).get().is_open


def test_a_moment_that_passed_before_it_was_approved_is_made_up_for(register: Space, keeper: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        pipeline = Pipeline(*make_registrar(register, keeper))
        pipeline.push(manifest(stage="announced", service_from=SOON.isoformat()))
        clock.move_to(SOON + timedelta(days=1))
        assert enter_due() == 0
        approve(Proposal.objects.get(), actor=fresh(keeper))
        assert enter_due() == 1 and in_service() == ["Paie"]


def test_what_was_missed_is_made_up_for_in_order(register: Space, keeper: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        make_application(register, keeper, "Troisième", service_from=SOON + timedelta(hours=2))
        make_application(register, keeper, "Premier")
        make_application(register, keeper, "Essai", stage=Stage.PILOT, service_from=SOON + timedelta(hours=1))
        make_application(register, keeper, "Plus tard", service_from=SOON + timedelta(days=9))
        make_application(register, keeper, "Sans moment", service_from=None)
        clock.move_to(SOON + timedelta(days=2))
        assert enter_due() == 3
    assert in_service() == ["Premier", "Essai", "Troisième"]


def test_what_is_retiring_is_retired_on_its_day_in_the_city(register: Space, keeper: Person) -> None:
    # Half past midnight in UTC is still the day before in Montréal.
    with time_machine.travel(NOW, tick=False) as clock:
        application = make_application(register, keeper, "Ancienne", stage=Stage.IN_SERVICE, service_from=None)
        plan_retirement(application, actor=fresh(keeper), retires_on=date(2031, 12, 5))
        clock.move_to(datetime(2031, 12, 5, 0, 30, tzinfo=UTC))
        assert enter_due() == 0
        clock.move_to(datetime(2031, 12, 5, 5, 0, tzinfo=UTC))
        assert [enter_due(), enter_due()] == [1, 0]
        application.refresh_from_db()
        assert application.stage == Stage.RETIRED
        assert Activity.objects.filter(verb="applications.retired").count() == 1


def test_a_moment_that_somebody_moved_or_a_trashed_application_stays(register: Space, keeper: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        moved = make_application(register, keeper, "Remise")
        gone = make_application(register, keeper, "Corbeille")
        announce(moved, actor=fresh(keeper), service_from=SOON + timedelta(days=3))
        trash(gone, actor=fresh(keeper))
        clock.move_to(SOON + timedelta(hours=1))
        assert enter_due() == 0
    assert in_service() == []


def test_an_owner_who_left_does_not_hold_it_up(register: Space, keeper: Person, city: Unit) -> None:
    leaver = make_person("luc.partant", unit=city)
    with time_machine.travel(NOW, tick=False) as clock:
        make_application(register, keeper, "Permis", owner=leaver)
        deactivate(leaver)
        clock.move_to(SOON)
        assert enter_due() == 1


def test_one_that_cannot_be_moved_holds_no_other_up(register: Space, keeper: Person, caplog: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        broken = make_application(register, keeper, "Cassée", service_from=NOW + timedelta(minutes=1))
        make_application(register, keeper, "Bonne")
        # As an older version, or a hand in the database, may have left it.
        Application.objects.filter(pk=broken.pk).update(address="")
        clock.move_to(SOON)
        assert enter_due() == 1 and in_service() == ["Bonne"]
        assert len([one for one in caplog.records if "cannot be moved" in one.message]) == 1
        assert enter_due() == 0
        assert len([one for one in caplog.records if "cannot be moved" in one.message]) == 1
        Application.objects.filter(pk=broken.pk).update(address="https://a.ville.example/")
        clock.move_to(SOON + timedelta(minutes=2))
        assert enter_due() == 1 and in_service() == ["Bonne", "Cassée"]


def test_looking_costs_one_query_of_an_index(register: Space, keeper: Person) -> None:
    for place in range(20):
        make_application(register, keeper, f"A{place}", service_from=timezone.now() + timedelta(days=place + 1))
    with CaptureQueriesContext(connection) as seen:
        assert enter_due() == 0
    assert len(seen) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + seen[0]["sql"])
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "applications_entering" in plan and "applications_leaving" in plan, plan


# Each dies by itself at its fourth, in the middle of the transaction.
CLOCK = """
import signal
import django
django.setup()
from applications.actions import enter_due
from tests.halted import halt
halt("applications.actions.entering:_act", 4, signal.SIGKILL)
while True:
    enter_due()
"""


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_each_goes_into_service_exactly_once(
    register: Space, keeper: Person, deliver: Callable[[], int]
) -> None:
    """kill -9 of two clocks at work at once, many times."""
    past = timezone.now() - timedelta(hours=1)
    number = 12
    for place in range(number):
        make_application(register, keeper, f"A{place:02}", service_from=past + timedelta(seconds=place))
    at = connection.settings_dict
    is_file = connection.vendor == "sqlite"
    url = (
        f"sqlite:///{at['NAME']}"
        if is_file
        else f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "DATA_DIR") if name in os.environ}
    env = {**kept, "PARVIS_IGNORE_ENV_FILE": "1", "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "intranet.settings"}
    root = Path(__file__).resolve().parent.parent.parent
    rounds = 0
    while len(in_service()) < number:
        rounds += 1
        assert rounds < 60
        clocks = [
            subprocess.Popen([sys.executable, "-c", CLOCK], cwd=root, env=env, stdout=subprocess.DEVNULL)
            for _clock in range(2)
        ]
        try:
            until(lambda clocks=clocks: len(in_service()) == number or any(one.poll() is not None for one in clocks))
            assert {one.poll() for one in clocks} <= {None, -signal.SIGKILL}
        finally:
            for one in clocks:
                one.kill()
            for one in clocks:
                one.wait()
    assert in_service() == [f"A{place:02}" for place in range(number)]
    assert Application.objects.filter(stage=Stage.IN_SERVICE).count() == number
    deliver()
    assert Notification.objects.filter(activity__verb="applications.put_in_service").count() == number
    assert rounds > 1


def _enter(register: Space, keeper: Person, unit: Unit) -> int:
    """An application for one unit goes into service."""
    application = make_application(register, keeper, "Permis", audience=audience_of({principal("unit", unit.pk)}))
    Application.objects.filter(pk=application.pk).update(service_from=timezone.now() - timedelta(minutes=1))
    return enter_due()


@pytest.fixture
def elsewhere(sign_in: Callable[..., Client]) -> Client:
    """Somebody whom it is not for."""
    return sign_in(make_person("elle.ailleurs"))


@pytest.mark.django_db(transaction=True)
async def test_an_open_launcher_is_told_to_look_again_and_nothing_else(
    register: Space, keeper: Person, borough: Unit, colleague: Person, sign_in: Callable[..., Client], elsewhere: Client
) -> None:
    mine, theirs = await sync_to_async(sign_in)(colleague), elsewhere
    async with _open(mine) as socket, _open(theirs) as other:
        assert (await socket.receive_json_from())["type"] == "unread"
        assert (await other.receive_json_from())["type"] == "unread"
        assert await sync_to_async(_enter)(register, keeper, borough) == 1
        assert await socket.receive_json_from() == {"type": "applications"}
        assert await other.receive_nothing(timeout=0.2)


@pytest.mark.django_db(transaction=True)
async def test_a_launcher_that_was_on_its_way_looks_again(
    register: Space, keeper: Person, borough: Unit, colleague: Person, sign_in: Callable[..., Client], elsewhere: Client
) -> None:
    mine = await sync_to_async(sign_in)(colleague)

    def drawn_and_entered() -> str:
        page = mine.get("/apps/").content.decode()
        assert _enter(register, keeper, borough) == 1
        return page

    assert "Permis" not in await sync_to_async(drawn_and_entered)()
    async with _open(mine) as socket, _open(elsewhere) as other:
        assert [(await socket.receive_json_from())["type"] for _number in range(2)] == ["unread", "applications"]
        assert (await other.receive_json_from())["type"] == "unread"
        assert await other.receive_nothing(timeout=0.2)
