"""Applications that systems register: signed pushes, manifests that are read, what the register makes of them."""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from applications.actions import (
    accept_any_version,
    add_registrar,
    change_application,
    change_registrar,
    follow_health_addresses,
    pause_registrar,
    read_manifest_now,
    renew_registrar_secret,
)
from applications.actions.applications import addressees
from applications.actions.polling import read_due_manifests, read_manifest
from applications.actions.receptions import forget_old_receptions, take_lease
from applications.models import Application, Check, Proposal, Reception, Registrar, Registration, Stage
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused
from foundation.audiences.principals import EVERYONE, principal
from foundation.content.actions import trash
from foundation.outgoing import http
from foundation.spaces.models import Membership, Space
from tests.conftest import fresh, make_person
from tests.publications.servers import Machine, machine

from .service import MANIFEST, ROOT, Pipeline, make_editor, make_register, make_registrar, manifest, signed

pytestmark = pytest.mark.django_db

AT_ONCE: dict[str, Any] = {"guarded": []}


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.APPLICATION_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def register(city: Unit) -> Space:
    return make_register()


@pytest.fixture
def keeper(register: Space, city: Unit) -> Person:
    return make_editor(register, make_person("kim.registre", unit=city))


@pytest.fixture
def pipeline(register: Space, keeper: Person) -> Pipeline:
    """A system of which everything waits that should, by default."""
    return Pipeline(*make_registrar(register, keeper))


@pytest.fixture
def free(register: Space, keeper: Person) -> Pipeline:
    """A system of which nothing waits."""
    return Pipeline(*make_registrar(register, keeper, **AT_ONCE))


@pytest.fixture
def server() -> Iterator[Machine]:
    with machine() as made:
        yield made


@pytest.fixture
def polled(server: Machine, register: Space, keeper: Person) -> Registrar:
    address = f"{server.url}/.well-known/parvis-application.json"
    return make_registrar(register, keeper, manifest_address=address, **AT_ONCE)[0]


def serve(server: Machine, content: Any, status: int = 200, **headers: str) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers.setdefault("Content_Type", "application/json")
    server.serve("/.well-known/parvis-application.json", body, status, **headers)


def read(registrar: Registrar) -> Reception:
    """Have it read now."""
    Registrar.objects.filter(pk=registrar.pk).update(next_poll=timezone.now() - timedelta(seconds=1))
    assert read_manifest(registrar.pk)
    found = registrar.receptions.newest_first().first()
    assert found is not None
    return found


def codes(reception: Reception) -> list[str]:
    return [one["code"] for one in reception.problems]


# -- pushed -----------------------------------------------------------------------------------------------------------


def test_a_push_puts_an_application_in_service_and_its_audience_is_told(
    free: Pipeline, keeper: Person, colleague: Person, outsider: Person, deliver: Callable[[], int]
) -> None:
    answer = free.push()
    assert answer.status_code == 200, answer.content
    application = Application.objects.get(key="paie")
    assert answer.json() == {
        "key": "paie",
        "version": "1.0",
        "result": "applied",
        "warnings": [],
        "application": str(application.uuid),
        "proposal": str(Proposal.objects.get().uuid),
    }
    assert (application.title, application.title_translated, application.stage) == ("Paie", "Payroll", "in_service")
    assert (application.address, application.icon, application.category) == (
        "https://paie.ville.example/",
        "cash",
        "hr",
    )
    assert (application.owner, application.author) == (keeper, keeper)
    assert addressees(application.audience) == {EVERYONE}
    # The editors of the register answer for it: they see it whoever it is for.
    assert application.audience == audience_of({EVERYONE, principal("editors", application.space_id)})
    assert Application.objects.visible_to(fresh(colleague)).count() == 1
    assert not Application.objects.visible_to(fresh(outsider)).exists()
    deliver()
    told = Notification.objects.visible_to(fresh(colleague)).filter(activity__verb="applications.put_in_service")
    assert told.count() == 1
    # The log says by which system.
    log = Activity.objects.get(verb="applications.manifest_applied")
    assert (log.actor, log.data["name"], log.data["key"]) == (keeper, "Chaîne de livraison", "paie")


def test_by_default_a_new_application_waits(pipeline: Pipeline, colleague: Person) -> None:
    answer = pipeline.push()
    assert (answer.status_code, answer.json()["result"], answer.json()["application"]) == (202, "waiting", None)
    assert not Application.objects.exists()
    shown = pipeline.ask("GET", f"{ROOT}/paie").json()
    assert (shown["id"], shown["version"], shown["pending"]["id"]) == (None, "1.0", answer.json()["proposal"])
    assert {"field": "title", "before": None, "after": "Paie", "waits": True} in shown["pending"]["changes"]


def test_what_needs_nobody_is_written_at_once_and_the_rest_waits(pipeline: Pipeline, free: Pipeline) -> None:
    free.push()
    # From now on of a system that asks.
    Registrar.objects.filter(pk=free.registrar.pk).update(guarded=["address"])
    changed = manifest(
        version="1.1", description={"fr": "Neuf.", "en": "New."}, addresses={"web": "https://paie2.ville.example/"}
    )
    answer = free.push(changed)
    assert (answer.status_code, answer.json()["result"]) == (202, "waiting")
    application = Application.objects.get(key="paie")
    assert (application.description_fr, application.address) == ("Neuf.", "https://paie.ville.example/")
    waiting = Proposal.objects.waiting().get()
    assert waiting.values == {"address": "https://paie2.ville.example/"}
    assert waiting.before == {"address": "https://paie.ville.example/"}


def test_the_same_again_changes_nothing_and_is_told_nobody(free: Pipeline) -> None:
    free.push()
    count = Activity.objects.count()
    for _time in range(3):
        assert free.push().json()["result"] == "unchanged"
    # Another order and other spaces are the same text.
    body = json.dumps(dict(reversed(MANIFEST.items())), indent=4).encode()
    assert free.push(body).json()["result"] == "unchanged"
    assert (Activity.objects.count(), Proposal.objects.count()) == (count, 1)


def test_an_older_version_that_arrives_late_is_left_aside(free: Pipeline) -> None:
    free.push(manifest(version="1.10", name={"fr": "Paie dix", "en": "Payroll ten"}))
    answer = free.push(manifest(version="1.9", name={"fr": "Paie neuf", "en": "Payroll nine"}))
    assert (answer.status_code, answer.json()["result"]) == (200, "stale")
    assert answer.json()["warnings"][0]["field"] == "$.version" and "1.10" in answer.json()["warnings"][0]["message"]
    assert Application.objects.get().title == "Paie dix"


def test_another_text_under_the_same_version_is_refused(free: Pipeline) -> None:
    free.push()
    answer = free.push(manifest(name={"fr": "Autre", "en": "Other"}))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "same_version")
    assert Application.objects.get().title == "Paie"


def test_a_pipeline_that_counts_anew_is_let_in_by_an_editor(free: Pipeline, keeper: Person) -> None:
    free.push(manifest(version="9"))
    assert free.push(manifest(version="1", name={"fr": "Paie un", "en": ""})).json()["result"] == "stale"
    accept_any_version(free.registrar, actor=fresh(keeper))
    assert free.push(manifest(version="1", name={"fr": "Paie un", "en": ""})).json()["result"] == "applied"
    assert Application.objects.get().title == "Paie un"


def test_what_people_wrote_over_a_manifest_stays_until_the_manifest_itself_changes(
    free: Pipeline, keeper: Person
) -> None:
    free.push()
    application = Application.objects.get()
    change_application(application, {"description_fr": "À la main.", "icon": "coin"}, actor=fresh(keeper))
    free.push(manifest(version="1.1", name={"fr": "La paie", "en": "Payroll"}))
    application.refresh_from_db()
    assert (application.title, application.description_fr, application.icon) == ("La paie", "À la main.", "coin")
    free.push(manifest(version="1.2", description={"fr": "Du manifeste.", "en": ""}))
    application.refresh_from_db()
    assert (application.description_fr, application.icon) == ("Du manifeste.", "coin")


def test_everything_that_is_wrong_is_told_in_the_language_asked_for(register: Space, keeper: Person) -> None:
    registrar, secret = make_registrar(register, keeper)
    wrong = manifest(
        addresses={"web": "javascript:alert(1)", "phone": "x"}, owner="personne", audience=["unit:NULLE", "everyone"]
    )
    english = Pipeline(registrar, secret, "en").push(wrong)
    later = Pipeline(registrar, secret, "fr-CA,fr;q=0.8")
    later.wait(5)
    french = later.push(wrong)
    assert english.status_code == french.status_code == 422
    assert english["Content-Type"] == french["Content-Type"] == "application/problem+json"
    found = {one["field"]: one["code"] for one in english.json()["errors"]}
    assert found == {
        "$.addresses.web": "scheme",
        "$.addresses.phone": "bad_phone",
        "$.owner": "nobody",
        "$.audience[0]": "no_audience",
    }
    assert "are not allowed here" in english.json()["errors"][0]["message"] + english.json()["errors"][1]["message"]
    assert "ne sont pas admises ici" in french.json()["errors"][0]["message"] + french.json()["errors"][1]["message"]
    assert not Application.objects.exists() and not Registration.objects.exists()
    kept = registrar.receptions.newest_first().first()
    assert kept is not None and kept.result == "invalid" and len(kept.flaws) == 4


def test_a_dry_run_says_what_would_change_and_writes_nothing(pipeline: Pipeline) -> None:
    path = "/api/v1/service/check"
    answer = pipeline.ask("POST", path, manifest(colour="red"))
    assert answer.status_code == 200
    said = answer.json()
    assert (said["ok"], said["errors"], said["warnings"][0]["code"]) == (True, [], "unknown")
    assert {"field": "stage", "before": None, "after": "in_service", "waits": True} in said["changes"]
    said = pipeline.ask("POST", path, manifest(addresses={"web": "data:x"})).json()
    assert (said["ok"], said["errors"][0]["field"], said["changes"]) == (False, "$.addresses.web", [])
    for model in (Application, Registration, Proposal, Reception):
        assert not model.objects.exists()


def test_a_key_that_differs_from_the_address_is_refused(free: Pipeline) -> None:
    assert free.push(key="autre").json()["errors"][0]["code"] == "wrong_key"
    content = {name: value for name, value in MANIFEST.items() if name != "key"}
    assert free.push(content, key="autre").status_code == 200
    assert free.push(content, key="Pas_une%20cle").status_code == 422


def test_the_key_of_another_system_is_refused_to_this_one(
    register: Space, keeper: Person, free: Pipeline, pipeline: Pipeline
) -> None:
    free.push()
    answer = pipeline.push(manifest(version="9"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "taken")
    assert pipeline.ask("GET", f"{ROOT}/paie").status_code == 404
    assert pipeline.ask("DELETE", f"{ROOT}/paie").status_code == 404
    assert Application.objects.get().stage == "in_service"


def test_an_application_entered_by_hand_is_handed_to_a_system_by_somebody(
    register: Space, keeper: Person, free: Pipeline
) -> None:
    from applications.actions import add_application, approve

    by_hand = add_application(
        register,
        actor=fresh(keeper),
        title="Paie",
        title_translated="Payroll",
        address="https://vieille.ville.example/",
        key="paie",
    )
    for version in ("1.0", "1.1"):
        answer = free.push(manifest(version=version))
        # Nothing of this system waits otherwise.
        assert (answer.status_code, answer.json()["result"]) == (202, "waiting")
        by_hand.refresh_from_db()
        assert by_hand.address == "https://vieille.ville.example/"
    approve(Proposal.objects.waiting().get(), actor=fresh(keeper))
    by_hand.refresh_from_db()
    assert by_hand.address == "https://paie.ville.example/"
    assert free.push(manifest(version="1.2", name={"fr": "Ma paie", "en": ""})).json()["result"] == "applied"


def test_an_application_of_another_register_is_not_taken(keeper: Person, free: Pipeline) -> None:
    from applications.actions import add_application

    other = make_register("autre")
    editor = make_editor(other, make_person("autre.registre"))
    add_application(
        other, actor=editor, title="Paie", title_translated="Payroll", address="https://a.example/", key="paie"
    )
    answer = free.push()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "elsewhere")


def test_an_application_in_the_trash_stays_there(free: Pipeline, keeper: Person) -> None:
    free.push()
    trash(Application.objects.get(), actor=fresh(keeper))
    assert free.push(manifest(version="2")).json()["errors"][0]["code"] == "trashed"


# -- for whom ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def division(borough: Unit) -> Unit:
    from directory.actions import create_unit

    return create_unit("VERDUN-TP", "Travaux publics", kind="division", parent=borough)


@pytest.mark.parametrize(
    ("audience", "place"),
    [
        (["unit:VERDUN"], None),
        (["VERDUN"], None),
        (["unit:verdun-tp"], None),
        (["unit:VERDUN", "unit:VERDUN-TP"], None),
        (None, None),
        ([], None),
        (["everyone"], "$.audience[0]"),
        (["elected"], "$.audience[0]"),
        (["unit:VILLE"], "$.audience[0]"),
        (["unit:VERDUN", "unit:VILLE"], "$.audience[1]"),
        (["group:Comité"], "$.audience[0]"),
    ],
)
def test_a_system_registers_for_a_part_of_its_people_only(
    register: Space, keeper: Person, borough: Unit, division: Unit, audience: list[str] | None, place: str | None
) -> None:
    from directory.models import Group

    Group.objects.create(name_fr="Comité", source=Group.Source.HAND)
    values = {"audience": {principal("unit", borough.pk)}, **AT_ONCE}
    answer = Pipeline(*make_registrar(register, keeper, **values)).push(manifest(audience=audience))
    if place:
        assert (answer.status_code, answer.json()["errors"]) == (
            422,
            [{"field": place, "code": "beyond", "message": answer.json()["errors"][0]["message"]}],
        )
        return
    assert answer.status_code == 200, answer.content
    made = Application.objects.get().audience
    assert made is not None
    units = {"unit:VERDUN-TP": division}
    expected = {principal("unit", units[one].pk) for one in (audience or []) if one in units}
    if audience != ["unit:verdun-tp"]:
        expected |= {principal("unit", borough.pk)}
    else:
        expected = {principal("unit", division.pk)}
    assert addressees(made) == expected


def test_without_a_manifest_of_its_own_the_audience_is_as_far_as_the_system_may(
    register: Space, keeper: Person, borough: Unit, colleague: Person
) -> None:
    values = {"audience": {principal("unit", borough.pk)}, **AT_ONCE}
    Pipeline(*make_registrar(register, keeper, **values)).push(manifest(audience=...))
    elsewhere = make_person("elle.ailleurs")
    assert Application.objects.visible_to(fresh(colleague)).exists()
    assert not Application.objects.visible_to(fresh(elsewhere)).exists()


def test_a_name_that_means_several_things_is_refused(free: Pipeline, borough: Unit) -> None:
    from directory.models import Group

    for _time in range(2):
        Group.objects.create(name_fr="Gestionnaires", source=Group.Source.HAND)
    Group.objects.create(name_fr="VERDUN", source=Group.Source.HAND)
    answer = free.push(manifest(audience=["Gestionnaires", "VERDUN", "unit:VERDUN"]))
    assert [one["code"] for one in answer.json()["errors"]] == ["several", "several"]
    assert [one["field"] for one in answer.json()["errors"]] == ["$.audience[0]", "$.audience[1]"]


def test_whoever_answers_for_it_is_among_those_who_see_it(
    free: Pipeline, keeper: Person, borough: Unit, colleague: Person
) -> None:
    elsewhere = make_person("elle.ailleurs")
    answer = free.push(manifest(audience=["VERDUN"], owner=elsewhere.username))
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("$.owner", "owner_outside")]
    assert free.push(manifest(audience=["VERDUN"], owner=colleague.username)).status_code == 200
    # An audience that leaves the owner outside.
    answer = free.push(manifest(version="2", audience=["elected"]))
    assert [one["code"] for one in answer.json()["errors"]] == ["owner_outside"]
    answer = free.push(manifest(version="2", audience=["elected"], owner=keeper.username))
    assert answer.status_code == 200, answer.content


def test_a_secret_group_is_named_by_nobody_who_does_not_see_it(free: Pipeline) -> None:
    from directory.models import Group

    Group.objects.create(name_fr="Enquête", source=Group.Source.HAND, is_public=False)
    assert free.push(manifest(audience=["group:Enquête"])).json()["errors"][0]["code"] == "no_audience"


# -- what takes its place ---------------------------------------------------------------------------------------------


def test_successors_do_not_go_round_in_a_circle(free: Pipeline) -> None:
    assert free.push(manifest(successor="paie")).json()["errors"][0]["code"] == "circle"
    assert free.push(manifest(successor="b")).json()["errors"][0]["code"] == "form"
    assert free.push(manifest(successor="bb")).json()["errors"][0]["code"] == "no_successor"
    free.push(manifest(key="aa"), key="aa")
    free.push(manifest(key="bb", successor="aa"), key="bb")
    free.push(manifest(key="cc", successor="bb"), key="cc")
    answer = free.push(manifest(key="aa", version="2", successor="cc"), key="aa")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "circle")
    assert Application.objects.get(key="aa").successor is None


# -- the door ---------------------------------------------------------------------------------------------------------


def test_nobody_is_let_in_without_a_signature(pipeline: Pipeline, keeper: Person) -> None:
    path, body = f"{ROOT}/paie", json.dumps(MANIFEST).encode()
    good = signed(pipeline.registrar, pipeline.secret, "PUT", path, body)
    now = time.time()
    wrong = [
        {},
        {**good, "X-Parvis-Signature": ""},
        {**good, "X-Parvis-Signature": "sha256=" + "0" * 64},
        {**good, "X-Parvis-Signature": good["X-Parvis-Signature"].removeprefix("sha256=")},
        {**good, "X-Parvis-Signature": "é"},
        {**good, "X-Parvis-Timestamp": str(int(now) + 1)},
        {**good, "X-Parvis-Timestamp": "x"},
        {**good, "X-Parvis-Timestamp": "9" * 40},
        {**good, "X-Parvis-Registrar": str(uuid4())},
        {**good, "X-Parvis-Registrar": "x"},
        signed(pipeline.registrar, pipeline.secret, "PUT", path, body, now - 301),
        signed(pipeline.registrar, pipeline.secret, "PUT", path, body, now + 310),
        # Of another request: a method, an address, a body.
        signed(pipeline.registrar, pipeline.secret, "DELETE", path, body),
        signed(pipeline.registrar, pipeline.secret, "PUT", f"{ROOT}/autre", body),
        signed(pipeline.registrar, pipeline.secret, "PUT", f"{path}?x=1", body),
        signed(pipeline.registrar, pipeline.secret, "PUT", path, body + b" "),
        signed(pipeline.registrar, "", "PUT", path, body),
    ]
    client = Client()
    for headers in wrong:
        cache.clear()
        answer = client.put(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 401, headers
        assert answer["Content-Type"] == "application/problem+json"
    # A person signed in is no system.
    signed_in = Client()
    signed_in.force_login(keeper, backend="directory.backends.LocalBackend")
    assert signed_in.put(path, body, content_type="application/json").status_code == 401
    assert not Registration.objects.exists()
    # Whoever keeps the system sees that somebody tried; as one line.
    kept = pipeline.registrar.receptions.get()
    assert (kept.result, kept.key) == ("unsigned", "") and kept.times > 5
    assert client.put(path, body, content_type="application/json", headers=good).status_code == 202


def test_a_request_counts_once_even_when_the_cache_forgot_it(free: Pipeline) -> None:
    path, body = f"{ROOT}/paie", json.dumps(MANIFEST).encode()
    headers = signed(free.registrar, free.secret, "PUT", path, body)
    send = lambda: Client().put(path, body, content_type="application/json", headers=headers)  # noqa: E731
    assert send().status_code == 200
    cache.clear()
    answer = send()
    assert (answer.status_code, Proposal.objects.count()) == (401, 1)
    # Refused ones too: their signature is kept with the reception.
    bad = json.dumps(manifest(version="2", addresses={"web": "data:x"})).encode()
    headers = signed(free.registrar, free.secret, "PUT", path, bad)
    statuses = [Client().put(path, bad, content_type="application/json", headers=headers).status_code for _ in "12"]
    assert statuses == [422, 401]


def test_a_captured_request_brings_no_former_state_back(free: Pipeline) -> None:
    path = f"{ROOT}/paie"
    old = json.dumps(MANIFEST).encode()
    headers = signed(free.registrar, free.secret, "PUT", path, old)
    Client().put(path, old, content_type="application/json", headers=headers)
    free.push(manifest(version="2", name={"fr": "Paie deux", "en": ""}))
    Reception.objects.all().delete()
    cache.clear()
    answer = Client().put(path, old, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["result"]) == (200, "stale")
    assert Application.objects.get().title == "Paie deux"


def test_requests_and_refusals_are_limited(free: Pipeline) -> None:
    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        free.wait()
        statuses = [free.ask("GET", f"{ROOT}/paie").status_code for _ in range(61)]
        assert statuses == [404] * 60 + [429]
        client = Client()
        refused = [client.get(f"{ROOT}/paie").status_code for _ in range(31)]
        assert refused == [401] * 30 + [429]
        # Whoever guesses is not let in by the right answer either, for a minute.
        assert free.ask("GET", f"{ROOT}/paie").status_code == 429


def test_a_body_past_the_limit_is_not_read(pipeline: Pipeline) -> None:
    answer = pipeline.push(b'{"key": "' + b"a" * 300_000 + b'"}')
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    huge = pipeline.push(b"a" * 4_000_000)
    assert huge.status_code == 413


def test_a_paused_system_and_one_with_a_renewed_secret_are_not_let_in(free: Pipeline, keeper: Person) -> None:
    pause_registrar(free.registrar, actor=fresh(keeper))
    assert free.push().status_code == 401
    pause_registrar(free.registrar, actor=fresh(keeper), resume=True)
    assert free.push().status_code == 200
    former = free.secret
    free.secret = renew_registrar_secret(free.registrar, actor=fresh(keeper))
    assert free.push(manifest(version="2")).status_code == 200
    free.secret = former
    assert free.push(manifest(version="3")).status_code == 401


def test_a_secret_is_sealed_and_no_page_shows_it_again(
    free: Pipeline, keeper: Person, sign_in: Callable[..., Client]
) -> None:
    free.registrar.refresh_from_db()
    assert free.secret not in free.registrar.secret
    page = sign_in(keeper).get(free.registrar.get_absolute_url())
    assert page.status_code == 200 and free.secret not in page.content.decode()


def test_a_keeper_who_lost_the_right_takes_the_system_with_them(free: Pipeline, keeper: Person) -> None:
    Membership.objects.filter(person=keeper).delete()
    answer = free.push()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "keeper")
    assert not Application.objects.exists()


def test_an_application_is_taken_out_by_its_system(free: Pipeline, pipeline: Pipeline) -> None:
    free.push()
    answer = free.ask("DELETE", f"{ROOT}/paie")
    assert (answer.status_code, answer.json()["result"]) == (200, "applied")
    assert Application.objects.get().stage == Stage.RETIRED
    assert free.ask("DELETE", f"{ROOT}/paie").json()["result"] == "unchanged"
    # One that asks, and what never was in the register.
    pipeline.push(manifest(key="neuve"), key="neuve")
    assert Proposal.objects.waiting().count() == 1
    assert pipeline.ask("DELETE", f"{ROOT}/neuve").json()["result"] == "unchanged"
    assert not Proposal.objects.waiting().exists()
    assert pipeline.ask("DELETE", f"{ROOT}/rien").status_code == 404


def test_taking_out_waits_where_stages_do(free: Pipeline) -> None:
    free.push()
    Registrar.objects.filter(pk=free.registrar.pk).update(guarded=["stage"])
    answer = free.ask("DELETE", f"{ROOT}/paie")
    assert (answer.status_code, answer.json()["result"]) == (202, "waiting")
    assert Application.objects.get().stage == Stage.IN_SERVICE
    assert Proposal.objects.waiting().get().values == {"stage": "retired"}


def test_the_api_describes_the_manifest(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]
    put = described["/api/v1/service/applications/{key}"]["put"]
    schema = put["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["addresses"]["anyOf"][0]["properties"]["web"]
    assert {one["name"] for one in put["parameters"]} >= {"key", "X-Parvis-Signature", "X-Parvis-Timestamp"}
    assert set(described["/api/v1/service/applications/{key}"]) == {"put", "get", "delete"}
    assert "post" in described["/api/v1/service/check"]


def test_the_examples_of_the_guide_run(free: Pipeline, live_server: Any, tmp_path: Path, settings: Any) -> None:
    """The Python example of the integrator's guide, as it stands there."""
    import subprocess
    import sys

    guide = Path(settings.BASE_DIR, "documentation/guides/integrator.md").read_text()
    script = guide.split("```python\n# register.py\n", 1)[1].split("```", 1)[0]
    (tmp_path / "register.py").write_text(script)
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    env = {
        "PARVIS": live_server.url,
        "PARVIS_REGISTRAR": str(free.registrar.uuid),
        "PARVIS_SECRET": free.secret,
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [sys.executable, "register.py", "manifest.json"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["result"]) == (0, "applied"), done.stderr


# -- read -------------------------------------------------------------------------------------------------------------


def test_a_manifest_is_read_where_the_system_keeps_it(polled: Registrar, server: Machine) -> None:
    serve(server, MANIFEST, ETag='"v1"')
    assert read_due_manifests() == 1
    assert Application.objects.get(key="paie").stage == Stage.IN_SERVICE
    polled.refresh_from_db()
    assert (polled.health, polled.failures, polled.etag) == ("ok", 0, '"v1"')
    assert read_due_manifests() == 0
    # Conditionally from now on; a quiet night is one line.
    serve(server, b"", 304)
    assert read(polled).result == "unchanged"
    assert server.asked[-1].headers["if-none-match"] == '"v1"'
    assert "application/json" in server.asked[-1].headers["accept"]
    assert read(polled).times == 2
    serve(server, manifest(version="1.1", name={"fr": "La paie", "en": "Payroll"}))
    assert read(polled).result == "applied"
    assert Application.objects.get().title == "La paie"


def test_one_document_may_hold_several_applications(polled: Registrar, server: Machine) -> None:
    wrong = manifest(key="cc", addresses={"web": "javascript:1"})
    serve(server, {"applications": [manifest(key="aa"), manifest(key="bb", successor="aa"), wrong]}, ETag='"v1"')
    read(polled)
    assert sorted(Application.objects.values_list("key", flat=True)) == ["aa", "bb"]
    polled.refresh_from_db()
    # What is wrong is asked for again, whole.
    assert (polled.failures, polled.etag) == (1, "")
    kept = polled.receptions.get(key="cc")
    assert (kept.result, kept.problems[0]["path"]) == ("invalid", "$.applications[2].addresses.web")
    read(polled)
    assert polled.receptions.count() == 5 and polled.receptions.get(key="cc").times == 2


def test_a_machine_that_misbehaves_is_told_and_asked_again_later_and_later(
    polled: Registrar, server: Machine, keeper: Person, deliver: Callable[[], int]
) -> None:
    waits = []
    for _time in range(3):
        serve(server, b"down", 500)
        assert codes(read(polled)) == ["status"]
        polled.refresh_from_db()
        waits.append((polled.next_poll - timezone.now()).total_seconds())
    assert waits[0] < waits[1] < waits[2] and (polled.failures, polled.health) == (3, "failing")
    assert polled.receptions.get().times == 3
    deliver()
    told = Notification.objects.visible_to(fresh(keeper)).filter(activity__verb="applications.registrar_failing")
    assert told.count() == 1 and told[0].url == polled.get_absolute_url()
    serve(server, MANIFEST)
    assert read(polled).result == "applied"
    polled.refresh_from_db()
    assert (polled.failures, polled.health) == (0, "ok")


def test_what_is_no_json_is_refused(polled: Registrar, server: Machine) -> None:
    serve(server, b"<html>", Content_Type="text/html; charset=utf-8")
    assert codes(read(polled)) == ["not_json"]
    serve(server, MANIFEST, Content_Type="text/plain")
    assert codes(read(polled)) == ["not_json"]
    serve(server, MANIFEST, Content_Type="application/vnd.parvis+json; charset=utf-8")
    assert read(polled).result == "applied"


def test_bombs_and_too_much_are_cut_off(polled: Registrar, server: Machine) -> None:
    bomb = gzip.compress(b'{"a": "' + b"0" * 50_000_000 + b'"}')
    assert len(bomb) < 100_000
    serve(server, bomb, Content_Encoding="gzip")
    assert codes(read(polled)) == ["too_large"]
    serve(server, b" " * 400_000)
    assert codes(read(polled)) == ["too_large"]
    serve(server, MANIFEST, Content_Encoding="br")
    assert codes(read(polled)) == ["packed"]


def test_a_slow_machine_is_cut_off(polled: Registrar, server: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.4)
    hung = threading.Event()

    def trickle(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not hung.wait(0.05):
            handler.wfile.write(b" ")

    server.pages["/.well-known/parvis-application.json"] = trickle
    began = time.monotonic()
    assert codes(read(polled)) == ["slow"]
    hung.set()
    assert time.monotonic() - began < 5


def test_a_redirect_leads_neither_inside_nor_to_another_machine(
    polled: Registrar, server: Machine, settings: Any
) -> None:
    port = server.url.rpartition(":")[2]
    settings.APPLICATION_NETWORKS = ["127.0.0.1/32"]
    for target, code in (
        (f"http://127.0.0.2:{port}/x", "inside"),
        ("http://169.254.169.254/latest/meta-data/", "inside"),
        ("file:///etc/passwd", "bad_address"),
        (f"http://jean:secret@127.0.0.1:{port}/x", "credentials"),
    ):
        serve(server, b"", 302, Location=target)
        assert codes(read(polled)) == [code]
    # An open redirect of the system's machine would let another one speak.
    settings.APPLICATION_NETWORKS = ["127.0.0.0/8"]
    with machine() as other:
        other.serve("/x", json.dumps(MANIFEST), Content_Type="application/json")
        serve(server, b"", 302, Location=f"{other.url}/x")
        assert codes(read(polled)) == ["away"]
    assert not Application.objects.exists()
    server.serve("/elsewhere", json.dumps(MANIFEST), Content_Type="application/json")
    serve(server, b"", 302, Location="/elsewhere")
    assert read(polled).result == "applied"


def test_the_inside_is_asked_only_where_the_operator_said_so(polled: Registrar, server: Machine, settings: Any) -> None:
    settings.APPLICATION_NETWORKS = []
    serve(server, MANIFEST)
    assert codes(read(polled)) == ["inside"]
    assert server.asked == []


def test_a_keeper_without_rights_asks_nothing_of_other_machines(
    polled: Registrar, server: Machine, keeper: Person
) -> None:
    Membership.objects.filter(person=keeper).delete()
    serve(server, MANIFEST)
    assert codes(read(polled)) == ["keeper"]
    assert server.asked == []


def test_one_reader_at_a_time_and_a_killed_one_is_replaced(polled: Registrar, server: Machine) -> None:
    serve(server, MANIFEST)
    assert take_lease(polled.pk, "killed") is not None
    assert take_lease(polled.pk, "second") is None
    assert read_due_manifests() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert read_due_manifests() == 1
    assert Application.objects.count() == 1


def test_a_paused_system_is_not_read_and_one_may_ask_for_it_at_once(
    polled: Registrar, server: Machine, keeper: Person
) -> None:
    serve(server, MANIFEST)
    pause_registrar(polled, actor=fresh(keeper))
    assert read_due_manifests() == 0
    with pytest.raises(Refused):
        read_manifest_now(polled, actor=fresh(keeper))
    pause_registrar(polled, actor=fresh(keeper), resume=True)
    Registrar.objects.update(next_poll=timezone.now() + timedelta(hours=1), etag='"v0"')
    read_manifest_now(polled, actor=fresh(keeper))
    assert read_due_manifests() == 1
    assert "if-none-match" not in server.asked[-1].headers


def test_old_records_are_forgotten(free: Pipeline) -> None:
    free.push()
    free.push(manifest(version="2"))
    assert forget_old_receptions() == 0
    assert forget_old_receptions(timezone.now() + timedelta(days=91)) == 2
    assert not Reception.objects.exists() and Proposal.objects.count() == 1


# -- handed in --------------------------------------------------------------------------------------------------------


def test_an_operator_hands_in_a_manifest(free: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST))
    call_command("register_application", str(file), registrar=free.registrar.uuid, check=True)
    assert json.loads(capsys.readouterr().out)["result"] == "applied" and not Application.objects.exists()
    call_command("register_application", str(file), registrar=free.registrar.uuid)
    assert json.loads(capsys.readouterr().out) == {"key": "paie", "result": "applied", "errors": [], "warnings": []}
    assert free.registrar.receptions.get().way == "command"
    file.write_text(json.dumps(manifest(addresses={"web": "data:x"}, version="2")))
    with pytest.raises(CommandError):
        call_command("register_application", str(file), registrar=free.registrar.uuid)
    assert json.loads(capsys.readouterr().out)["errors"][0]["field"] == "$.addresses.web"
    with pytest.raises(CommandError):
        call_command("register_application", str(file), registrar=uuid4())
    with pytest.raises(CommandError):
        call_command("register_application", str(tmp_path / "none.json"), registrar=free.registrar.uuid)


# -- keeping systems --------------------------------------------------------------------------------------------------


def test_editors_keep_the_systems_of_their_register_and_nobody_elses(
    register: Space, keeper: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    registrar, _secret = make_registrar(register, keeper)
    other = make_register("autre")
    foreign = make_editor(other, make_person("autre.registre"))
    contributor = make_editor(register, make_person("conny.tribue"), role=20)
    for person in (colleague, contributor, foreign):
        with pytest.raises(Refused):
            make_registrar(register, person)
        with pytest.raises(Refused):
            pause_registrar(registrar, actor=fresh(person))
        assert sign_in(person).get(registrar.get_absolute_url()).status_code == 404
    assert sign_in(colleague).get("/apps/service/").status_code == 403
    assert registrar.name not in sign_in(foreign).get("/apps/service/").content.decode()
    assert registrar.name in sign_in(keeper).get("/apps/service/").content.decode()


def test_only_administrators_name_somebody_else_as_the_keeper(register: Space, keeper: Person) -> None:
    second = make_editor(register, make_person("seconde.registre"))
    new = {"name": "Chaîne", "space": register, "hosts": ["ville.example"]}
    with pytest.raises(Refused):
        add_registrar({**new, "keeper": second}, actor=fresh(keeper))
    staff = make_editor(register, make_person("admin.registre", is_staff=True))
    registrar, _secret = add_registrar({**new, "keeper": second}, actor=staff)
    assert registrar.keeper == second
    # Another editor takes it over in their own name, or leaves it as it is.
    assert change_registrar(registrar, {"name": "Neuf"}, actor=fresh(keeper)).keeper == second
    assert change_registrar(registrar, {"keeper": keeper}, actor=fresh(keeper)).keeper == keeper
    with pytest.raises(ValidationError):
        change_registrar(registrar, {"keeper": make_person("hors.registre")}, actor=fresh(staff))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hosts": []}, "hosts"),
        ({"hosts": ["*"]}, "hosts"),
        ({"hosts": ["https://paie.ville.example"]}, "hosts"),
        ({"hosts": [f"h{one}.ville.example" for one in range(51)]}, "hosts"),
        ({"manifest_address": "javascript:alert(1)"}, "manifest_address"),
        ({"manifest_address": "https://jean:secret@paie.ville.example/"}, "manifest_address"),
        # Nothing signs what is read: not on an open line.
        ({"manifest_address": "http://paie.ville.example/"}, "manifest_address"),
        ({"manifest_address": "http://10.0.0.1/"}, "manifest_address"),
        ({"every": 0}, "every"),
    ],
)
def test_what_a_system_may_be(register: Space, keeper: Person, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_registrar(register, keeper, **values)
    assert field in caught.value.message_dict


def test_the_pages_lead_from_a_new_system_to_its_first_push(
    register: Space, keeper: Person, sign_in: Callable[..., Client]
) -> None:
    browser = sign_in(keeper, "en")
    assert browser.get("/apps/service/").status_code == 200
    form = {
        "name": "Jenkins",
        "space": register.pk,
        "hosts": "*.ville.example, ville.example",
        "guarded": ["new", "address"],
        "manifest_address": "",
        "every": "",
    }
    wrong = browser.post("/apps/service/new/", {**form, "hosts": "*"})
    assert wrong.status_code == 422 and "no name of a machine" in wrong.content.decode()
    page = browser.post("/apps/service/new/", form)
    assert page.status_code == 200 and page["Cache-Control"].startswith("max-age=0")
    html = page.content.decode()
    secret = html.split('id="registrar-secret"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    registrar = Registrar.objects.get()
    assert (registrar.hosts, registrar.guarded) == (["*.ville.example", "ville.example"], ["new", "address"])
    assert Pipeline(registrar, secret).push().status_code == 202
    shown = browser.get(registrar.get_absolute_url()).content.decode()
    assert "Waits for a decision" in shown and "Signature in order" in shown
    edited = browser.post(
        f"{registrar.get_absolute_url()}edit/", {**form, "name": "Jenkins 2", "hosts": "paie.ville.example"}
    )
    assert edited.status_code == 302
    renewed = browser.post(f"{registrar.get_absolute_url()}secret/").content.decode()
    assert secret not in renewed and 'id="registrar-secret"' in renewed
    for name in ("pause", "versions"):
        assert browser.post(f"{registrar.get_absolute_url()}{name}/").status_code == 302
        assert browser.get(f"{registrar.get_absolute_url()}{name}/").status_code == 405


def test_the_list_costs_the_same_for_one_system_and_for_twenty(
    register: Space, keeper: Person, sign_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(address: str) -> int:
        browser = sign_in(keeper)
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    pipeline = Pipeline(*make_registrar(register, keeper))
    pipeline.push()
    pages = ("/apps/service/", pipeline.registrar.get_absolute_url())
    before = [cost(one) for one in pages]
    for place in range(5):
        make_registrar(register, keeper, name=f"Système {place}")
        pipeline.push(manifest(key=f"cle-{place}"), key=f"cle-{place}")
    assert [cost(one) for one in pages] == before


def test_adding_goes_through_the_register_only(register: Space, keeper: Person) -> None:
    """A space one does not edit is not even offered."""
    other = make_register("autre")
    with pytest.raises(Refused):
        add_registrar({"name": "X", "space": other, "hosts": ["a.example"]}, actor=fresh(keeper))


def test_where_a_manifest_says_that_health_is_asked_becomes_a_check_that_keepers_keep(free: Pipeline) -> None:
    good, other = "https://127.0.0.1/health", "https://127.0.0.1/health/two"
    registrar = free.registrar
    Registrar.objects.filter(pk=registrar.pk).update(hosts=["*.ville.example", "127.0.0.1"])
    assert free.push(manifest(health=good)).status_code == 200
    checks = Check.objects.filter(application__key="paie")
    assert follow_health_addresses() == 1
    assert [(one.kind, one.address) for one in checks] == [("http", good)]
    assert follow_health_addresses() == 0
    # Another address is followed in the same check; what keepers took away stays away.
    assert free.push(manifest(version="1.1", health=other)).status_code == 200
    assert follow_health_addresses() == 1
    assert [one.address for one in checks.all()] == [other]
    checks.delete()
    assert free.push(manifest(version="1.2", health=other)).status_code == 200
    assert follow_health_addresses() == 0 and not checks.exists()


def test_a_manifest_does_not_have_the_inside_probed(free: Pipeline, settings: Any) -> None:
    settings.APPLICATION_NETWORKS = []
    Registrar.objects.filter(pk=free.registrar.pk).update(hosts=["*.ville.example", "127.0.0.1"])
    assert free.push(manifest(health="https://127.0.0.1/health")).status_code == 200
    assert follow_health_addresses() == 0
    assert not Check.objects.exists()
    # Once.
    assert not Registration.objects.exclude(health_address=F("health_followed")).exists()
