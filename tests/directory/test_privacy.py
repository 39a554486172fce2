"""Who reads which detail of a person: reader by field by level, through the page and the vCard alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from directory import actions
from directory.models import Person, Unit
from directory.privacy import level_of, policy
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person

from .test_photos import picture

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
FIELDS = list(policy())
# What the page shows of each field, and of nothing else.
TRACES = {
    "photo": "/photo/",
    "mobile": "514 555-0177",
    "languages": "Wolof",
    "skills": "Apiculture",
    "working_days": "mardi",
    "absences": "Remplie Ausecours",
    "communities": "Ruches municipales",
}


@dataclass
class City:
    """The person looked at, and those who look."""

    shown: Person
    readers: dict[str, Person]


@pytest.fixture
def cast(borough: Unit, city: Unit) -> City:
    manager = make_person("chef.dussault", unit=city)
    shown = make_person("vue.detous", unit=borough, manager=manager, mobile="514 555-0177")
    readers = {
        "self": shown,
        "same unit": make_person("meme.unite", unit=borough),
        "manager": manager,
        "report": make_person("sous.ordre", unit=city, manager=shown),
        "other": make_person("loin.dela", unit=city),
        "external": make_person("ext.erne", kind="external"),
    }
    stand_in = make_person("remplie.ausecours", unit=city)
    actions.change_profile(shown, actor=shown, languages={"wo": 3}, skills=["Apiculture"], working_days="2")
    today = timezone.localdate()
    actions.enter_absence(shown, today, today + timedelta(days=3), actor=shown, replacement=stand_in)
    actions.set_photo(shown, picture(), actor=shown)
    space = Space.objects.create(kind="community", slug="ruches", name_fr="Ruches municipales", access="open")
    for one in (shown, *(readers[name] for name in ("same unit", "manager", "report", "other"))):
        Membership.objects.create(space=space, person=one, role=Role.CONTRIBUTOR)
    return City(shown, readers)


def may(reader: str, level: str) -> bool:
    if reader == "self":
        return True
    return level == "everyone" or (level == "team" and reader in ("same unit", "manager", "report"))


@pytest.mark.parametrize("field", FIELDS)
def test_page_shows_each_field_to_those_chosen_and_to_nobody_else(cast: City, sign_in: SignIn, field: str) -> None:
    for level in policy()[field].levels:
        actions.change_profile(cast.shown, actor=cast.shown, privacy={field: level})
        for name, reader in cast.readers.items():
            answer = sign_in(fresh(reader)).get(f"/people/{cast.shown.uuid}/")
            if name == "external":
                assert answer.status_code == 404
                continue
            # The frame's menu names communities of the reader's own; and the owner sees their hidden photo elsewhere.
            page = answer.content.decode().split("<main")[1].split('class="bottom-bar"')[0]
            if field == "photo" and level == "nobody":
                assert TRACES[field] not in page, (level, name)
                continue
            assert (TRACES[field] in page) == may(name, level), (level, name)


@pytest.mark.parametrize("level", ["everyone", "team", "nobody"])
def test_vcard_carries_only_what_the_reader_may_read(cast: City, sign_in: SignIn, level: str) -> None:
    photo_level = "nobody" if level == "team" else level
    actions.change_profile(cast.shown, actor=cast.shown, privacy={"mobile": level, "photo": photo_level})
    for name, reader in cast.readers.items():
        answer = sign_in(fresh(reader)).get(f"/people/{cast.shown.uuid}/card.vcf")
        if name == "external":
            assert answer.status_code == 404
            continue
        card = answer.content.decode()
        assert ("514 555-0177" in card) == may(name, level), name
        assert ("PHOTO" in card) == (photo_level == "everyone"), name


# What the API answers of each field; the photo is an address on its own.
ANSWERS = {
    "mobile": "514 555-0177",
    "languages": [{"language": "wo", "level": 3}],
    "skills": ["Apiculture"],
    "working_days": "2",
}
# How others might find out, one question at a time: what is asked, by field.
QUESTIONS = {
    "mobile": ("q=514 555-0177", "q=5550177", "q=0177"),
    "skills": ("q=apiculture", "q=apicultrue", "skill=apiculture", "skill=apic"),
    "languages": ("language=wo",),
}
DOORS = ("page", "page for htmx", "API", "suggestions", "export")


@pytest.mark.parametrize("field", [*ANSWERS, "absences", "photo"])
def test_api_answers_each_field_to_those_chosen_and_to_nobody_else(cast: City, sign_in: SignIn, field: str) -> None:
    for level in policy()[field].levels:
        actions.change_profile(cast.shown, actor=cast.shown, privacy={field: level})
        for name, reader in cast.readers.items():
            answer = sign_in(fresh(reader)).get(f"/api/v1/people/{cast.shown.uuid}")
            if name == "external":
                assert answer.status_code == 404
                continue
            said = answer.json()
            if field == "photo":
                # Hidden, it is on no list and no page, one's own included.
                assert bool(said["photo"]) == (level == "everyone"), (level, name)
            elif field == "absences":
                assert bool(said["absence"]) == may(name, level), (level, name)
                assert ("Remplie Ausecours" in answer.content.decode()) == may(name, level), (level, name)
            else:
                assert said[field] == (ANSWERS[field] if may(name, level) else None), (level, name)


def found_by(client: Client, door: str, question: str) -> bool:
    """Whether somebody's answer to a question names the person looked at."""
    if door == "page":
        answer = client.get(f"/people/?{question}")
    elif door == "page for htmx":
        answer = client.get(f"/people/?{question}", headers={"HX-Request": "true"})
    elif door == "API":
        answer = client.get(f"/api/v1/people?{question}")
    elif door == "suggestions":
        answer = client.get(f"/people/suggest?{question}")
    else:
        answer = client.get(f"/people/export.csv?{question}")
        if answer.status_code == 403:
            return False
        return "vue.detous" in b"".join(answer.streaming_content).decode()
    assert answer.status_code == 200
    return "Vue Detous" in answer.content.decode().rpartition("<main")[2]


@pytest.mark.parametrize("field", list(QUESTIONS))
@pytest.mark.parametrize("level", ["everyone", "team", "nobody"])
def test_what_not_everyone_reads_is_found_through_no_door(cast: City, sign_in: SignIn, field: str, level: str) -> None:
    """By nobody at all: two readers compare no answers, and those who are near ask no more than others."""
    Person.objects.filter(pk=cast.shown.pk).update(email="vue.detous@ville.example")
    cast.readers["administrator"] = make_person("ada.admin", is_staff=True)
    actions.change_profile(cast.shown, actor=cast.shown, privacy={field: level})
    for name, reader in cast.readers.items():
        if name == "self":
            continue
        client = sign_in(fresh(reader))
        for question in QUESTIONS[field]:
            for door in DOORS:
                if door == "suggestions" and not question.startswith("q="):
                    continue
                # Exports correct nothing, and are the administrators'.
                may_find = level == "everyone" and name != "external"
                if door == "export":
                    may_find = may_find and name == "administrator" and question != "q=apicultrue"
                assert found_by(client, door, question) == may_find, (name, question, door)


@pytest.mark.parametrize("field", ["absences", "working_days"])
def test_presence_tells_nothing_of_who_hides_it(cast: City, sign_in: SignIn, field: str) -> None:
    """Away today, and off on this day of the week: each hidden, the other public."""
    today = timezone.localdate()
    off_today = "1234567".replace(str(today.isoweekday()), "")
    actions.change_profile(cast.shown, actor=cast.shown, working_days=off_today if field == "working_days" else "")
    if field == "working_days":
        actions.delete_absence(cast.shown.absences.get(), actor=cast.shown)
    for level in policy()[field].levels:
        actions.change_profile(cast.shown, actor=cast.shown, privacy={field: level})
        for name in ("same unit", "manager", "other"):
            client = sign_in(fresh(cast.readers[name]))
            for door in ("page", "API"):
                assert found_by(client, door, "q=detous&present=true") == (level != "everyone"), (level, name, door)
            row = client.get("/people/?q=detous").content.decode()
            is_told = field == "absences" and may(name, level)
            assert ("badge--warning" in row) == is_told, (level, name)


def test_export_holds_only_what_everyone_reads(cast: City, sign_in: SignIn) -> None:
    """The file leaves the portal: not even what its maker may read on a page."""
    cast.readers["manager"].is_staff = True
    cast.readers["manager"].save()
    for level in ("everyone", "team", "nobody"):
        hidden = dict.fromkeys(set(FIELDS) - {"photo"}, level)
        actions.change_profile(cast.shown, actor=cast.shown, privacy=hidden)
        answer = sign_in(fresh(cast.readers["manager"])).get("/people/export.csv?q=detous")
        text = b"".join(answer.streaming_content).decode()
        assert "Detous" in text and (TRACES["mobile"] in text) == (level == "everyone")
        for field in ("languages", "skills", "absences", "communities", "photo"):
            assert TRACES[field] not in text, (level, field)


def test_what_the_city_closes_is_no_longer_found(cast: City, sign_in: SignIn, settings: object) -> None:
    """The words were made while it was open."""
    chosen = dict.fromkeys(("mobile", "skills", "photo"), "everyone")
    actions.change_profile(cast.shown, actor=cast.shown, privacy=chosen)
    assert actions.apply_policy() and not actions.apply_policy()
    client = sign_in(fresh(cast.readers["other"]))
    asked = [(door, question) for door in ("page", "API", "suggestions") for question in ("q=apiculture", "q=5550177")]
    assert all(found_by(client, door, question) for door, question in asked)
    settings.PROFILE_PRIVACY = {"mobile": "nobody!", "skills": "team!", "photo": "nobody!"}  # type: ignore[attr-defined]
    # What the worker does when it starts.
    assert actions.apply_policy()
    assert not any(found_by(client, door, question) for door, question in asked)
    assert TRACES["photo"] not in client.get("/people/?q=detous").content.decode().rpartition("<main")[2]
    assert client.get(f"/api/v1/people/{cast.shown.uuid}").json()["photo"] is None
    settings.PROFILE_PRIVACY = {}  # type: ignore[attr-defined]
    assert actions.apply_policy()
    assert all(found_by(client, door, question) for door, question in asked)


def test_absences_are_read_by_who_enters_them_and_by_nobody_else(cast: City, sign_in: SignIn) -> None:
    cast.readers["administrator"] = make_person("ada.admin", is_staff=True)
    actions.change_profile(cast.shown, actor=cast.shown, privacy={"absences": "nobody"})
    for name, reader in cast.readers.items():
        answer = sign_in(fresh(reader)).get(f"/people/{cast.shown.uuid}/absences/")
        keeps = name in ("self", "manager", "administrator")
        assert answer.status_code == (200 if keeps else 404 if name == "external" else 403), name
        assert ("Remplie Ausecours" in answer.content.decode()) == keeps, name
    # The person is told so where they choose.
    assert "Votre gestionnaire" in sign_in(fresh(cast.shown)).get("/settings/profile/").content.decode()


def test_what_the_city_fixed_is_shown_as_fixed_and_cannot_be_changed(
    cast: City, sign_in: SignIn, settings: object
) -> None:
    settings.PROFILE_PRIVACY = {"absences": "everyone!", "mobile": "nobody!"}  # type: ignore[attr-defined]
    client = sign_in(fresh(cast.shown))
    page = client.get("/settings/profile/").content.decode()
    assert 'name="privacy_absences"' not in page and 'name="privacy_skills"' in page
    client.post("/settings/profile/", {**form_data(), "privacy_absences": "nobody", "privacy_mobile": "everyone"})
    assert fresh(cast.shown).privacy == {}
    other = sign_in(fresh(cast.readers["other"])).get(f"/people/{cast.shown.uuid}/").content.decode()
    assert TRACES["absences"] in other and TRACES["mobile"] not in other
    assert TRACES["mobile"] not in sign_in(fresh(cast.readers["manager"])).get(cast_url(cast)).content.decode()


def cast_url(cast: City) -> str:
    return f"/people/{cast.shown.uuid}/card.vcf"


def form_data() -> dict[str, object]:
    """The profile form filled in with what it had."""
    levels = {f"privacy_{name}": field.default for name, field in policy().items()}
    return {"preferred_name": "", "languages": ["wo"], "languages_level": ["3"], "skills": ["Apiculture"], **levels}


def test_a_choice_made_before_the_city_fixed_it_counts_no_more(cast: City, settings: object) -> None:
    actions.change_profile(cast.shown, actor=cast.shown, privacy={"skills": "nobody"})
    settings.PROFILE_PRIVACY = {"skills": "everyone!"}  # type: ignore[attr-defined]
    assert policy()["skills"].is_locked
    assert level_of(fresh(cast.shown), "skills") == "everyone"


@pytest.mark.parametrize("written", [{"mobile": "all"}, {"phone": "team"}, {"photo": "team"}])
def test_a_policy_that_cannot_be_stops_the_start(written: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        policy(written)


def test_a_replacement_is_named_only_while_they_work_here(cast: City, sign_in: SignIn) -> None:
    stand_in = Person.objects.get(username="remplie.ausecours")
    actions.leave([stand_in.pk])
    page = sign_in(fresh(cast.readers["other"])).get(f"/people/{cast.shown.uuid}/").content.decode()
    assert "Remplie" not in page
