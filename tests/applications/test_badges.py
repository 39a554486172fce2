"""Counts that applications announce, through the door they use: signed, bounded, believed for a day."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.actions import make_badge_key, sweep_launcher
from applications.actions.badges import BODY_MAX, MOST_PEOPLE
from applications.models import Application, Badge, BadgeKey
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.outgoing.sealing import WINDOW, signature
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .launcher import application, register_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(host: Person) -> Space:
    return register_of(host)


@pytest.fixture
def app(register: Space, host: Person) -> Application:
    return application(register, host, "Approbations")


@pytest.fixture
def key(app: Application, host: Person) -> str:
    return make_badge_key(app, actor=fresh(host))


def send(app: Any, key: str, badges: Any, *, at: float | None = None, body: bytes | None = None, **headers: str) -> Any:
    """Put these counts as the application would, signed at `at` (seconds)."""
    sent = json.dumps({"badges": badges}).encode() if body is None else body
    moment = str(int(time.time() if at is None else at))
    signed = {"X-Parvis-Timestamp": moment, "X-Parvis-Signature": signature(key, moment, sent), **headers}
    address = f"/api/v1/applications/{getattr(app, 'uuid', app)}/badges"
    return Client().put(address, sent, content_type="application/json", headers=signed)


def shown(client: Client) -> dict[str, Any]:
    return client.get("/apps/badges/").json()["badges"]


def test_a_count_stands_on_the_tile_of_its_person(
    app: Application, key: str, member: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    answer = send(app, key, [{"person": str(member.uuid), "count": 3}, {"person": "CARLA.Collegue", "count": 250}])
    assert answer.status_code == 200 and answer.json() == {"accepted": 2, "unknown": []}
    assert shown(sign_in(member)) == {str(app.uuid): ["3", "en attente"]}
    page = sign_in(colleague).get("/apps/").content.decode()
    assert 'data-badge>99+<span class="visually-hidden"> en attente</span>' in page
    assert "data-badge>3<" in sign_in(member).get("/").content.decode()
    # Nought takes it away; who is not named keeps theirs.
    send(app, key, [{"person": str(member.uuid), "count": 0}])
    assert shown(sign_in(member)) == {} and shown(sign_in(colleague)) != {}


def test_who_does_not_see_the_application_sees_no_count(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    secret = application(register, host, "Secrète", audience=audience_of({principal("person", host.pk)}))
    send(secret, make_badge_key(secret, actor=fresh(host)), [{"person": str(member.uuid), "count": 3}])
    assert Badge.objects.exists() and shown(sign_in(member)) == {}
    assert "Secrète" not in sign_in(member).get("/apps/").content.decode()


def test_people_nobody_knows_are_named_in_the_answer(app: Application, key: str, member: Person) -> None:
    gone = make_person("parti.ailleurs")
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    sent = [{"person": one, "count": 1} for one in ("personne", str(gone.uuid), "marc.membre", "nul\u200bpart")]
    assert send(app, key, sent).json() == {"accepted": 1, "unknown": ["personne", str(gone.uuid), "nul\u200bpart"]}
    assert [one.person_id for one in Badge.objects.all()] == [member.pk]


def test_an_older_request_sent_again_changes_nothing(
    app: Application, key: str, member: Person, sign_in: Callable[..., Client]
) -> None:
    now = time.time()
    who = str(member.uuid)
    send(app, key, [{"person": who, "count": 7}], at=now - 60)
    send(app, key, [{"person": who, "count": 0}], at=now - 30)
    assert send(app, key, [{"person": who, "count": 7}], at=now - 60).status_code == 200
    assert shown(sign_in(member)) == {}
    send(app, key, [{"person": who, "count": 2}], at=now - 30)  # the same second is not older
    assert shown(sign_in(member)) == {str(app.uuid): ["2", "en attente"]}


def test_counts_are_believed_for_a_day(
    app: Application, key: str, member: Person, sign_in: Callable[..., Client]
) -> None:
    send(app, key, [{"person": str(member.uuid), "count": 3}])
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert shown(sign_in(member)) != {}
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert shown(sign_in(member)) == {}
        sweep_launcher()
        assert Badge.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
        sweep_launcher()
        assert not Badge.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"X-Parvis-Signature": ""}, 401),
        ({"X-Parvis-Timestamp": ""}, 401),
        ({"X-Parvis-Signature": "sha256=" + "0" * 64}, 401),
        ({"X-Parvis-Signature": "é"}, 401),
        ({"X-Parvis-Timestamp": "1" * 40}, 401),
        ({"X-Parvis-Timestamp": "-5"}, 401),
        ({"X-Parvis-Timestamp": "٣"}, 401),
        ({"Content-Length": str(BODY_MAX + 1)}, 413),
    ],
)
def test_what_is_not_signed_does_not_count(
    app: Application, key: str, member: Person, change: dict[str, str], status: int
) -> None:
    answer = send(app, key, [{"person": str(member.uuid), "count": 3}], **change)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not Badge.objects.exists()


def test_a_signature_has_its_hour_its_body_and_its_application(
    app: Application, key: str, register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    badges = [{"person": str(member.uuid), "count": 3}]
    for late in (-WINDOW - 5, WINDOW + 5):
        assert send(app, key, badges, at=time.time() + late).status_code == 401
    other = application(register, host, "Autre")
    # Without a key, unknown, another's key: answered alike.
    answers = [send(one, key, badges) for one in (other, "6c0333e4-f3c2-46bb-8f86-cb686f37b4c3")]
    make_badge_key(other, actor=fresh(host))
    answers.append(send(other, key, badges))
    assert {(one.status_code, one.json()["detail"]) for one in answers} == {(401, "The signature does not match.")}
    # A session or a token of a person is no signature.
    signed_in = sign_in(host)
    address = f"/api/v1/applications/{app.uuid}/badges"
    assert signed_in.put(address, {"badges": badges}, content_type="application/json").status_code == 401
    renewed = make_badge_key(app, actor=fresh(host))
    assert send(app, key, badges).status_code == 401
    assert send(app, renewed, badges).status_code == 200


def test_guessing_is_slowed_down(app: Application, key: str, member: Person) -> None:
    for _one in range(30):
        assert send(app, "pvs_wrong", []).status_code == 401
    assert send(app, "pvs_wrong", []).status_code == 429
    assert send(app, key, []).status_code == 429


@pytest.mark.parametrize(
    "badges",
    [
        [{"person": "a", "count": -1}],
        [{"person": "a", "count": 10_000}],
        [{"person": "a", "count": 1.5}],
        [{"person": "a", "count": "3"}],
        [{"person": "a", "count": True}],
        [{"person": "a", "count": None}],
        [{"person": "", "count": 1}],
        [{"person": "a" * 151, "count": 1}],
        [{"person": ["a"], "count": 1}],
        [{"count": 1}],
        {"person": "a", "count": 1},
        None,
        [{"person": "a", "count": 1}] * (MOST_PEOPLE + 1),
    ],
)
def test_bad_counts_are_refused_whole(app: Application, key: str, member: Person, badges: Any) -> None:
    good = {"person": str(member.uuid), "count": 1}
    sent = [good, *badges] if isinstance(badges, list) else badges
    answer = send(app, key, sent)
    assert answer.status_code == 422, answer.content
    assert not Badge.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"badges": ' + b"[" * 5000, b'{"badges": [{"person": "a\\u0000", "count": 1}]}'],
)
def test_a_broken_body_is_refused(app: Application, key: str, body: bytes) -> None:
    assert send(app, key, None, body=body).status_code in (400, 422)


def test_a_thousand_people_at_once(app: Application, key: str, member: Person) -> None:
    people = Person.objects.bulk_create(
        Person(username=f"p{n}", given_name="P", family_name=str(n), search_name=str(n)) for n in range(MOST_PEOPLE)
    )
    sent = [{"person": one.username if n % 2 else str(one.uuid), "count": n % 10} for n, one in enumerate(people)]
    assert send(app, key, sent).json() == {"accepted": MOST_PEOPLE, "unknown": []}
    assert Badge.objects.count() == MOST_PEOPLE
    # One person by both names is one person.
    both = [{"person": str(people[1].uuid), "count": 4}, {"person": "p1", "count": 5}]
    assert send(app, key, both).status_code == 200
    assert Badge.objects.get(person=people[1]).count == 5


def test_the_key_is_for_keepers_and_shown_once(
    app: Application, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    page = f"/apps/{app.uuid}/badge-key/"
    assert sign_in(member).get(page).status_code == 403
    assert sign_in(member).post(page, {"act": "make"}).status_code == 403
    client = sign_in(host)
    assert "pvs_" not in client.get(page).content.decode()
    answer = client.post(page, {"act": "make"})
    secret = answer.content.decode().split('value="pvs_')[1].split('"')[0]
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(page).content.decode()
    assert secret not in BadgeKey.objects.get().secret
    assert send(app, f"pvs_{secret}", [{"person": str(member.uuid), "count": 3}]).status_code == 200
    assert client.post(page, {"act": "withdraw"}).status_code == 302
    assert not BadgeKey.objects.exists() and not Badge.objects.exists()
