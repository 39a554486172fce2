"""People, units and groups for programs: the same rules as the pages."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directory.actions.words import refresh_words
from directory.models import Absence, Group, Person, PersonLanguage, PersonSkill, Position, Skill, Unit

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db

PRIVATE = ("mobile", "languages", "skills", "working_days", "absence")


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


@pytest.fixture
def chief(units: dict[str, Unit]) -> Person:
    return local_person("chef", given_name="Chef", unit=units["PMR"], is_manager=True)


@pytest.fixture
def claire(units: dict[str, Unit], chief: Person) -> Person:
    person = local_person(
        unit=units["PMR-BIB"], title_fr="Bibliothécaire", phone="514 555-0101", mobile="438 555-0102",
        manager=chief, working_days="1234", site="Édifice Brennan", room="3.201", notes_name="Claire Gagné/PMR/Ville",
    )  # fmt: skip
    skill = Skill.objects.create(key="reliure", name_fr="Reliure", name_en="Bookbinding")
    PersonSkill.objects.create(person=person, skill=skill)
    PersonLanguage.objects.create(person=person, language="es", level=2)
    today = timezone.localdate()
    Absence.objects.create(person=person, starts=today, ends=today + timedelta(4), replacement=chief, by=person)
    Position.objects.create(person=person, unit=units["PMR-BIB"], kind="head", title_fr="Chef", starts=date(2020, 1, 6))
    Position.objects.create(person=person, unit=units["PMR"], starts=date(2019, 1, 1), ends=date(2019, 12, 31))
    refresh_words([person.pk])
    return person


@pytest.fixture
def colleague(units: dict[str, Unit]) -> Person:
    return local_person("collegue", given_name="Col", unit=units["VM"])


def test_one_person_in_full(claire: Person, chief: Person, units: dict[str, Unit]) -> None:
    answer = of(claire).get(f"/api/v1/people/{claire.uuid}").json()
    unit = {"id": str(units["PMR-BIB"].uuid), "name": "Bibliothèques", "url": units["PMR-BIB"].get_absolute_url()}
    boss = {"id": str(chief.uuid), "name": "Chef Gagné", "url": chief.get_absolute_url()}
    today = timezone.localdate()
    expected = {
        "kind": "person", "role": "employee", "manager": boss, "mobile": "438 555-0102", "working_days": "1234",
        "languages": [{"language": "es", "level": 2}], "skills": ["Reliure"], "site": "Édifice Brennan",
        "positions": [{"title": "Chef", "kind": "head", "unit": unit, "starts": "2020-01-06", "ends": None}],
        "absence": {"starts": str(today), "ends": str(today + timedelta(4)), "replacement": boss},
    }  # fmt: skip
    assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize("level", ["everyone", "team", "nobody"])
def test_each_reads_only_what_they_may(claire: Person, chief: Person, colleague: Person, level: str) -> None:
    fields = ("mobile", "languages", "skills", "working_days", "absences")
    Person.objects.filter(pk=claire.pk).update(privacy=dict.fromkeys(fields, level))
    readers = {claire: True, chief: level != "nobody", colleague: level == "everyone"}
    for reader, may_read in readers.items():
        answer = of(reader).get(f"/api/v1/people/{claire.uuid}").json()
        assert [answer[name] is not None for name in PRIVATE] == [may_read] * len(PRIVATE), reader.username


def test_search_filters_and_pages(claire: Person, chief: Person, colleague: Person, units: dict[str, Unit]) -> None:
    client = of(colleague)

    def names(**asked: Any) -> list[str]:
        return [one["name"] for one in client.get("/api/v1/people", asked).json()["items"]]

    borough = str(units["PMR"].uuid)
    assert names(q="bibliothécaire") == names(q="reliure") == names(q="Gagne cliare") == ["Claire Gagné"]
    assert names(unit=borough) == ["Chef Gagné", "Claire Gagné"]
    assert names(unit=borough, direct="true") == names(role="manager") == ["Chef Gagné"]
    assert names(unit=borough, present="true") == ["Chef Gagné"]
    assert names(language="es") == names(skill="bookbinding") == ["Claire Gagné"]
    assert names(unit=str(uuid.uuid4())) == names(language="xx") == []
    assert client.get("/api/v1/people", {"unit": "x"}).status_code == 422
    assert client.get("/api/v1/people", {"role": "king"}).status_code == 422
    first = client.get("/api/v1/people", {"q": "gagne", "limit": 2}).json()
    second = client.get("/api/v1/people", {"q": "gagne", "limit": 2, "cursor": first["next"]}).json()
    assert [one["name"] for one in first["items"] + second["items"]] == ["Chef Gagné", "Claire Gagné", "Col Gagné"]
    assert second["next"] is None


def test_externals_read_themselves_alone(claire: Person, units: dict[str, Unit]) -> None:
    external = local_person("externe", given_name="Ex", kind="external", manager=claire)
    Group.objects.create(name_fr="Tous")
    client = of(external)
    assert [one["name"] for one in client.get("/api/v1/people").json()["items"]] == ["Ex Gagné"]
    assert client.get(f"/api/v1/people/{external.uuid}").json()["manager"] is None
    assert client.get("/api/v1/units").json()["items"] == client.get("/api/v1/groups").json()["items"] == []
    assert client.get(f"/api/v1/units/{units['PMR'].uuid}").status_code == 404


def test_units_by_level_parent_and_name(colleague: Person, units: dict[str, Unit]) -> None:
    client = of(colleague)

    def codes(**asked: str) -> list[str]:
        return [one["code"] for one in client.get("/api/v1/units", asked).json()["items"]]

    assert codes() == ["PMR-BIB", "PMR", "VM"]
    assert codes(kind="borough") == codes(parent=str(units["VM"].uuid)) == codes(q="plateau") == ["PMR"]
    assert codes(q="LIBRARIES") == codes(q="pmr bib") == ["PMR-BIB"]
    first = client.get("/api/v1/units", {"limit": "2"}).json()
    assert first["total"] == 3
    rest = client.get("/api/v1/units", {"limit": "2", "cursor": first["next"]}).json()
    assert [one["code"] for one in rest["items"]] == ["VM"] and rest["next"] is None
    for cursor in ("x", "WzFd", "é", "WyJhIiwgIjEiXQ"):
        assert client.get("/api/v1/units", {"cursor": cursor}).status_code == 400
    assert {"id", "kind", "title", "url"} <= set(first["items"][0])


def test_one_unit_with_who_leads_and_how_many(claire: Person, chief: Person, units: dict[str, Unit]) -> None:
    Position.objects.create(unit=units["PMR"], kind="head", source="portal")
    Position.objects.create(unit=units["PMR"], kind="acting_head", person=chief, source="portal")
    answer = of(claire).get(f"/api/v1/units/{units['PMR'].uuid}").json()
    assert (answer["people"], answer["people_below"], answer["is_head_vacant"]) == (1, 2, True)
    assert answer["head"] is None and answer["acting_head"]["name"] == "Chef Gagné"
    below = of(claire).get(f"/api/v1/units/{units['PMR-BIB'].uuid}").json()
    assert below["head"]["name"] == "Claire Gagné" and below["parent"] == str(units["PMR"].uuid)


def test_groups_and_who_belongs(claire: Person, chief: Person, colleague: Person) -> None:
    group = Group.objects.create(name_fr="Reliure", name_en="Binding", purpose_fr="Pour relier")
    hidden = Group.objects.create(name_fr="Discret", is_public=False)
    Group.objects.create(name_fr="Retiré", is_active=False)
    group.members.add(claire, chief, local_person("parti", is_active=False))
    hidden.members.add(claire)
    listed = of(colleague).get("/api/v1/groups").json()["items"]
    assert [(one["title"], one["people"], one["purpose"]) for one in listed] == [("Reliure", 2, "Pour relier")]
    assert [one["title"] for one in of(claire).get("/api/v1/groups?q=discr").json()["items"]] == ["Discret"]
    assert of(colleague).get(f"/api/v1/groups/{hidden.uuid}").status_code == 404
    assert of(colleague).get(f"/api/v1/groups/{hidden.uuid}/members").status_code == 404
    refused = of(colleague).get(f"/api/v1/groups/{group.uuid}/members")
    assert refused.status_code == 403 and refused.json()["detail"]
    members = of(claire).get(f"/api/v1/groups/{group.uuid}/members").json()
    assert [one["name"] for one in members["items"]] == ["Chef Gagné", "Claire Gagné"]
    assert of(claire).get(f"/api/v1/groups/{group.uuid}/members?cursor=x").status_code == 400


def test_lists_cost_the_same_for_one_and_twenty(claire: Person, units: dict[str, Unit]) -> None:
    group = Group.objects.create(name_fr="Reliure")
    group.members.add(claire)
    client = of(claire)
    addresses = ["/api/v1/units", "/api/v1/groups", f"/api/v1/groups/{group.uuid}/members", "/api/v1/people"]
    few = [queries_of(client, one) for one in addresses]
    for number in range(20):
        person = local_person(f"p{number}", unit=units["PMR"])
        group.members.add(person)
        Group.objects.create(name_fr=f"Groupe {number}").members.add(person)
        Unit.objects.create(code=f"U{number}", name_fr=f"Unité {number}", parent=units["PMR"], path=f"/9/{number}/")
    assert [queries_of(client, one) for one in addresses] == few
    assert queries_of(client, f"/api/v1/people/{claire.uuid}") <= 12


def test_the_description_names_every_address(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for name in (
        "people",
        "people/{uuid}",
        "units",
        "units/{uuid}",
        "groups",
        "groups/{uuid}",
        "groups/{uuid}/members",
    ):
        assert f"/api/v1/{name}" in paths
