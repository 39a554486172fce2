"""Finding people by whatever one remembers, through the page and its filters; and what must never be found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.actions.words import refresh_words
from directory.models import Absence, Person, PersonLanguage, PersonSkill, PersonWord, Skill, Unit

from .conftest import local_person, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Callable[[Person], Client]:
    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="directory.backends.LocalBackend")
        return client

    return signed_in


@pytest.fixture
def reader(units: dict[str, Unit]) -> Person:
    return local_person("lecteur", given_name="Zoé", family_name="Lectrice")


@pytest.fixture
def marc(units: dict[str, Unit]) -> Person:
    return local_person(
        "mtremblay",
        given_name="Marc-André",
        family_name="L’Écuyer-Tremblay",
        unit=units["PMR-BIB"],
        title_fr="Bibliothécaire en chef",
        title_en="Head Librarian",
        phone="514 555-0117, poste 9481",
        mobile="438 555-0999",
        email="marc.tremblay@ville.example",
        employee_number="778899",
    )


@pytest.fixture
def search(browser: Callable[[Person], Client], reader: Person) -> Callable[..., list[str]]:
    """The user names found, as the page shows them."""

    def found(q: str = "", **filters: str) -> list[str]:
        response = browser(reader).get("/people/", {"q": q, **filters})
        assert response.status_code == 200
        return [person.username for person in response.context["people"]]

    return found


def knows(person: Person, name_fr: str, name_en: str = "") -> Skill:
    skill, _new = Skill.objects.get_or_create(key=name_fr.lower(), defaults={"name_fr": name_fr, "name_en": name_en})
    PersonSkill.objects.create(person=person, skill=skill)
    refresh_words([person.pk])
    return skill


@pytest.mark.parametrize(
    "q",
    [
        *("tremblay", "Tremblay Marc", "marc tremb", "MARC-ANDRÉ", "lecuyer", "L'Écuyer", "l’ecuyer", "andre marc"),
        *("mtremblay", "marc.tremblay@ville.example", "9481", "poste 9481", "555-0117", "5550117", "514 555 0117"),
        *("(514) 555-0117", "+1 514 555-0117", "0117", "514 555-0117, poste 9481", "bibliothecaire", "head librarian"),
        *(
            "bibliothèques",
            "Libraries",
            "PMR-BIB",
            "plateau",
            "marc bibliothèques",
            "Plateau-Mont-Royal",
            "tremblay 948",
        ),
    ],
)
def test_found_by_whatever_one_remembers(search: Any, marc: Person, q: str) -> None:
    local_person("autre", given_name="Jeanne", family_name="Roy", phone="514 555-0222, poste 1111")
    assert search(q) == ["mtremblay"]


@pytest.mark.parametrize(
    "q",
    [
        *(
            "778899",
            "montreal",
            "ville",
            "tremblay roux",
            "555-0999",
            "438",
            "emblay",
            "%",
            "_",
            "ÿ",
            "\0",
        ),
        *("x" * 500, "marc zzz " * 200, "\u202eyalbmert", "🦊", "'; DROP TABLE", "?", "...", "[" * 300),
    ],
)
def test_not_found_by_what_is_not_theirs_or_not_public(search: Any, marc: Person, q: str) -> None:
    assert "mtremblay" not in search(q)


@pytest.mark.parametrize(
    "q",
    [
        *("trembaly", "tremblya", "tremblayy", "trembllay", "trmblay", "tramblay", "tremblai", "Tremblet", "temblay"),
        *("ecuier", "biblothecaire", "marc trembaly", "biblioteque", "librarain"),
    ],
)
def test_a_slip_is_put_right_and_said(browser: Any, reader: Person, marc: Person, q: str) -> None:
    response = browser(reader).get("/people/", {"q": q})
    assert [person.username for person in response.context["people"]] == ["mtremblay"]
    assert response.context["corrected"]
    assert 'class="people-corrected"' in response.content.decode()


def test_a_known_word_is_not_put_right(search: Any, browser: Any, reader: Person, marc: Person) -> None:
    local_person("roy", given_name="Ann", family_name="Tramblay")
    assert search("tramblay") == ["roy"]
    # Known, but nobody has both: then the other spelling is tried.
    response = browser(reader).get("/people/", {"q": "marc tramblay"})
    assert [person.username for person in response.context["people"]] == ["mtremblay"]


@pytest.mark.parametrize(
    "q",
    [
        *(
            "béton",
            "qui connaît le béton?",
            "Qui connaît le béton ?",
            "who knows about concrete?",
            "Qui s’y connaît en béton",
        ),
        *("concrete", "expertise du beton", "quelqu'un connait le béton", "betno"),
    ],
)
def test_a_skill_answers_a_question(search: Any, marc: Person, q: str) -> None:
    knows(marc, "Expertise du béton", "Concrete expertise")
    assert search(q) == ["mtremblay"]


def test_names_come_first_then_the_others_each_in_order(search: Any, marc: Person, units: dict[str, Unit]) -> None:
    local_person("a", given_name="Zénon", family_name="Chef")
    local_person("b", given_name="Anne", family_name="Chef")
    local_person("c", given_name="Alain", family_name="Aubin", title_fr="Chef de division")
    assert search("chef") == ["b", "a", "c", "mtremblay"]


def test_pages_follow_each_other_without_gap_from_names_to_others(browser: Any, reader: Person) -> None:
    people = [
        local_person(f"p{number:02}", given_name=f"N{number:02}", family_name="Chef" if number % 3 else "Autre",
                     title_fr="Chef")
        for number in range(70)
    ]  # fmt: skip
    address, seen = "/people/?q=chef", []
    while address:
        response = browser(reader).get(address)
        assert response.context["total"] == 70
        seen += [person.pk for person in response.context["people"]]
        address = response.context["more"]
    names = [one.pk for one in people if one.family_name == "Chef"]
    assert seen == names + [one.pk for one in people if one.family_name != "Chef"]


def test_a_single_letter_is_an_initial(search: Any, marc: Person) -> None:
    local_person("b", given_name="Béatrice", family_name="Cloutier", title_fr="Mécanicienne")
    assert search("m") == ["mtremblay"]


def test_many_words_walk_to_the_same_people(
    search: Any, units: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways to a page, of few words and of many, give the same."""
    for number in range(12):
        local_person(f"w{number:02}", given_name=f"N{number:02}", family_name="Agent" if number % 2 else "Roy",
                     title_fr="Agent technique")  # fmt: skip
    asked = ("agent", "agent technique", "roy technique", "a", "agent roy")
    few = [search(q) for q in asked]
    for name in ("FEW", "FEW_NAMES", "ENOUGH"):
        monkeypatch.setattr(f"directory.finding.{name}", 0)
    assert [search(q) for q in asked] == few
    assert len(few[0]) == 12 and len(few[2]) == 6


def test_the_skill_and_mobile_one_hides_are_found_through_no_door(
    browser: Any, search: Any, marc: Person, reader: Person
) -> None:
    skill = knows(marc, "Apiculture", "Beekeeping")
    PersonLanguage.objects.create(person=marc, language="kab")
    marc.privacy = {"mobile": "everyone"}
    marc.save()
    refresh_words([marc.pk])
    assert search("apiculture") == search("438 555-0999") == search(skill="beekeep") == ["mtremblay"]
    assert search(language="kab") == ["mtremblay"]
    marc.privacy = {"mobile": "team", "skills": "team", "languages": "nobody"}
    marc.save()
    refresh_words([marc.pk])
    administrator = local_person("admin", given_name="Ada", is_staff=True)
    for one in (reader, administrator):
        client = browser(one)
        for query in (
            "q=apiculture",
            "q=4385550999",
            "q=0999",
            f"skill={skill.name_fr}",
            "language=kab",
            "q=apicultrue",
        ):
            assert "mtremblay" not in str([p.username for p in client.get(f"/people/?{query}").context["people"]])
            assert client.get(f"/api/v1/people?{query}").json()["items"] == []
            assert "Marc-André" not in client.get(f"/people/suggest?{query}").content.decode()
    csv = b"".join(browser(administrator).get("/people/export.csv").streaming_content).decode()
    assert "Marc-André" in csv and "0999" not in csv and "Apiculture" not in csv
    assert (
        b"".join(browser(administrator).get("/people/export.csv?skill=apiculture").streaming_content).count(b"\n") == 1
    )


def test_the_citys_policy_closes_what_people_opened(search: Any, marc: Person, settings: Any) -> None:
    knows(marc, "Apiculture")
    marc.privacy = {"skills": "everyone"}
    marc.save()
    settings.PROFILE_PRIVACY = {"skills": "team!"}
    refresh_words([marc.pk])
    assert search("apiculture") == search(skill="apiculture") == []
    settings.PROFILE_PRIVACY = {"skills": "everyone!"}
    marc.privacy = {"skills": "nobody"}
    marc.save()
    refresh_words([marc.pk])
    assert search("apiculture") == search(skill="apiculture") == ["mtremblay"]


def test_those_who_left_have_no_words(search: Any, marc: Person) -> None:
    Person.objects.filter(pk=marc.pk).update(is_active=False)
    # Hidden at once, whatever the words say; and no correction names them.
    assert search("tremblay") == search("trembaly") == []
    refresh_words([marc.pk])
    assert not PersonWord.objects.filter(person=marc).exists()
    assert search("trembaly") == []


def test_an_external_finds_nobody_and_learns_no_word(browser: Any, marc: Person) -> None:
    external = local_person("externe", given_name="Ex", family_name="Terne", kind="external", title_fr="Bibliothécaire")
    for q in ("tremblay", "trembaly", "bibliothecaire", "9481", ""):
        response = browser(external).get("/people/", {"q": q})
        assert {person.username for person in response.context["people"]} <= {"externe"}
        assert response.context["total"] <= 1 and not response.context["corrected"]
    assert browser(external).get("/people/", {"unit": str(marc.unit.uuid)}).context["people"] == []


def test_filters_by_place_role_language_and_presence(search: Any, marc: Person, units: dict[str, Unit]) -> None:
    boss = local_person("patronne", given_name="Paule", family_name="Roy", unit=units["PMR"], is_manager=True)
    elected = local_person("elue", given_name="Ada", family_name="Élue", kind="elected", borough=units["PMR"])
    PersonLanguage.objects.create(person=boss, language="es")
    borough, division = str(units["PMR"].uuid), str(units["PMR-BIB"].uuid)
    assert search(borough=borough) == ["elue", "mtremblay", "patronne"]
    assert search(unit=borough) == search(service=borough) == ["mtremblay", "patronne"]
    assert search(unit=borough, direct="1") == ["patronne"]
    assert search(unit=division) == search("tremblay", unit=division) == ["mtremblay"]
    assert search(role="manager") == search(language="es") == ["patronne"]
    assert search(role="elected") == ["elue"] == [elected.username]
    assert search(role="external") == []
    today = timezone.localdate()
    Absence.objects.create(person=boss, starts=today - timedelta(2), ends=today, by=boss)
    Absence.objects.create(person=marc, starts=today - timedelta(9), ends=today - timedelta(1), by=marc)
    Person.objects.filter(pk=elected.pk).update(working_days="1234567".replace(str(today.isoweekday()), ""))
    assert search(present="1", borough=borough) == ["mtremblay"]
    # Whoever hides it counts as present, and no badge tells otherwise.
    Person.objects.filter(pk=boss.pk).update(privacy={"absences": "nobody"})
    Person.objects.filter(pk=elected.pk).update(privacy={"working_days": "team"})
    assert search(present="1", borough=borough) == ["elue", "mtremblay", "patronne"]


@pytest.mark.parametrize("name", ["borough", "service", "unit", "role", "language"])
@pytest.mark.parametrize("value", ["zzz", "6c0333e4-f3c2-46bb-8f86-cb686f37b4c3", "\0", "' OR 1=1"])
def test_an_unknown_filter_finds_nobody(search: Any, marc: Person, name: str, value: str) -> None:
    assert search(**{name: value}) == ([] if value.strip("\0") else search())


def test_absence_shows_on_the_row_when_it_may_be_read(browser: Any, reader: Person, marc: Person) -> None:
    today = timezone.localdate()
    Absence.objects.create(person=marc, starts=today, ends=today + timedelta(3), by=marc)
    assert "badge--warning" in browser(reader).get("/people/?q=tremblay").content.decode()
    marc.privacy = {"absences": "team"}
    marc.save()
    assert "badge--warning" not in browser(reader).get("/people/?q=tremblay").content.decode()


def test_filters_in_use_can_be_taken_away_one_by_one(browser: Any, reader: Person, units: dict[str, Unit]) -> None:
    response = browser(reader).get("/people/", {"q": "a&b", "role": "manager", "present": "1", "skill": "<béton>"})
    urls = [chip["url"] for chip in response.context["chips"]]
    assert len(urls) == 3 and all(url.startswith("/people/?q=a%26b") for url in urls)
    assert sum("role=manager" in url for url in urls) == 2
    assert "<béton>" not in response.content.decode()


def test_htmx_gets_the_list_alone_and_a_clean_address(browser: Any, reader: Person, marc: Person) -> None:
    address = "/people/?q=tremblay&borough=&service=&role=&skill="
    answer = browser(reader).get(address, headers={"hx-request": "true"})
    assert "<body" not in answer.content.decode() and "people-list" in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/people/?q=tremblay"
    assert "HX-Request" in answer.headers["Vary"]
    assert "<body" in browser(reader).get(address).content.decode()


def test_words_follow_changes_and_nothing_is_written_twice(marc: Person) -> None:
    before = set(marc.words.values_list("pk", "word", "is_name"))
    refresh_words([marc.pk])
    assert set(marc.words.values_list("pk", "word", "is_name")) == before
    Person.objects.filter(pk=marc.pk).update(family_name="Bibliothécaire", title_fr="")
    refresh_words([marc.pk, 0])
    words = dict(marc.words.values_list("word", "is_name"))
    assert words["bibliothecaire"] is True and "chef" not in words
    # A user name keeps its own words.
    assert words["tremblay"] is True and "ecuyer" not in words


def test_the_same_number_of_queries_for_one_and_thirty(browser: Any, reader: Person, units: dict[str, Unit]) -> None:
    client = browser(reader)
    addresses = [
        "/people/",
        "/people/?q=agent",
        "/people/?q=agnet",
        "/people/suggest?q=agent",
        "/api/v1/people?q=agent",
    ]

    def add(count: int, first: int) -> list[int]:
        made = [
            local_person(f"q{number}", given_name=f"N{number}", family_name="Agent", unit=units["PMR"]).pk
            for number in range(first, first + count)
        ]
        today = timezone.localdate()
        Absence.objects.bulk_create(Absence(person_id=pk, starts=today, by_id=pk) for pk in made)
        return made

    add(1, 0)
    few = [queries_of(client, one) for one in addresses]
    add(29, 1)
    assert [queries_of(client, one) for one in addresses] == few
    assert queries_of(client, "/people/suggest?q=agent") <= 4
    with CaptureQueriesContext(connection) as one_person:
        refresh_words([reader.pk])
    with CaptureQueriesContext(connection) as everybody:
        refresh_words(list(Person.objects.values_list("pk", flat=True)))
    assert len(everybody) <= len(one_person) + 4
