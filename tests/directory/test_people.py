"""Finding people, and their page."""

import uuid
from typing import Any

import pytest
from django.test import Client

from directory import actions
from directory.models import Person, Unit

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


@pytest.fixture
def claire(units: dict[str, Unit]) -> Person:
    return local_person(unit=units["PMR-BIB"], title_fr="Bibliothécaire", phone="514 555-0101")


def add(count: int, **fields: Any) -> list[Person]:
    return [
        actions.create_person(
            username=f"p{number:03}", given_name=f"Prénom{number:03}", family_name="Côté-Noël", **fields
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("q", ["gagne", "GAGNÉ claire", "Clai gag", "  claire  "])
def test_found_by_any_part_of_the_name(claire: Person, q: str) -> None:
    add(2)
    page = signed_in(claire).get("/people/", {"q": q}).content.decode()
    assert "Claire Gagné" in page.split("<main")[1]
    assert "Côté-Noël" not in page
    assert "Bibliothèques" in page.split("<main")[1]


@pytest.mark.parametrize("q", ["%", "_", "zzz", "\0", "'\"<script>", "x" * 300])
def test_nobody_found_teaches(claire: Person, q: str) -> None:
    response = signed_in(claire).get("/people/", {"q": q})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main")[1]


def test_empty_answer_says_what_to_try(claire: Person) -> None:
    main = signed_in(claire).get("/people/", {"q": "zzz"}).content.decode().split("<main")[1]
    assert 'class="empty"' in main and "zzz" in main
    assert 'href="/people/"' in main.split('class="empty"')[1]


def test_thirty_at_a_time_in_name_order_without_gap(claire: Person) -> None:
    everybody = add(64)
    client = signed_in(claire)
    address, seen = "/people/?q=noel", []
    while address:
        response = client.get(address)
        seen += [person.username for person in response.context["people"]]
        address = response.context["more"]
        assert len(seen) <= 64
    assert seen == [person.username for person in everybody]


@pytest.mark.parametrize("after", ["n'importe quoi", "e30", "WyJhIiwgIjEiXQ", "WyJhIiwxZTMwXQ", "WzFd", "é"])
def test_damaged_cursor_starts_over(claire: Person, after: str) -> None:
    assert signed_in(claire).get("/people/", {"after": after}).headers["Location"] == "/people/"
    assert signed_in(claire).get("/api/v1/people", {"cursor": after}).status_code == 400


def test_those_who_left_are_not_shown(claire: Person) -> None:
    gone = local_person("parti", given_name="Parti")
    actions.deactivate(gone)
    client = signed_in(claire)
    assert "Parti Gagné" not in client.get("/people/").content.decode()
    assert client.get(f"/people/{gone.uuid}/").status_code == 404
    assert client.get(f"/api/v1/people/{gone.uuid}").status_code == 404


def test_external_sees_themselves_alone(claire: Person) -> None:
    external = local_person("externe", given_name="Ex", kind="external")
    client = signed_in(external)
    assert [person.username for person in client.get("/people/").context["people"]] == ["externe"]
    assert client.get(f"/people/{claire.uuid}/").status_code == 404
    assert client.get(f"/people/{external.uuid}/").status_code == 200
    assert [one["id"] for one in client.get("/api/v1/people").json()["items"]] == [str(external.uuid)]


def test_page_tells_how_to_reach_and_where_they_belong(claire: Person, units: dict[str, Unit]) -> None:
    chief = local_person("chef", given_name="Chef", unit=units["PMR"])
    claire.manager = chief
    claire.save()
    add(2, manager=claire, unit=units["PMR-BIB"])
    page = signed_in(claire).get(f"/people/{claire.uuid}/").content.decode()
    for text in ("tel:+15145550101", "Chef Gagné", "Prénom000 Côté-Noël", "Prénom001 Côté-Noël", "Ville de Montréal"):
        assert text in page
    assert "Claire Gagné" in signed_in(claire).get(f"/people/{chief.uuid}/").content.decode()


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("514 555-0117, poste 9481", "+15145550117,9481"),
        ("(514) 555-0117 ext. 12", "+15145550117,12"),
        ("+33 1 23 45 67 89", "33123456789"),
        ("311", "311"),
        ("", ""),
    ],
)
def test_telephone_is_dialled(phone: str, link: str) -> None:
    assert Person(phone=phone).phone_link == link


def test_page_in_english_marks_what_is_french_only(claire: Person) -> None:
    client = signed_in(claire)
    client.post("/settings/language/", {"language": "en"})
    page = client.get(f"/people/{claire.uuid}/").content.decode()
    assert '<span lang="fr">Bibliothécaire</span>' in page
    assert "Libraries" in page


def test_unknown_person_is_not_found(claire: Person) -> None:
    assert signed_in(claire).get(f"/people/{uuid.uuid4()}/").status_code == 404


def test_costs_the_same_for_one_and_twenty(claire: Person, units: dict[str, Unit]) -> None:
    client = signed_in(claire)
    addresses = ["/people/", f"/people/{claire.uuid}/", "/api/v1/people"]
    first = add(1, manager=claire, unit=units["PMR"])
    few = [queries_of(client, one) for one in addresses]
    Person.objects.filter(pk=first[0].pk).delete()
    add(20, manager=claire, unit=units["PMR-BIB"])
    assert [queries_of(client, one) for one in addresses] == few


def test_api_pages_through_everybody(claire: Person) -> None:
    add(5)
    client = signed_in(claire)
    cursor, names = "", []
    while cursor is not None:
        answer = client.get("/api/v1/people", {"q": "noel", "limit": 2, "cursor": cursor}).json()
        assert answer["total"] is None
        names += [one["name"] for one in answer["items"]]
        cursor = answer["next"]
    assert names == [f"Prénom00{number} Côté-Noël" for number in range(5)]


def test_api_shape(claire: Person) -> None:
    answer = signed_in(claire).get("/api/v1/people", {"q": "claire"}).json()["items"][0]
    assert answer == {
        "id": str(claire.uuid),
        "kind": "person",
        "name": "Claire Gagné",
        "url": f"/people/{claire.uuid}/",
        "title": "Bibliothécaire",
        "unit": "Bibliothèques",
        "email": "",
        "phone": "514 555-0101",
        "photo": None,
    }


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x"])
def test_api_limit_is_bounded(claire: Person, limit: str) -> None:
    assert signed_in(claire).get("/api/v1/people", {"limit": limit}).status_code == 422


def test_api_needs_a_sign_in() -> None:
    for address in ("/api/v1/me", "/api/v1/people", f"/api/v1/people/{uuid.uuid4()}"):
        assert Client().get(address).status_code == 401
