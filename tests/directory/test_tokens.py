"""Personal tokens: shown once, kept as a hash, and never more than their person."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from directory import actions
from directory.models import Person, PersonalToken

from .conftest import local_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return local_person()


@pytest.fixture
def browser(client: Client, person: Person) -> Client:
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


def make(browser: Client, **fields: Any) -> str:
    """Fill in the form; the secret the page shows."""
    data = {"name": "Statistiques", "scope": "read", "days": "30", **fields}
    page = browser.post("/settings/tokens/", data).content.decode()
    return re.findall(r'value="(pv_[\w-]+)"', page)[0]


def me(secret: str) -> Any:
    return Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})


def test_shown_once_and_kept_as_a_hash(browser: Client) -> None:
    secret = make(browser)
    answer = browser.get("/settings/tokens/")
    assert "Statistiques" in answer.content.decode()
    assert secret not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    stored = PersonalToken.objects.values().get()
    assert not any(secret in str(value) or secret[3:] in str(value) for value in stored.values())


def test_opens_the_api_as_its_person(browser: Client, person: Person) -> None:
    answer = me(make(browser))
    assert answer.status_code == 200
    assert answer.json()["id"] == str(person.uuid)
    assert answer.json()["name"] == "Claire Gagné"


@pytest.mark.parametrize("secret", ["", "pv_", "pv_faux", "Bearer", "é"])
def test_anything_else_is_nobody(secret: str) -> None:
    assert me(secret).status_code == 401


def test_token_opens_no_page(browser: Client) -> None:
    answer = Client().get("/settings/", headers={"authorization": f"Bearer {make(browser)}"})
    assert answer.status_code == 302


def test_expires(browser: Client) -> None:
    with time_machine.travel("2026-11-23 09:00:00-05:00", tick=False) as clock:
        browser.force_login(Person.objects.get(), backend="directory.backends.LocalBackend")
        secret = make(browser)
        clock.shift(timedelta(days=29, hours=23))
        assert me(secret).status_code == 200
        clock.shift(timedelta(hours=2))
        assert me(secret).status_code == 401


def test_expiry_cannot_be_stretched(browser: Client, person: Person) -> None:
    answer = browser.post("/settings/tokens/", {"name": "x", "scope": "read", "days": "4000"})
    assert answer.context["form"].errors.keys() == {"days"}
    with pytest.raises(ValueError, match="an"):
        actions.create_token("x", actor=person, scope="read", expires=timezone.now() + timedelta(days=400))


def test_token_to_read_does_not_write(browser: Client) -> None:
    headers = {"authorization": f"Bearer {make(browser)}"}
    for method in ("post", "put", "patch", "delete"):
        # Refused before anything is looked up: the address need not take that method.
        answer = getattr(Client(), method)("/api/v1/communities", headers=headers)
        assert answer.status_code in (403, 405)
    assert Client().post("/api/v1/communities", data={}, headers=headers).status_code != 200


def test_revoked_at_once(browser: Client) -> None:
    secret = make(browser)
    token = PersonalToken.objects.get()
    answer = browser.post(f"/settings/tokens/{token.uuid}/revoke/", follow=True)
    assert "révoqué" in answer.content.decode()
    assert me(secret).status_code == 401


def test_somebody_elses_token_is_not_found(browser: Client) -> None:
    make(browser)
    token = PersonalToken.objects.get()
    intruder = Client()
    intruder.force_login(local_person("intrus"), backend="directory.backends.LocalBackend")
    assert intruder.post(f"/settings/tokens/{token.uuid}/revoke/").status_code == 404
    assert "Statistiques" not in intruder.get("/settings/tokens/").content.decode()
    assert PersonalToken.objects.exists()


def test_gone_with_the_person(browser: Client, person: Person) -> None:
    secret = make(browser)
    actions.deactivate(person)
    assert me(secret).status_code == 401
    assert not PersonalToken.objects.exists()


def test_last_use_is_noted_once_a_day(browser: Client) -> None:
    secret = make(browser)
    with time_machine.travel("2026-12-01 09:00:00-05:00", tick=False):
        me(secret)
        assert str(PersonalToken.objects.get().last_used) == "2026-12-01"
        PersonalToken.objects.update(name="autre nom")
        me(secret)
        assert PersonalToken.objects.get().name == "autre nom"


def test_use_costs_one_query_to_recognise(browser: Client, django_assert_max_num_queries: Any) -> None:
    secret = make(browser)
    me(secret)
    with django_assert_max_num_queries(1):
        assert me(secret).status_code == 200
