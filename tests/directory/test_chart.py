"""The org chart: a picture and a list that say the same, browsed by links, at a cost that does not grow."""

import re
import time
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from directory import actions
from directory.charts import length, shortened, wrapped
from directory.models import Absence, Person, Position, Unit

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(units: dict[str, Unit]) -> Client:
    reader = local_person("lecteur", given_name="Lucie", unit=units["PMR"], language="en")
    Position.objects.create(person=reader, unit=units["PMR"], kind="head", starts=date(2020, 1, 1))
    browser = Client()
    browser.force_login(reader, backend="directory.backends.LocalBackend")
    return browser


def chart(client: Client, **data: Any) -> str:
    response = client.get("/units/chart/", data)
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1].split("</main>")[0]


def boxes(page: str) -> list[str]:
    """What each box says, as it is read out: name, who leads, how many."""
    found = []
    for box in re.findall(r'<a class="chart-box.*?</a>', page, re.DOTALL):
        name = "".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", box))
        rest = re.findall(r"chart-box__(?:person|note|count)[^>]*>([^<]*)<", box)
        found.append(". ".join(one.strip() for one in (name, *rest)))
    return found


def toggles(page: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(r'class="chart-toggle"[^>]*href="([^"]*)"', page)]


def big_city(units: dict[str, Unit], services: int, divisions: int) -> None:
    for number in range(services):
        service = actions.create_unit(f"S{number}", f"Service numéro {number}", kind="service", parent=units["VM"])
        for other in range(divisions):
            unit = actions.create_unit(f"S{number}-{other}", f"Division {other}", kind="division", parent=service)
            person = local_person(f"p{number}x{other}", unit=unit)
            Position.objects.create(person=person, unit=unit, kind="head", starts=date(2020, 1, 1))


def test_the_city_opens_closed_with_what_is_directly_below(client: Client, units: dict[str, Unit]) -> None:
    page = chart(client)
    assert [one.partition(".")[0] for one in boxes(page)] == ["City of Montréal", "Le Plateau-Mont-Royal"]
    assert boxes(page)[1] == "Le Plateau-Mont-Royal. Lucie Gagné. 1 person"
    assert toggles(page) == ["/units/chart/?open=PMR"]


def test_branches_open_and_close_by_links(client: Client, units: dict[str, Unit]) -> None:
    opened = chart(client, open="PMR")
    assert len(boxes(opened)) == 3 and boxes(opened)[2].startswith("Libraries")
    assert toggles(opened) == ["/units/chart/"]
    everything = chart(client, open="all")
    assert len(boxes(everything)) == 3 and toggles(everything) == ["/units/chart/?open=all&shut=PMR"]
    assert len(boxes(chart(client, open="all", shut="PMR"))) == 2


def test_a_unit_is_centred_under_those_above(client: Client, units: dict[str, Unit]) -> None:
    page = chart(client, unit=str(units["PMR"].uuid))
    names = [one.partition(".")[0] for one in boxes(page)]
    assert names == ["City of Montréal", "Le Plateau-Mont-Royal", "Libraries"]
    assert page.count("data-center") == 1


@pytest.mark.parametrize("unit", ["x", "00000000-0000-4000-8000-000000000000", "../..", "\0"])
def test_an_unknown_unit_is_not_found(client: Client, unit: str) -> None:
    assert client.get("/units/chart/", {"unit": unit}).status_code == 404


def test_a_closed_unit_is_not_in_the_chart(client: Client, units: dict[str, Unit]) -> None:
    Unit.objects.filter(code="PMR-BIB").update(is_active=False)
    assert client.get("/units/chart/", {"unit": str(units["PMR-BIB"].uuid)}).status_code == 404
    assert "Libraries" not in chart(client, open="all")


@pytest.mark.parametrize("words", ["PMR,PMR,zzz", ",,,", "all,PMR", "<script>", "x" * 9000])
def test_damaged_addresses_draw_the_chart(client: Client, words: str) -> None:
    assert "<script>" not in chart(client, open=words, shut=words)


def test_the_list_says_the_same(client: Client, units: dict[str, Unit]) -> None:
    big_city(units, 3, 2)
    names = [one.partition(".")[0] for one in boxes(chart(client, open="all"))]
    lines = re.findall(r'class="unit-tree__name"[^>]*>(.*?)</a>', chart(client, view="list", open="all"))
    assert [re.sub("<.*?>", "", one) for one in lines] == names and len(names) == 12


def test_names_in_the_picture_are_words_not_markup(client: Client, units: dict[str, Unit]) -> None:
    bad = "</text><script>alert(1)</script>\"><a href='javascript:x'> & fils"
    Unit.objects.filter(code="PMR").update(name_fr=bad, name_en=bad)
    Person.objects.filter(username="lecteur").update(given_name="<image href=x onerror=alert(1)>")
    page = chart(client, open="all")
    assert "<script>alert" not in page and "<image href=x" not in page and 'href="javascript' not in page
    # Each band is well-formed XML: nothing that was typed closed an element.
    bands = re.findall(r"<svg class=\"chart__band\".*?</svg>", page, re.DOTALL)
    texts = ["".join(ElementTree.fromstring(one).itertext()) for one in bands]
    assert any("<script>alert(1)</script>" in text.replace("\n", "") for text in texts)


def test_the_picture_has_no_inline_style(client: Client, units: dict[str, Unit]) -> None:
    page = chart(client, open="all")
    assert " style=" not in page and "<style" not in page and " onclick" not in page


def test_the_whole_city_costs_three_queries_whatever_its_size(client: Client, units: dict[str, Unit]) -> None:
    few = queries_of(client, "/units/chart/?open=all")
    big_city(units, 6, 5)
    assert queries_of(client, "/units/chart/?open=all") == few
    assert queries_of(client, "/units/chart/?open=all&view=list") == few
    # The rest is the frame's, as on a page that shows nothing else.
    assert few - queries_of(client, "/settings/") == 3


def test_the_whole_city_is_drawn_in_less_than_a_second(client: Client, units: dict[str, Unit]) -> None:
    Unit.objects.bulk_create(
        Unit(code=f"S{number}", name_fr=f"Service de la planification {number}", kind="service", parent=units["VM"])
        for number in range(330)
    )
    for unit in Unit.objects.filter(path=""):
        unit.path = f"{units['VM'].path}{unit.pk}/"
        unit.save()
    chart(client)
    start = time.process_time()
    assert len(boxes(chart(client, open="all"))) == 333
    assert time.process_time() - start < 1


def test_externals_see_an_empty_chart(units: dict[str, Unit]) -> None:
    browser = Client()
    browser.force_login(local_person("externe", kind="external"), backend="directory.backends.LocalBackend")
    assert "Plateau" not in chart(browser, open="all")


def test_french(client: Client, units: dict[str, Unit]) -> None:
    client.post("/settings/language/", {"language": "fr"})
    assert [one.partition(".")[0] for one in boxes(chart(client))] == ["Ville de Montréal", "Le Plateau-Mont-Royal"]


# -- Words in boxes --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "Côte-des-Neiges–Notre-Dame-de-Grâce",
        "Service de la planification stratégique et de la performance organisationnelle",
        "Anticonstitutionnellementincroyablementlong",
        "A",
        "—",
    ],
)
def test_names_are_wrapped_within_the_box_and_nothing_is_lost(name: str) -> None:
    lines = wrapped(name, 180, 14)
    assert all(length(one.rstrip(), 14) <= 180 for one in lines)
    assert "".join(lines) == name


def test_long_names_of_people_end_with_an_ellipsis() -> None:
    assert shortened("Lan Nguyen", 150, 13) == "Lan Nguyen"
    cut = shortened("Marie-Antoinette Desmarchais-Crawford-Tremblay", 150, 13)
    assert cut.endswith("…") and length(cut, 13) <= 150


def test_boxes_say_in_words_who_is_away_who_stands_in_and_what_is_vacant(
    client: Client, units: dict[str, Unit]
) -> None:
    administrator = local_person("admin", is_staff=True)
    person = local_person("interim", given_name="Inès", unit=units["PMR"])
    head = Person.objects.get(username="lecteur")
    Absence.objects.create(person=head, by=head, starts=date(2020, 1, 1))
    actions.name_acting_head(units["PMR"], person, actor=administrator, starts=date(2020, 1, 1))
    actions.declare_vacancy(units["PMR-BIB"], actor=administrator, starts=date(2020, 1, 1))
    page = chart(client, open="all")
    assert boxes(page)[1] == "Le Plateau-Mont-Royal. Lucie Gagné. away. Inès Gagné. acting. 2 people"
    assert boxes(page)[2] == "Libraries. Vacant position. 0 people"
