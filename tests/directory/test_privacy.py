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
