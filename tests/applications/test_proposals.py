"""What systems propose and people decide: field by field, once, told and kept."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from applications.actions import approve, change_application, refuse
from applications.actions.applications import addressed_to, addressees
from applications.differences import differences_of
from applications.models import Application, Proposal, Registrar, Registration, Stage
from directory.actions import deactivate
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused, ask, people_who_can
from foundation.audiences.principals import EVERYONE, principal
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .service import ROOT, Pipeline, make_editor, make_register, make_registrar, manifest

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(city: Unit) -> Space:
    return make_register()


@pytest.fixture
def keeper(register: Space, city: Unit) -> Person:
    return make_editor(register, make_person("kim.registre", unit=city))


@pytest.fixture
def editor(register: Space, city: Unit) -> Person:
    """Another editor of the register."""
    return make_editor(register, make_person("edith.registre", unit=city))


@pytest.fixture
def pipeline(register: Space, keeper: Person) -> Pipeline:
    return Pipeline(*make_registrar(register, keeper))


def waiting() -> Proposal:
    return Proposal.objects.waiting().with_row().get()


def told(person: Person, verb: str) -> list[Notification]:
    return list(Notification.objects.visible_to(fresh(person)).filter(activity__verb=f"applications.{verb}"))


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_an_approved_application_is_in_service_at_once_and_announced(
    pipeline: Pipeline, editor: Person, keeper: Person, colleague: Person, deliver: Callable[[], int]
) -> None:
    pipeline.push()
    deliver()
    # Every editor hears that it waits, whoever keeps the system too; nobody else does.
    for person in (editor, keeper):
        (notification,) = told(person, "proposal_waiting")
        assert notification.url == waiting().get_absolute_url()
    assert told(colleague, "proposal_waiting") == []
    application = approve(waiting(), actor=fresh(editor))
    assert (application.stage, application.author, application.owner) == (Stage.IN_SERVICE, editor, keeper)
    assert Application.objects.visible_to(fresh(colleague)).get() == application
    deliver()
    assert len(told(colleague, "put_in_service")) == 1
    assert len(told(keeper, "proposal_approved")) == 1
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.by, proposal.application) == ("approved", editor, application)
    log = Activity.objects.get(verb="applications.proposal_approved")
    assert (log.actor, log.data["name"], log.data["version"]) == (editor, "Chaîne de livraison", "1.0")
    said = pipeline.ask("GET", f"{ROOT}/paie").json()
    assert (said["id"], said["stage"], said["pending"]) == (str(application.uuid), "in_service", None)
    assert said["last_decision"] == "approved"


def test_a_change_is_written_when_it_is_approved(pipeline: Pipeline, editor: Person, borough: Unit) -> None:
    pipeline.push()
    application = approve(waiting(), actor=fresh(editor))
    pipeline.push(
        manifest(
            version="2", addresses={"web": "https://neuve.ville.example/"}, audience=["VERDUN"], owner=editor.username
        )
    )
    application.refresh_from_db()
    assert application.address == "https://paie.ville.example/"
    proposal = waiting()
    assert set(proposal.values) == {"address", "audience", "owner"}
    approve(proposal, actor=fresh(editor))
    application.refresh_from_db()
    assert application.address == "https://neuve.ville.example/"
    assert addressees(application.audience) == {principal("unit", borough.pk)}
    assert application.owner == editor


def test_a_newer_manifest_takes_the_place_of_what_waits_and_nobody_is_told_twice(
    pipeline: Pipeline, editor: Person, deliver: Callable[[], int]
) -> None:
    pipeline.push()
    first = waiting()
    pipeline.push(manifest(version="1.1", name={"fr": "La paie", "en": "Payroll"}))
    first.refresh_from_db()
    assert (first.state, waiting().values["title"]) == ("superseded", "La paie")
    # The same values under a new version go on waiting as they are.
    pipeline.push(manifest(version="1.2", name={"fr": "La paie", "en": "Payroll"}, surplus=1))
    assert Proposal.objects.count() == 2
    deliver()
    assert len(told(editor, "proposal_waiting")) == 1
    with pytest.raises(Refused):
        approve(first, actor=fresh(editor))


def test_a_system_that_takes_its_change_back_leaves_nothing_waiting(pipeline: Pipeline, editor: Person) -> None:
    pipeline.push()
    approve(waiting(), actor=fresh(editor))
    pipeline.push(manifest(version="2", addresses={"web": "https://neuve.ville.example/"}))
    pipeline.push(manifest(version="3"))
    assert not Proposal.objects.waiting().exists()


def test_a_refusal_stands_for_the_same_values_and_says_why(
    pipeline: Pipeline, editor: Person, keeper: Person, deliver: Callable[[], int]
) -> None:
    pipeline.push()
    application = approve(waiting(), actor=fresh(editor))
    moved = {"addresses": {"web": "https://neuve.ville.example/"}}
    pipeline.push(manifest(version="2", **moved))
    refuse(waiting(), "Pas avant janvier.", actor=fresh(editor))
    application.refresh_from_db()
    assert application.address == "https://paie.ville.example/"
    deliver()
    assert len(told(keeper, "proposal_refused")) == 1
    said = pipeline.ask("GET", f"{ROOT}/paie").json()
    assert (said["last_decision"], said["last_reason"]) == ("refused", "Pas avant janvier.")
    # With the next version the same address is no new question; another one is.
    pipeline.push(manifest(version="3", description={"fr": "Neuf.", "en": ""}, **moved))
    assert not Proposal.objects.waiting().exists()
    pipeline.push(manifest(version="4", addresses={"web": "https://autre.ville.example/"}))
    assert waiting().values == {"address": "https://autre.ville.example/"}


def test_a_refused_newcomer_is_not_there_and_its_key_is_free_again(
    pipeline: Pipeline, register: Space, keeper: Person, editor: Person
) -> None:
    pipeline.push()
    refuse(waiting(), "Non.", actor=fresh(editor))
    assert not Application.objects.exists()
    assert pipeline.push().json()["result"] == "unchanged"
    other = Pipeline(*make_registrar(register, keeper, name="Autre"))
    assert other.push().status_code == 202
    assert Registration.objects.get().registrar == other.registrar


def test_two_people_approve_once(pipeline: Pipeline, editor: Person, keeper: Person) -> None:
    pipeline.push()
    first, second = waiting(), waiting()
    approve(first, actor=fresh(editor))
    with pytest.raises(Refused):
        approve(second, actor=fresh(keeper))
    with pytest.raises(Refused):
        refuse(second, "Trop tard.", actor=fresh(keeper))
    assert Application.objects.count() == 1
    assert Activity.objects.filter(verb="applications.proposal_approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_same_moment_approve_once(pipeline: Pipeline, editor: Person, keeper: Person) -> None:
    pipeline.push()
    shared = waiting()
    start, done = threading.Barrier(2), []

    def act(person: Person) -> None:
        try:
            start.wait(10)
            approve(shared, actor=fresh(person))
            done.append("approved")
        except Refused:
            done.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(one,)) for one in (editor, keeper)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(done) == ["approved", "refused"]
    assert Application.objects.count() == 1
    assert Activity.objects.filter(verb="applications.put_in_service").count() == 1


def test_what_is_no_longer_possible_is_said_and_goes_on_waiting(
    pipeline: Pipeline, editor: Person, city: Unit, sign_in: Callable[..., Client]
) -> None:
    leaver = make_person("luc.partant", unit=city)
    pipeline.push(manifest(owner=leaver.username))
    deactivate(leaver)
    with pytest.raises(ValidationError) as caught:
        approve(waiting(), actor=fresh(editor))
    assert "owner" in caught.value.message_dict
    page = sign_in(editor, "en").post(f"{waiting().get_absolute_url()}approve/")
    assert page.status_code == 422 and "has left" in page.content.decode()
    assert not Application.objects.exists() and waiting().is_waiting


def test_a_day_that_passed_while_it_waited_is_said(pipeline: Pipeline, editor: Person) -> None:
    pipeline.push()
    approve(waiting(), actor=fresh(editor))
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    pipeline.push(manifest(version="2", stage="retiring", retires_on=day))
    with pytest.raises(ValidationError):
        approve(waiting(), actor=fresh(editor))
    assert Application.objects.get().stage == Stage.IN_SERVICE


@pytest.mark.parametrize("stage", ["announced", "pilot", "in_service", "retiring", "retired"])
def test_every_stage_is_reached_by_a_manifest(pipeline: Pipeline, editor: Person, stage: str) -> None:
    pipeline.push(manifest(stage="pilot" if stage != "pilot" else "announced"))
    application = approve(waiting(), actor=fresh(editor))
    moment = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    more: dict[str, Any] = {}
    if stage == "announced":
        more = {"service_from": moment.isoformat()}
    if stage == "retiring":
        more = {"retires_on": moment.date().isoformat()}
    answer = pipeline.push(manifest(version="2", stage=stage, **more))
    assert answer.status_code == 202, answer.content
    approve(waiting(), actor=fresh(editor))
    application.refresh_from_db()
    assert application.stage == stage
    if stage == "announced":
        assert application.service_from == moment
    if stage == "retiring":
        assert application.retires_on == moment.date()


def test_maintenance_is_told_to_its_audience_at_once(
    pipeline: Pipeline, editor: Person, colleague: Person, deliver: Callable[[], int]
) -> None:
    pipeline.push()
    application = approve(waiting(), actor=fresh(editor))
    begins = timezone.now() + timedelta(hours=1)
    window = {"from": begins.isoformat(), "until": (begins + timedelta(hours=2)).isoformat(), "fr": "Mise à jour"}
    assert pipeline.push(manifest(version="2", maintenance=window)).json()["result"] == "applied"
    application.refresh_from_db()
    assert application.maintenance_fr == "Mise à jour" and application.is_in_maintenance(begins + timedelta(hours=1))
    assert pipeline.push(manifest(version="3", maintenance=None)).json()["result"] == "applied"
    application.refresh_from_db()
    assert application.maintenance_from is None
    deliver()
    assert len(told(colleague, "maintenance_planned")) == len(told(colleague, "maintenance_ended")) == 1


# -- who --------------------------------------------------------------------------------------------------------------


def test_editors_decide_and_nobody_else(
    pipeline: Pipeline, register: Space, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    foreign = make_editor(make_register("autre"), make_person("autre.registre"))
    pipeline.push(manifest(owner=colleague.username))
    shown = waiting()
    for person in (colleague, foreign):
        with pytest.raises(Refused):
            approve(shown, actor=fresh(person))
        with pytest.raises(Refused):
            refuse(shown, "Non.", actor=fresh(person))
        browser = sign_in(person)
        assert browser.get(shown.get_absolute_url()).status_code == 404
        assert browser.post(f"{shown.get_absolute_url()}approve/").status_code == 404
    assert {one.username for one in people_who_can("applications.decide", shown)} == {
        "kim.registre",
        "edith.registre",
    }
    approve(shown, actor=fresh(editor))
    # Its owner keeps what is said of it, and does not let its system in.
    pipeline.push(manifest(version="2", owner=colleague.username, addresses={"web": "https://b.ville.example/"}))
    assert not ask(fresh(colleague), "applications.decide", waiting())


def test_an_administrator_who_edits_no_register_reads_and_does_not_decide(
    pipeline: Pipeline, sign_in: Callable[..., Client]
) -> None:
    pipeline.push()
    admin = make_person("ada.admin", is_staff=True)
    browser = sign_in(admin, "en")
    page = browser.get(waiting().get_absolute_url())
    assert page.status_code == 200 and "Approve and write" not in page.content.decode()
    assert browser.post(f"{waiting().get_absolute_url()}approve/").status_code == 403


def test_a_system_approves_nothing_itself(pipeline: Pipeline) -> None:
    pipeline.push()
    shown = waiting()
    for path in (f"{shown.get_absolute_url()}approve/", f"/api/v1/service/proposals/{shown.uuid}/approve"):
        assert pipeline.ask("POST", path).status_code in (302, 404)
    assert waiting().is_waiting


# -- reading ----------------------------------------------------------------------------------------------------------


def test_the_difference_is_told_in_words(pipeline: Pipeline, editor: Person, keeper: Person, borough: Unit) -> None:
    pipeline.push()
    application = approve(waiting(), actor=fresh(editor))
    pipeline.push(
        manifest(
            version="2",
            addresses={"web": "https://neuve.ville.example/"},
            audience=["elected", "VERDUN"],
            access="request",
            owner=editor.username,
            stage="announced",
            service_from="2026-12-01T08:00:00-05:00" if timezone.now().year < 2026 else "2035-12-01T08:00:00-05:00",
        )
    )
    only = addressed_to({"elected", principal("person", keeper.pk)}, application.space)
    change_application(application, {"audience": only}, actor=fresh(editor))
    with translation.override("fr"):
        shown = {one.name: one for one in differences_of(waiting())}
    assert shown["address"].before == "https://paie.ville.example/"
    assert (
        shown["audience"].before == "Tous les membres du personnel et les personnes élues" or shown["audience"].before
    )
    assert "Verdun" in shown["audience"].after and "," in shown["audience"].after
    assert shown["owner"].after == editor.name
    assert "2035" in shown["service_from"].after
    # Changed here since: whoever decides sees it.
    assert shown["audience"].now is not None and shown["address"].now is None
    with translation.override("en"):
        shown = {one.name: one for one in differences_of(waiting())}
    assert (shown["stage"].before, shown["stage"].after, shown["entry"].after) == (
        "In service",
        "Announced",
        "On request",
    )


def test_what_a_system_writes_is_shown_as_text(
    pipeline: Pipeline, editor: Person, sign_in: Callable[..., Client]
) -> None:
    pipeline.push(manifest(name={"fr": "<script>alert(1)</script>", "en": "x"}, description={"fr": "<b>gras</b>"}))
    html = sign_in(editor).get(waiting().get_absolute_url()).content.decode()
    assert "<script>alert" not in html and "<b>gras" not in html and "&lt;b&gt;gras" in html


def test_the_pages_lead_from_the_notification_to_the_decision(
    pipeline: Pipeline, editor: Person, sign_in: Callable[..., Client], deliver: Callable[[], int]
) -> None:
    pipeline.push()
    deliver()
    browser = sign_in(editor, "en")
    assert "it waits for your decision" in browser.get("/notifications/").content.decode()
    listed = browser.get("/apps/service/").content.decode()
    assert waiting().get_absolute_url() in listed
    page = browser.get(waiting().get_absolute_url()).content.decode()
    assert "Approve and write" in page and "https://paie.ville.example/" in page
    empty = browser.post(f"{waiting().get_absolute_url()}refuse/", {"reason": ""})
    assert empty.status_code == 422 and "Say why" in empty.content.decode()
    shown = waiting()
    answer = browser.post(f"{shown.get_absolute_url()}approve/")
    assert (answer.status_code, answer["Location"]) == (302, Application.objects.get().get_absolute_url())
    page = browser.get(shown.get_absolute_url()).content.decode()
    assert "Approve and write" not in page and editor.name in page
    # Pressed twice.
    assert browser.post(f"{shown.get_absolute_url()}approve/").status_code == 403
    pipeline.push(manifest(version="2", addresses={"web": "https://b.ville.example/"}))
    shown = waiting()
    assert browser.post(f"{shown.get_absolute_url()}refuse/", {"reason": "Non."}).status_code == 302
    assert "Non." in browser.get(shown.get_absolute_url()).content.decode()


def test_an_audience_wider_than_the_system_may_is_not_reached_by_leaving_it_out(
    register: Space, keeper: Person, editor: Person, borough: Unit
) -> None:
    """Null means as far as the system may, for what is there already too."""
    pipeline = Pipeline(*make_registrar(register, keeper, audience={principal("unit", borough.pk)}))
    pipeline.push(manifest(audience=None))
    application = approve(waiting(), actor=fresh(editor))
    assert application.audience is not None and EVERYONE not in application.audience.principals
    Registrar.objects.update(guarded=[])
    pipeline.push(manifest(version="2", audience=[]))
    application.refresh_from_db()
    assert application.audience is not None and EVERYONE not in application.audience.principals
