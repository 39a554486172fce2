"""Units: the tree, their pages, and what people put right about them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directory import actions
from directory.models import Absence, Person, Position, Unit
from foundation.activity.models import Activity

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


def signed_in(person: Person, language: str = "fr") -> Client:
    Person.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(person, backend="directory.backends.LocalBackend")
    return client


def main_of(client: Client, address: str, **data: Any) -> str:
    """What the page shows beside its frame."""
    response = client.get(address, data)
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1]


@pytest.fixture
def reader(units: dict[str, Unit]) -> Person:
    return local_person("lecteur", given_name="Lucie", unit=units["PMR"], title_fr="Agente")


@pytest.fixture
def head(units: dict[str, Unit]) -> Person:
    """Leads the borough, by LDAP."""
    person = local_person("tete", given_name="Tania", unit=units["PMR"], title_fr="Directrice")
    Position.objects.create(person=person, unit=units["PMR"], kind="head", starts=date(2020, 1, 1))
    return person


@pytest.fixture
def administrator(units: dict[str, Unit]) -> Person:
    return local_person("admin", given_name="Ada", is_staff=True)


def today(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


# -- The tree --------------------------------------------------------------------------------------------------------
def test_the_tree_has_every_open_unit_its_head_and_everybody_below(
    reader: Person, head: Person, units: dict[str, Unit]
) -> None:
    Unit.objects.create(code="FERME", name_fr="Service fermé", parent=units["VM"], path="", is_active=False)
    page = main_of(signed_in(reader), "/units/")
    assert page.index("Ville de Montréal") < page.index("Le Plateau-Mont-Royal") < page.index("Bibliothèques")
    assert "Tania Gagné" in page and "Service fermé" not in page
    tree = page.split('id="unit-tree"')[1].split("</main>")[0]
    assert tree.count("<details") == tree.count("</details>") == 2
    assert tree.count("<li") == tree.count("</li>") == 3


@pytest.mark.parametrize("q", ["biblio", "LIBRARIES", "pmr-bib", "thèques bib"])
def test_a_unit_is_found_by_either_name_and_shown_in_its_place(reader: Person, units: dict[str, Unit], q: str) -> None:
    actions.create_unit("PMR-TP", "Travaux publics", kind="division", parent=units["PMR"])
    page = main_of(signed_in(reader), "/units/", q=q)
    assert "<mark>Bibliothèques</mark>" in page and "Le Plateau-Mont-Royal" in page
    assert "Travaux publics" not in page


@pytest.mark.parametrize("q", ["zzz", "%", "\0", "<script>alert(1)</script>", "x" * 500])
def test_no_unit_found_teaches_and_breaks_nothing(reader: Person, units: dict[str, Unit], q: str) -> None:
    assert "<script>alert" not in main_of(signed_in(reader), "/units/", q=q)


def test_externals_see_no_unit(units: dict[str, Unit]) -> None:
    client = signed_in(local_person("externe", kind="external"))
    assert "Plateau" not in client.get("/units/").content.decode()
    assert client.get(f"/units/{units['PMR'].uuid}/").status_code == 404


def test_a_unit_under_a_closed_one_hangs_under_the_next(reader: Person, units: dict[str, Unit]) -> None:
    Unit.objects.filter(code="PMR").update(is_active=False)
    page = main_of(signed_in(reader), "/units/")
    assert "Bibliothèques" in page and "Plateau" not in page


# -- The page --------------------------------------------------------------------------------------------------------
def test_the_page_tells_what_where_and_who(reader: Person, head: Person, units: dict[str, Unit]) -> None:
    Unit.objects.filter(code="PMR").update(
        mission_fr="Servir le Plateau.", email="pmr@ville.example", phone="514 555-0133"
    )
    local_person("b1", given_name="Bruno", unit=units["PMR-BIB"], site="Bibliothèque Mile-End")
    page = main_of(signed_in(reader), f"/units/{units['PMR'].uuid}/")
    for text in ("Servir le Plateau.", "Tania Gagné", "mailto:pmr@ville.example", "tel:+15145550133", "Bibliothèques"):
        assert text in page
    assert "Bibliothèque Mile-End" in page and f"/people/?unit={units['PMR'].uuid}" in page
    assert "Bruno Gagné" not in page
    assert f"/units/chart/?unit={units['PMR'].uuid}" in page


def test_a_mission_in_the_other_language_is_marked(reader: Person, units: dict[str, Unit]) -> None:
    Unit.objects.filter(code="PMR-BIB").update(mission_fr="Prêter des livres.")
    page = main_of(signed_in(reader, "en"), f"/units/{units['PMR-BIB'].uuid}/")
    assert '<span lang="fr">Prêter des livres.</span>' in page
    assert "Libraries" in page


def test_a_closed_unit_says_so(reader: Person, units: dict[str, Unit]) -> None:
    Unit.objects.filter(code="PMR-BIB").update(is_active=False)
    page = main_of(signed_in(reader, "en"), f"/units/{units['PMR-BIB'].uuid}/")
    assert "This unit is closed" in page and "/units/chart/?unit=" not in page
    assert "Libraries" not in main_of(signed_in(reader, "en"), f"/units/{units['PMR'].uuid}/")


def test_names_are_words_not_markup(reader: Person, units: dict[str, Unit]) -> None:
    bad = "<script>alert(1)</script> & \"fils\" <img src=x onerror='x'>"
    Unit.objects.filter(code="PMR").update(name_fr=bad, mission_fr=bad)
    for address in ("/units/", f"/units/{units['PMR'].uuid}/", f"/units/{units['PMR-BIB'].uuid}/"):
        page = main_of(signed_in(reader), address)
        assert "<script>alert" not in page and "<img src=x" not in page


def test_the_pages_cost_the_same_for_few_and_many(reader: Person, head: Person, units: dict[str, Unit]) -> None:
    client = signed_in(reader)
    addresses = ["/units/", "/units/?q=b", f"/units/{units['PMR'].uuid}/"]
    few = [queries_of(client, one) for one in addresses]
    for number in range(20):
        unit = actions.create_unit(f"B{number}", f"Bureau {number}", kind="division", parent=units["PMR"])
        person = local_person(f"b{number}", unit=unit, site=f"Édifice {number}")
        Position.objects.create(person=person, unit=unit, kind="head", starts=date(2020, 1, 1))
        local_person(f"c{number}", unit=units["PMR"])
    assert [queries_of(client, one) for one in addresses] == few


# -- Who leads -------------------------------------------------------------------------------------------------------
def test_a_vacancy_entered_here_goes_before_the_head_of_ldap(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    actions.declare_vacancy(units["PMR"], actor=administrator, starts=today(-3))
    page = main_of(signed_in(reader, "en"), f"/units/{units['PMR'].uuid}/")
    assert "Vacant position" in page.split("Units below")[0] and "Tania" not in page.split("Units below")[0]


def test_the_head_of_ldap_is_back_when_the_other_one_ends(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    address = f"/units/{units['PMR'].uuid}/"
    mine = actions.name_head(units["PMR"], reader, actor=administrator, starts=today(-9))
    assert "Lucie Gagné" in main_of(signed_in(head, "en"), address).split("Units below")[0]
    actions.end_position(mine, actor=administrator)
    lead = main_of(signed_in(head, "en"), address).split("Units below")[0]
    assert "Tania Gagné" in lead and "Lucie Gagné" not in lead


def test_an_acting_head_is_shown_beside_the_one_who_is_away(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    Absence.objects.create(person=head, by=head, starts=today(-1), ends=today(5))
    actions.name_acting_head(units["PMR"], reader, actor=administrator, starts=today(-1), ends=today(5))
    tree = main_of(signed_in(administrator, "en"), "/units/")
    assert "Tania Gagné" in tree and "away" in tree and "Lucie Gagné, acting" in tree
    # Tania keeps her absence to herself: nobody is told but her.
    Person.objects.filter(pk=head.pk).update(privacy={"absences": "nobody"})
    assert "away" not in main_of(signed_in(administrator, "en"), "/units/")
    assert "away" in main_of(signed_in(head, "en"), "/units/")


def test_what_begins_tomorrow_is_not_shown_today(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    actions.name_head(units["PMR"], reader, actor=administrator, starts=today(1))
    assert "Tania Gagné" in main_of(signed_in(reader, "en"), f"/units/{units['PMR'].uuid}/").split("Units below")[0]


def enter(client: Client, unit: Unit, **values: Any) -> Any:
    data = {"kind": "acting_head", "person": "lecteur", "starts": today().isoformat(), **values}
    return client.post(f"/units/{unit.uuid}/positions/", data)


def test_a_position_is_entered_ended_and_reopened(reader: Person, head: Person, units: dict[str, Unit]) -> None:
    client = signed_in(head, "en")
    answer = enter(client, units["PMR-BIB"], starts=today(-10).isoformat(), title_fr="Cheffe", title_en="Chief")
    assert answer.status_code == 302
    position = Position.objects.get(source="portal")
    assert (position.person, position.unit, position.kind) == (reader, units["PMR-BIB"], "acting_head")
    page = main_of(client, f"/units/{units['PMR-BIB'].uuid}/")
    assert "Lucie Gagné" in page and "Chief" in page
    base = f"/units/{units['PMR-BIB'].uuid}/positions/{position.uuid}"
    client.post(f"{base}/end/")
    position.refresh_from_db()
    assert position.ends == today(-1)
    assert "Lucie Gagné" not in main_of(client, f"/units/{units['PMR-BIB'].uuid}/")
    assert f"{base}/reopen/" in main_of(client, f"/units/{units['PMR-BIB'].uuid}/positions/")
    client.post(f"{base}/reopen/")
    position.refresh_from_db()
    assert position.ends is None
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["directory.position_added", "directory.position_ended", "directory.position_reopened"]
    assert Activity.objects.first().data["person"] == str(reader.uuid)  # type: ignore[union-attr]


def test_what_has_not_begun_is_withdrawn(reader: Person, head: Person, units: dict[str, Unit]) -> None:
    client = signed_in(head)
    enter(client, units["PMR"], starts=today(4).isoformat())
    position = Position.objects.get(source="portal")
    client.post(f"/units/{units['PMR'].uuid}/positions/{position.uuid}/end/")
    assert not Position.objects.filter(source="portal").exists()
    assert Activity.objects.last().data["starts"] == today(4).isoformat()  # type: ignore[union-attr]


def test_a_new_head_ends_the_vacancy_the_day_before(reader: Person, head: Person, units: dict[str, Unit]) -> None:
    client = signed_in(head)
    assert enter(client, units["PMR-BIB"], kind="vacant", person="", starts=today(-30).isoformat()).status_code == 302
    assert enter(client, units["PMR-BIB"], kind="head").status_code == 302
    vacancy, named = Position.objects.filter(source="portal").order_by("pk")
    assert vacancy.ends == today(-1) and named.ends is None
    # The vacancy cannot go on beside the new head.
    client.post(f"/units/{units['PMR-BIB'].uuid}/positions/{vacancy.uuid}/reopen/")
    vacancy.refresh_from_db()
    assert vacancy.ends == today(-1)


@pytest.mark.parametrize(
    "values",
    [
        {"person": ""},
        {"person": "personne-de-ce-nom"},
        {"person": "externe"},
        {"person": "parti"},
        {"kind": "n'importe quoi"},
        {"starts": "31/12"},
        {"starts": "1700-01-01"},
        {"ends": "2001-01-01"},
        {"title_fr": "x" * 161},
    ],
)
def test_a_wrong_position_is_refused_in_words_and_nothing_is_lost(
    reader: Person, head: Person, units: dict[str, Unit], values: dict[str, str]
) -> None:
    local_person("externe", kind="external")
    local_person("parti", is_active=False)
    answer = enter(signed_in(head), units["PMR"], title_en="Kept words", **values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "data-error-summary" in page and "Kept words" in page
    assert not Position.objects.filter(source="portal").exists()


def test_what_ldap_says_is_not_ended_here(head: Person, units: dict[str, Unit]) -> None:
    position = Position.objects.get(kind="head")
    signed_in(head).post(f"/units/{units['PMR'].uuid}/positions/{position.uuid}/end/")
    position.refresh_from_db()
    assert position.ends is None


def test_a_position_is_reached_through_its_own_unit_alone(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    other = actions.create_unit("VRD", "Verdun", kind="borough", parent=units["VM"])
    position = actions.add_position(other, reader, actor=administrator, starts=today(-5))
    client = signed_in(head)
    assert client.post(f"/units/{units['PMR'].uuid}/positions/{position.uuid}/end/").status_code == 404
    assert client.post(f"/units/{other.uuid}/positions/{position.uuid}/end/").status_code == 403


def test_a_second_position_shows_on_the_unit_and_gives_no_rights(
    reader: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    actions.add_position(
        units["PMR-BIB"], reader, actor=administrator, starts=today(), title_fr="Lectrice", title_en="Reader"
    )
    client = signed_in(reader, "en")
    page = main_of(client, f"/units/{units['PMR-BIB'].uuid}/")
    assert "Second position" in page and "Reader" in page
    assert client.get(f"/units/{units['PMR-BIB'].uuid}/edit/").status_code == 403


# -- Who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("lecteur", "PMR", 403),
        ("tete", "PMR", 200),
        ("tete", "PMR-BIB", 200),
        ("tete", "VM", 403),
        ("admin", "VM", 200),
        ("externe", "PMR", 404),
    ],
)
def test_who_may_put_right_what(
    reader: Person, head: Person, administrator: Person, units: dict[str, Unit], who: str, code: str, status: int
) -> None:
    local_person("externe", kind="external")
    client = signed_in(Person.objects.get(username=who))
    unit = units[code]
    assert client.get(f"/units/{unit.uuid}/edit/").status_code == status
    assert client.get(f"/units/{unit.uuid}/positions/").status_code == status
    posted = enter(client, unit).status_code
    assert posted == (302 if status == 200 else status)
    assert Position.objects.filter(source="portal").count() == (status == 200)
    offered = f"/units/{unit.uuid}/edit/" in client.get(f"/units/{unit.uuid}/").content.decode()
    assert offered == (status == 200)


def test_an_acting_head_may_until_it_ends(reader: Person, administrator: Person, units: dict[str, Unit]) -> None:
    position = actions.name_acting_head(units["PMR"], reader, actor=administrator, starts=today(-5))
    client = signed_in(reader)
    assert client.get(f"/units/{units['PMR'].uuid}/edit/").status_code == 200
    actions.end_position(position, actor=administrator)
    assert client.get(f"/units/{units['PMR'].uuid}/edit/").status_code == 403


# -- Mission, contacts, names ----------------------------------------------------------------------------------------
def test_a_mission_is_written_and_taken_back(head: Person, units: dict[str, Unit]) -> None:
    client = signed_in(head, "en")
    unit = units["PMR"]
    values = {"mission_fr": "Servir.", "mission_en": "Serve.", "email": "pmr@ville.example", "phone": "311"}
    answer = client.post(f"/units/{unit.uuid}/edit/", values)
    assert answer.status_code == 302
    page = main_of(client, answer.headers["Location"])
    assert "Serve." in page and "Go back to what it was" in page
    change = answer.headers["Location"].partition("undo=")[2]
    client.post(f"/units/{unit.uuid}/undo/", {"change": change})
    unit.refresh_from_db()
    assert (unit.mission_fr, unit.email) == ("", "")
    last = Activity.objects.filter(verb="directory.unit_described").order_by("pk").last()
    assert last is not None and last.data["before"]["mission_fr"] == "Servir."


def test_a_change_of_another_unit_is_not_undone_here(
    head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    words = {"mission_en": "", "email": "", "phone": ""}
    change = actions.describe_unit(units["VM"], actor=administrator, mission_fr="La Ville.", **words)
    for bad in (str(change), "x", ""):
        signed_in(head).post(f"/units/{units['PMR'].uuid}/undo/", {"change": bad})
    units["PMR"].refresh_from_db()
    units["VM"].refresh_from_db()
    assert (units["PMR"].mission_fr, units["VM"].mission_fr) == ("", "La Ville.")


@pytest.mark.parametrize("values", [{"email": "pas une adresse"}, {"mission_fr": "x" * 4001}, {"phone": "1" * 41}])
def test_a_wrong_description_is_refused(head: Person, units: dict[str, Unit], values: dict[str, str]) -> None:
    answer = signed_in(head).post(f"/units/{units['PMR'].uuid}/edit/", {"mission_en": "Kept.", **values})
    assert answer.status_code == 422 and "Kept." in answer.content.decode()
    assert not Activity.objects.exists()


def test_names_are_for_administrators_and_ldaps_come_back(
    head: Person, administrator: Person, units: dict[str, Unit]
) -> None:
    unit = units["PMR"]
    names = {"name_fr": "Plateau", "name_en": "The Plateau"}
    signed_in(head).post(f"/units/{unit.uuid}/edit/", names)
    unit.refresh_from_db()
    assert unit.name_fr == "Le Plateau-Mont-Royal"
    assert signed_in(head).post(f"/units/{unit.uuid}/restore-name/").status_code == 403
    client = signed_in(administrator, "en")
    assert client.post(f"/units/{unit.uuid}/edit/", names).status_code == 302
    unit.refresh_from_db()
    assert (unit.name_fr, unit.has_own_name, unit.ldap_name_fr) == ("Plateau", True, "Le Plateau-Mont-Royal")
    assert "Le Plateau-Mont-Royal" in main_of(client, f"/units/{unit.uuid}/edit/")
    client.post(f"/units/{unit.uuid}/restore-name/")
    unit.refresh_from_db()
    assert (unit.name_fr, unit.has_own_name) == ("Le Plateau-Mont-Royal", False)


def test_people_are_found_by_the_new_name(administrator: Person, units: dict[str, Unit]) -> None:
    person = local_person("b1", given_name="Bruno", unit=units["PMR-BIB"])
    actions.rename_unit(units["PMR-BIB"], actor=administrator, name_fr="Lecture publique", name_en="")
    assert person.words.filter(word="lecture").exists()
    actions.restore_unit_name(units["PMR-BIB"], actor=administrator)
    assert not person.words.filter(word="lecture").exists()


def test_an_empty_name_is_refused(administrator: Person, units: dict[str, Unit]) -> None:
    answer = signed_in(administrator).post(f"/units/{units['PMR'].uuid}/edit/", {"name_fr": " ", "name_en": "X"})
    assert answer.status_code == 422
