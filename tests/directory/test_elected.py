"""Elected officials: the list by borough, their mandates, and who keeps them up to date."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directory import actions
from directory.actions.elected import ChargeText
from directory.models import Charge, Mandate, Person, Unit
from foundation.activity.models import Activity
from foundation.audiences.policies import Refused

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db

BEGUN = date(2025, 11, 2)


def signed_in(person: Person, language: str = "en") -> Client:
    Person.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


def main_of(client: Client, address: str, **data: Any) -> str:
    response = client.get(address, data)
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1].split("</main>")[0]


@pytest.fixture
def cabinet(units: dict[str, Unit]) -> Unit:
    return actions.create_unit("PMR-CAB", "Cabinet de la mairie", kind="cabinet", parent=units["PMR"])


@pytest.fixture
def administrator(units: dict[str, Unit]) -> Person:
    return local_person("admin", given_name="Ada", is_staff=True)


@pytest.fixture
def aide(cabinet: Unit) -> Person:
    return local_person("attache", given_name="Aline", unit=cabinet, title_fr="Attachée politique")


@pytest.fixture
def mayor(units: dict[str, Unit], administrator: Person) -> Mandate:
    person = local_person("mairesse", given_name="Mona", kind="elected", unit=units["VM"])
    return actions.begin_mandate(
        person, actor=administrator, office="mayor", starts=BEGUN, party="Cité vivante", is_party_published=True
    )


@pytest.fixture
def councillor(units: dict[str, Unit], cabinet: Unit, administrator: Person) -> Mandate:
    person = local_person("elue", given_name="Élise", kind="elected", unit=units["PMR"], phone="514 555-0140")
    return actions.begin_mandate(
        person,
        actor=administrator,
        office="city_councillor",
        borough=units["PMR"],
        district="Mile-End",
        party="Parti caché",
        starts=BEGUN,
        cabinet=cabinet,
        citizens_phone="514 555-0111",
        citizens_email="bureau@ville.example",
        charges=[ChargeText("commission", "Commission sur l'eau", "Water committee", "Présidence", "Chair")],
    )


# -- The list --------------------------------------------------------------------------------------------------------
def test_the_list_is_grouped_the_city_first(mayor: Mandate, councillor: Mandate, aide: Person) -> None:
    page = main_of(signed_in(aide), "/elected/")
    assert page.index("Mona Gagné") < page.index('id="PMR"') < page.index("Élise Gagné")
    assert "City councillor" in page and "Mile-End" in page and "2 elected officials" in page


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "elise"}, ["Élise"]),
        ({"q": "mile end"}, ["Élise"]),
        ({"q": "plateau"}, ["Élise"]),
        ({"q": "cite vivante"}, ["Mona"]),
        ({"office": "mayor"}, ["Mona"]),
        ({"party": "Cité vivante"}, ["Mona"]),
        ({"party": "none"}, []),
        ({"q": "zzz"}, []),
        ({"q": "\0<script>"}, []),
        ({"borough": "n'importe quoi"}, []),
    ],
)
def test_filters(mayor: Mandate, councillor: Mandate, aide: Person, filters: dict[str, str], found: list[str]) -> None:
    page = main_of(signed_in(aide), "/elected/", **filters)
    assert [name for name in ("Mona", "Élise") if f"{name} Gagné" in page] == found
    assert "<script>" not in page


def test_the_borough_filter(mayor: Mandate, councillor: Mandate, aide: Person, units: dict[str, Unit]) -> None:
    page = main_of(signed_in(aide), "/elected/", borough=str(units["PMR"].uuid))
    assert "Élise Gagné" in page and "Mona Gagné" not in page


def test_a_party_that_is_not_published_is_neither_shown_nor_found(councillor: Mandate, administrator: Person) -> None:
    client = signed_in(administrator)
    for address, data in (
        ("/elected/", {}),
        (f"/people/{councillor.person.uuid}/", {}),
        ("/elected/", {"q": "caché"}),
        ("/elected/", {"party": "Parti caché"}),
        ("/elected/", {"party": "none"}),
    ):
        page = main_of(client, address, **data)
        assert "Parti caché" not in page
        assert not data or "Élise Gagné" not in page


def test_those_out_of_office_or_gone_are_not_listed(mayor: Mandate, councillor: Mandate, aide: Person) -> None:
    Mandate.objects.filter(pk=mayor.pk).update(ends=timezone.localdate() - timedelta(days=1))
    Person.objects.filter(pk=councillor.person_id).update(is_active=False)
    page = main_of(signed_in(aide), "/elected/")
    assert "Gagné" not in page and "0 elected officials" in page


def test_externals_see_none(mayor: Mandate) -> None:
    assert "Mona" not in main_of(signed_in(local_person("externe", kind="external")), "/elected/")


def test_french(mayor: Mandate, councillor: Mandate, aide: Person) -> None:
    page = main_of(signed_in(aide, "fr"), "/elected/")
    assert "Personnes élues" in page and "Élise Gagné" in page


def test_the_pages_cost_the_same_for_few_and_many(
    councillor: Mandate, administrator: Person, units: dict[str, Unit], cabinet: Unit
) -> None:
    local_person("aide", unit=cabinet)
    client = signed_in(administrator)
    addresses = ["/elected/", f"/people/{councillor.person.uuid}/"]
    few = [queries_of(client, one) for one in addresses]
    for number in range(20):
        person = local_person(f"elu{number}", kind="elected")
        charges = [ChargeText("commission", f"Commission {number}")]
        actions.begin_mandate(
            person, actor=administrator, office="mayor", starts=BEGUN, cabinet=cabinet, charges=charges
        )
        Charge.objects.create(mandate=councillor, kind="delegation", name_fr=f"Délégation {number}")
        local_person(f"aide{number}", unit=cabinet)
    assert [queries_of(client, one) for one in addresses] == few


# -- The page --------------------------------------------------------------------------------------------------------
def test_the_page_tells_the_mandate(councillor: Mandate, aide: Person) -> None:
    page = main_of(signed_in(aide), f"/people/{councillor.person.uuid}/")
    for text in ("City councillor", "Mile-End", "Water committee", "Chair", "tel:+15145550111", "bureau@ville.example"):
        assert text in page
    assert "Aline Gagné" in page


def test_former_mandates_stay_as_one_line(councillor: Mandate, administrator: Person, units: dict[str, Unit]) -> None:
    actions.begin_mandate(
        councillor.person,
        actor=administrator,
        office="borough_councillor",
        borough=units["PMR"],
        district="Jeanne-Mance",
        starts=date(2021, 11, 7),
        ends=BEGUN - timedelta(days=1),
    )
    page = main_of(signed_in(administrator), f"/people/{councillor.person.uuid}/")
    assert "Borough councillor, Jeanne-Mance (2021–2025)" in page and "Mile-End" in page


def test_words_are_not_markup(councillor: Mandate, administrator: Person) -> None:
    bad = "<script>alert(1)</script>"
    Mandate.objects.update(district=bad, party=bad, is_party_published=True)
    Charge.objects.update(name_fr=bad, name_en=bad, role_en=bad)
    for address in ("/elected/", f"/people/{councillor.person.uuid}/", f"/elected/mandates/{councillor.uuid}/edit/"):
        assert "<script>alert" not in main_of(signed_in(administrator), address)


# -- Changes ---------------------------------------------------------------------------------------------------------
def lines(*charges: dict[str, str], initial: int = 0) -> dict[str, str]:
    data = {"charges-TOTAL_FORMS": str(len(charges)), "charges-INITIAL_FORMS": str(initial)}
    for number, one in enumerate(charges):
        data |= {f"charges-{number}-{name}": value for name, value in {"kind": "commission", **one}.items()}
    return data


KEPT = {"party": "Riverains", "is_party_published": "on", "citizens_email": "", "citizens_phone": "311"}
WATER = {"name_fr": "Commission sur l'eau", "name_en": "Water committee", "role_fr": "Membre", "role_en": "Member"}


def test_the_cabinet_keeps_its_part_and_nothing_more(councillor: Mandate, aide: Person) -> None:
    client = signed_in(aide)
    address = f"/elected/mandates/{councillor.uuid}/edit/"
    assert 'name="office"' not in main_of(client, address)
    data = {**KEPT, "office": "mayor", "ends": "2050-01-01", **lines(WATER, {"name_fr": "Culture"}, {}, initial=1)}
    assert client.post(address, data).status_code == 302
    councillor.refresh_from_db()
    assert (councillor.party, councillor.citizens_phone) == ("Riverains", "311")
    assert (councillor.office, councillor.ends) == ("city_councillor", None)
    charges = list(councillor.charges.order_by("pk").values_list("name_fr", "role_fr"))
    assert charges == [("Commission sur l'eau", "Membre"), ("Culture", "")]
    activity = Activity.objects.get(verb="directory.mandate_changed")
    assert activity.actor == aide and activity.data["changed"]["citizens_phone"] == ["514 555-0111", "311"]


def test_the_action_itself_refuses_what_is_not_the_cabinets(councillor: Mandate, aide: Person) -> None:
    with pytest.raises(Refused):
        actions.change_mandate(councillor, actor=aide, charges=[], ends=date(2050, 1, 1))
    councillor.refresh_from_db()
    assert councillor.ends is None and councillor.charges.count() == 1


def test_administrators_change_all_of_it(councillor: Mandate, administrator: Person, units: dict[str, Unit]) -> None:
    settled = {"office": "borough_councillor", "borough": str(units["PMR"].pk), "district": "De Lorimier"}
    data = {**KEPT, **settled, "starts": "2025-11-02", "ends": "2029-11-04", "cabinet": "", **lines()}
    address = f"/elected/mandates/{councillor.uuid}/edit/"
    assert signed_in(administrator).post(address, data).status_code == 302
    councillor.refresh_from_db()
    assert (councillor.district, councillor.ends, councillor.cabinet) == ("De Lorimier", date(2029, 11, 4), None)
    assert councillor.charges.count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"citizens_email": "pas une adresse"},
        {"starts": ""},
        {"ends": "2001-01-01"},
        {"borough": ""},
        {"office": "roi"},
        lines({"name_fr": "", "name_en": "Only English"}),
        lines({"name_fr": "x" * 201}),
        lines({"kind": "autre", "name_fr": "Eau"}),
    ],
)
def test_a_wrong_mandate_is_refused_and_nothing_is_lost(
    councillor: Mandate, administrator: Person, units: dict[str, Unit], values: dict[str, str]
) -> None:
    settled = {"office": "city_councillor", "borough": str(units["PMR"].pk), "starts": "2025-11-02"}
    data = {**KEPT, **settled, "district": "Kept words", **lines(), **values}
    answer = signed_in(administrator).post(f"/elected/mandates/{councillor.uuid}/edit/", data)
    assert answer.status_code == 422 and "Kept words" in answer.content.decode()
    councillor.refresh_from_db()
    assert councillor.district == "Mile-End"


@pytest.mark.parametrize(("who", "status"), [("admin", 200), ("attache", 200), ("autre", 403), ("elue", 403)])
def test_who_may_change_a_mandate(
    councillor: Mandate, aide: Person, units: dict[str, Unit], who: str, status: int
) -> None:
    local_person("autre", unit=units["PMR"])
    client = signed_in(Person.objects.get(username=who))
    address = f"/elected/mandates/{councillor.uuid}/edit/"
    assert client.get(address).status_code == status
    assert client.post(address, {**KEPT, **lines()}).status_code == (403 if status == 403 else client_status(who))
    assert (address in main_of(client, f"/people/{councillor.person.uuid}/")) == (status == 200)


def client_status(who: str) -> int:
    """What a form without what was settled answers: administrators must say it again."""
    return 422 if who == "admin" else 302


def test_a_mandate_is_entered_by_administrators_for_the_elected(
    administrator: Person, aide: Person, units: dict[str, Unit]
) -> None:
    person = local_person("nouvelle", given_name="Noor", kind="elected")
    address = f"/people/{person.uuid}/mandates/new/"
    assert address in main_of(signed_in(administrator), f"/people/{person.uuid}/")
    settled = {"office": "city_councillor", "borough": str(units["PMR"].pk), "starts": "2025-11-02"}
    data = {**KEPT, **settled, **lines(WATER)}
    assert signed_in(aide).post(address, data).status_code == 403
    assert signed_in(administrator).post(address, data).status_code == 302
    assert "Noor Gagné" in main_of(signed_in(aide), "/elected/")
    answer = signed_in(administrator).post(f"/people/{aide.uuid}/mandates/new/", data)
    assert answer.status_code == 422 and not aide.mandates.exists()
