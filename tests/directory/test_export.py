"""A list of people as a file: for whom, what is in it, and that it is known afterwards."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from directory.exports import guarded
from directory.models import Person, Unit
from foundation.activity.models import Activity

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


def rows(person: Person, **asked: str) -> list[list[str]]:
    """The file as a spreadsheet reads it."""
    response = of(person).get("/people/export.csv", asked)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if person.language == "fr" else ","))


@pytest.fixture
def administrator(units: dict[str, Unit]) -> Person:
    return local_person("admin", given_name="Ada", family_name="Administratrice", is_staff=True)


@pytest.fixture
def claire(units: dict[str, Unit]) -> Person:
    return local_person(
        unit=units["PMR-BIB"], title_fr="Bibliothécaire; adjointe", title_en="Librarian", phone="514 555-0101",
        mobile="438 555-0102", email="claire@ville.example",
    )  # fmt: skip


def test_the_file_holds_what_the_list_shows(administrator: Person, claire: Person) -> None:
    heading, *lines = rows(administrator, q="gagne")
    assert len(lines) == 1 and len(lines[0]) == len(heading)
    for text in ("Gagné", "Claire", "Bibliothécaire; adjointe", "Bibliothèques", "514 555-0101", str(claire.uuid)):
        assert text in lines[0]
    # By default a mobile telephone is the team's.
    assert "438 555-0102" not in lines[0]
    claire.privacy = {"mobile": "everyone"}
    claire.save()
    assert "438 555-0102" in rows(administrator, q="gagne")[1]


def test_each_language_has_its_separator(administrator: Person, claire: Person) -> None:
    french = b"".join(of(administrator).get("/people/export.csv?q=gagne").streaming_content)
    assert french.startswith(b"\xef\xbb\xbf") and french.count(b";") > french.count(b",")
    Person.objects.filter(pk=administrator.pk).update(language="en")
    administrator.refresh_from_db()
    assert rows(administrator, q="gagne")[0][:2] == ["Family name", "First name"]
    assert "Librarian" in rows(administrator, q="gagne")[1]


def test_the_same_words_and_filters_as_the_list(administrator: Person, claire: Person, units: dict[str, Unit]) -> None:
    local_person("parti", is_active=False, family_name="Partie")
    assert {line[0] for line in rows(administrator)[1:]} == {"Administratrice", "Gagné"}
    assert {line[0] for line in rows(administrator, unit=str(units["PMR"].uuid))[1:]} == {"Gagné"}
    assert rows(administrator, unit="zzz")[1:] == rows(administrator, q="?")[1:] == []


@pytest.mark.parametrize("text", ["=1+1", "+514", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_marked_as_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}" and guarded("") == ""


def test_a_formula_in_a_title_stays_a_text(administrator: Person, claire: Person) -> None:
    Person.objects.filter(pk=claire.pk).update(title_fr='=HYPERLINK("http://evil.example")', title_en="")
    assert '\'=HYPERLINK("http://evil.example")' in rows(administrator, q="gagne")[1]


def test_others_are_refused_with_the_reason_and_see_no_link(administrator: Person, claire: Person) -> None:
    response = of(claire).get("/people/export.csv")
    assert response.status_code == 403
    assert not Activity.objects.filter(verb="directory.people_exported").exists()
    assert "export.csv" not in of(claire).get("/people/").content.decode()
    assert "export.csv?q=gagne" in of(administrator).get("/people/?q=gagne").content.decode()
    claire.user_permissions.add(Permission.objects.get(codename="export_person"))
    assert len(rows(claire)) == 3
    assert Client().get("/people/export.csv").status_code == 302


def test_each_export_is_recorded_once(administrator: Person, claire: Person, units: dict[str, Unit]) -> None:
    rows(administrator, q="gagne", unit=str(units["PMR"].uuid), role="")
    activity = Activity.objects.get(verb="directory.people_exported")
    assert activity.actor == administrator
    assert activity.data == {"people": 1, "q": "gagne", "filters": {"unit": str(units["PMR"].uuid)}}


def test_any_number_costs_the_same_queries(administrator: Person, claire: Person, units: dict[str, Unit]) -> None:
    def cost() -> Any:
        client = of(administrator)
        return queries_of(client, "/people/export.csv")

    few = cost()
    for number in range(20):
        local_person(f"p{number}", unit=units["PMR"], borough=units["PMR"])
    assert cost() == few
