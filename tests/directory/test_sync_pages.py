"""What administrators see of the sync."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directory.actions.sync_runs import note_watching
from directory.models import Person, SyncProblem, SyncRun

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Person:
    return local_person("chef.annuaire", is_staff=True)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


def run_of(**fields: Any) -> SyncRun:
    values = {"mode": "full", "state": "done", "counts": {"people_read": 28000, "people_left": 3, "du_futur": 1}}
    return SyncRun.objects.create(**{**values, **fields})


def test_runs_and_their_problems_in_words(administrator: Person) -> None:
    run = run_of()
    run_of(state="refused", message="Trop de départs.")
    SyncProblem.objects.create(run=run, code="unit_unknown", dn="uid=a,ou=people", data={"unit": "<b>X</b>"})
    client = browser(administrator)
    page = client.get("/people/sync/").content.decode()
    assert "Trop de départs." in page and "Départs" in page and "Personne n" in page
    detail = client.get(f"/people/sync/{run.uuid}/").content.decode()
    assert (
        "Unité inconnue" in detail and "uid=a,ou=people" in detail and "&lt;b&gt;X" in detail and "du_futur" in detail
    )


def test_only_administrators(administrator: Person) -> None:
    run = run_of()
    client = browser(local_person("employee.simple"))
    for address in ("/people/sync/", f"/people/sync/{run.uuid}/"):
        assert client.get(address).status_code == 403


def test_says_whether_somebody_listens(administrator: Person) -> None:
    client = browser(administrator)
    assert "Personne n" in client.get("/people/sync/").content.decode()
    note_watching(timezone.now())
    assert "Le portail est à l" in client.get("/people/sync/").content.decode()


def test_the_same_number_of_queries_for_one_and_twenty(administrator: Person) -> None:
    run_of()
    client = browser(administrator)
    queries_of(client, "/people/sync/")
    one = queries_of(client, "/people/sync/")
    for _number in range(19):
        run_of()
    assert queries_of(client, "/people/sync/") == one
