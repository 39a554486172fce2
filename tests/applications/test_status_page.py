"""The status of applications, for everyone: lights, outages, maintenance, thirty days, the banner, the API, metrics."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import change_application, declare_outage, end_outage
from applications.actions.health_runs import take_checks, write_finding
from applications.checks import Finding
from applications.models import Application, Check, StatusPeriod
from applications.querysets import outages_for
from applications.uptime import history_of
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .health import HERE, a_check, a_register, an_application

pytestmark = pytest.mark.django_db


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
def hidden(register: Space, keeper: Person) -> Application:
    """An application that is for its keeper alone."""
    alone = audience_of({principal("person", keeper.pk)})
    return an_application(register, keeper, "Dossiers confidentiels", audience=alone)


def find(check: Check, outcome: str) -> None:
    """What the worker writes when it found this."""
    Check.objects.filter(pk=check.pk).update(next_at=timezone.now())
    taken = next(one for one in take_checks(50) if one.pk == check.pk)
    assert write_finding(taken.pk, taken.lease_holder, Finding(outcome, 12 if outcome != "d" else None))


def read(client: Client, path: str = "/apps/status/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_how_things_are(
    application: Application, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(colleague)
    assert "Aucune application n’est encore vérifiée" in read(client)
    check = a_check(application, keeper, kind="tcp", host=HERE, port=80)
    with time_machine.travel(timezone.localtime().replace(hour=9, minute=12), tick=False):
        find(check, "u")
        assert "1 fonctionne" in read(client) and "100,0\u00a0%" not in read(client)
        find(check, "d")
    with time_machine.travel(timezone.localtime().replace(hour=10, minute=12), tick=False):
        for path in ("/apps/status/", "/apps/", f"/apps/{application.uuid}/"):
            assert "Paie est en panne depuis 9\u00a0h\u00a012" in read(client, path), path
        page = read(client)
        assert "En panne" in page and "pendant 1\u00a0h en tout" in page
        declare_outage(application, actor=fresh(keeper), note_fr="Retour à midi.", note_en="Back at noon.")
        assert "Retour à midi." in read(client)
        english = sign_in(colleague, "en")
        assert "Paie (en) has been out of order since 9:12\u00a0a.m." in read(english)
        assert "Back at noon." in read(english) and "Retour" not in read(english)
    with time_machine.travel(timezone.localtime() + timedelta(days=2)):
        assert "est en panne depuis le" in read(sign_in(colleague, "fr"), "/apps/")


def test_nobody_hears_of_what_they_may_not_see(
    hidden: Application, keeper: Person, colleague: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    declare_outage(hidden, actor=fresh(keeper), note_fr="Fuite de données.")
    for person in (colleague, outsider):
        client = sign_in(person)
        for path in ("/apps/", "/apps/status/", "/api/v1/applications/status"):
            answer = client.get(path).content.decode()
            assert "confidentiels" not in answer and "Fuite" not in answer, (person, path)
        assert client.get(f"/apps/{hidden.uuid}/status/").status_code == 404
        assert outages_for(fresh(person)) == []
    assert "Fuite de données." in read(sign_in(keeper))
    assert Client().get("/apps/status/").status_code == 302


def test_an_outage_of_a_trashed_or_retired_application_is_told_to_nobody(
    application: Application, keeper: Person
) -> None:
    declare_outage(application, actor=fresh(keeper), note_fr="Panne.")
    change_application(application, {"stage": "retired"}, actor=fresh(keeper))
    assert outages_for(fresh(keeper)) == []


def test_the_history_of_one_application(
    application: Application, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon - timedelta(days=3), tick=False):
        outage = declare_outage(application, actor=fresh(keeper), note_fr="Migration ratée.")
    with time_machine.travel(noon - timedelta(days=3) + timedelta(hours=2), tick=False):
        end_outage(outage, actor=fresh(keeper))
    page = read(sign_in(colleague), f"/apps/{application.uuid}/status/")
    assert "Migration ratée." in page and "pendant 2\u00a0h" in page
    assert page.count("<tr>") == 31, "thirty days, and their head"
    assert "en panne pendant 2\u00a0h" in page and "/health/" not in page
    assert f"/apps/{application.uuid}/health/" in read(sign_in(keeper), f"/apps/{application.uuid}/status/")


def test_maintenance_of_the_next_fortnight_is_announced(
    application: Application, register: Space, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    for title, days in (("Proche", 3), ("Lointaine", 20)):
        an_application(
            register,
            keeper,
            title,
            maintenance_from=now + timedelta(days=days),
            maintenance_until=now + timedelta(days=days, hours=2),
            maintenance_fr=f"Entretien de {title}.",
        )
    page = read(sign_in(colleague))
    assert "Entretien de Proche." in page and "Entretien de Lointaine." not in page


def test_a_silent_worker_is_said(
    application: Application, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    find(a_check(application, keeper, kind="tcp", host=HERE, port=80), "u")
    assert "dernières nouvelles" not in read(sign_in(colleague))
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert "dernières nouvelles" in read(sign_in(colleague)), "its light is an old one"
        health = read(sign_in(keeper), f"/apps/{application.uuid}/health/")
        assert "processus de fond" in health


def test_days_are_reckoned_with_the_clock_of_the_city() -> None:
    """The first of November 2026 has twenty-five hours in Montréal."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text)

    with time_machine.travel("2026-11-03T17:00:00+00:00", tick=False):
        periods = [
            StatusPeriod(status="up", began=at("2026-10-20T00:00:00-04:00"), ended=at("2026-11-01T22:00:00-05:00")),
            StatusPeriod(status="down", began=at("2026-11-01T22:00:00-05:00"), ended=at("2026-11-02T02:00:00-05:00")),
            StatusPeriod(status="up", began=at("2026-11-02T02:00:00-05:00"), ended=None),
        ]
        history = history_of(periods)
        days = {one.day.isoformat(): one for one in history.days}
        assert len(days) == 30 and next(iter(days)) == "2026-10-05" and list(days)[-1] == "2026-11-03"
        assert days["2026-10-10"].state == "unknown" and days["2026-10-10"].percent is None
        first = days["2026-11-01"]
        assert (first.seconds["up"], first.seconds["down"]) == (23 * 3600, 2 * 3600)
        assert days["2026-11-02"].percent == round(100 * 22 / 24, 1)
        assert days["2026-11-03"].seconds["up"] == 12 * 3600, "as far as it has passed"
        assert history.percent is not None and 98 < history.percent < 100
        assert "4\u00a0h en tout" in history.words


def test_a_minute_in_a_month_is_not_a_hundred_percent() -> None:
    now = timezone.now()
    down = StatusPeriod(status="down", began=now - timedelta(minutes=2), ended=now)
    up = StatusPeriod(status="up", began=now - timedelta(days=29), ended=now - timedelta(minutes=2))
    assert history_of([up, down]).percent == 99.9
    assert history_of([up]).percent == 100.0


def test_the_api_says_the_same(
    application: Application, hidden: Application, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    declare_outage(application, actor=fresh(keeper), note_fr="Retour à midi.")
    answer = sign_in(colleague).get("/api/v1/applications/status").json()
    (one,) = answer["items"]
    assert (one["id"], one["kind"], one["status"]) == (str(application.uuid), "application", "down")
    assert one["outage"]["note"] == "Retour à midi." and one["outage"]["is_declared"] is True
    assert one["in_maintenance"] is False and one["since"]
    assert Client().get("/api/v1/applications/status").status_code == 401


def test_figures_for_prometheus(application: Application, keeper: Person, client: Client) -> None:
    declare_outage(application, actor=fresh(keeper), note_fr="Panne.")
    text = client.get("/metrics").content.decode()
    assert 'parvis_applications{status="down"} 1.0' in text and 'parvis_applications{status="up"} 0.0' in text


def test_the_number_of_queries_does_not_grow(
    register: Space, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(colleague)
    paths = ("/apps/status/", "/apps/", "/api/v1/applications/status?limit=100")
    counts: list[list[int]] = []
    made = 0
    for many in (1, 12):
        while made < many:
            one = an_application(register, keeper, f"Outil {made}")
            declare_outage(one, actor=fresh(keeper), note_fr="Panne.")
            made += 1
        for path in paths:
            client.get(path)
        row = []
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                client.get(path)
            row.append(len(seen))
        counts.append(row)
    assert counts[0] == counts[1]
    page = read(client, "/apps/")
    assert page.count("est en panne depuis") == 3 and "Toutes les pannes" in page
