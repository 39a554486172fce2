"""Suggestions while one types, and the field in which people are chosen."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client

from directory.forms.fields import PeopleField, PersonField
from directory.models import Person, Unit

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire(units: dict[str, Unit]) -> Person:
    return local_person("claire", unit=units["PMR-BIB"], title_fr="Bibliothécaire", phone="514 555-0101")


@pytest.fixture
def client(claire: Person) -> Client:
    browser = Client()
    browser.force_login(claire, backend="directory.backends.LocalBackend")
    return browser


def test_at_most_eight_then_all_results(client: Client) -> None:
    for number in range(12):
        local_person(f"m{number}", given_name=f"Marie{number:02}", family_name="Roy")
    html = client.get("/people/suggest", {"q": "roy&x marie"}).content.decode()
    assert "Marie" not in html
    html = client.get("/people/suggest", {"q": "roy marie"}).content.decode()
    assert html.count("data-value") == 0 and html.count('role="option"') == 9
    assert 'href="/people/?q=roy+marie"' in html and "<html" not in html and "Marie08" not in html


def test_name_title_and_telephone(client: Client, claire: Person) -> None:
    html = client.get("/people/suggest", {"q": "gagne"}).content.decode()
    for text in (claire.get_absolute_url(), "Claire Gagné", "Bibliothécaire", "514 555-0101", 'aria-selected="false"'):
        assert text in html


@pytest.mark.parametrize("q", ["", " ", "zzz", "\0", "<script>", "x" * 5000])
def test_nothing_to_suggest(client: Client, q: str) -> None:
    response = client.get("/people/suggest", {"q": q})
    assert response.status_code == 200
    assert 'role="option"' not in response.content.decode() and "<script>" not in response.content.decode()


def test_it_is_light_and_read_only(client: Client) -> None:
    assert queries_of(client, "/people/suggest?q=gagne") <= 4
    assert len(client.get("/people/suggest?q=gagne").content) < 1500
    assert client.post("/people/suggest").status_code == 405
    assert Client().get("/people/suggest?q=gagne").status_code == 302


def test_the_header_knows_where_to_ask(client: Client) -> None:
    html = client.get("/people/").content.decode()
    assert 'data-suggest-url="/search/suggest"' in html and 'role="listbox"' in html


def test_what_is_picked_carries_its_key(client: Client, claire: Person) -> None:
    html = client.get("/people/suggest", {"q": "gagne", "for": "picker"}).content.decode()
    assert f'data-value="{claire.uuid}"' in html and 'data-label="Claire Gagné"' in html
    assert "href" not in html


class _Form(forms.Form):
    people = PeopleField(required=False)
    person = PersonField(required=False)

    def __init__(self, data: Any = None, *, reader: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["people"].reader = self.fields["person"].reader = reader


def _sent(**values: list[str]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, some in values.items():
        data.setlist(name, some)
    return data


def test_people_are_chosen_by_key_user_name_and_address(claire: Person) -> None:
    boss = local_person("patronne", given_name="Paule", email="Paule@ville.example")
    sent = _sent(people=[str(claire.uuid), " paule@ville.example, CLAIRE "], person=["patronne"])
    form = _Form(sent, reader=claire)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"people": [claire, boss], "person": boss}
    empty = _Form(_sent(people=["", " , "], person=[""]), reader=claire)
    assert empty.is_valid() and empty.cleaned_data == {"people": [], "person": None}


def test_what_is_not_known_stays_to_be_put_right(claire: Person) -> None:
    form = _Form(_sent(people=[str(claire.uuid), "<inconnue>"], person=["claire", "inconnu"]), reader=claire)
    assert not form.is_valid() and set(form.errors) == {"people", "person"}
    html = str(form)
    assert f'value="{claire.uuid}" checked' in html and 'value="&lt;inconnue&gt;"' in html
    assert "<inconnue>" not in html
    assert not _Form(_sent(person=["claire", str(local_person("autre").uuid)]), reader=claire).is_valid()


def test_one_chooses_only_among_those_one_sees(claire: Person) -> None:
    left = local_person("parti", is_active=False)
    external = local_person("externe", kind="external")
    assert not _Form(_sent(people=[str(left.uuid)]), reader=claire).is_valid()
    assert not _Form(_sent(people=[str(claire.uuid), "claire"]), reader=external).is_valid()
    assert not _Form(_sent(people=[str(claire.uuid)]), reader=None).is_valid()


def test_an_address_that_two_share_names_neither(claire: Person) -> None:
    for name in ("un", "deux"):
        local_person(name, email="bureau@ville.example")
    assert not _Form(_sent(person=["bureau@ville.example"]), reader=claire).is_valid()


def test_initial_people_are_shown_chosen(claire: Person) -> None:
    html = str(_Form(reader=claire, initial={"people": [claire], "person": claire}))
    assert html.count(f'value="{claire.uuid}" checked') == 2
