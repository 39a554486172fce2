"""What people say of themselves: the form, what it refuses, and the register of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from directory import actions
from directory.models import Person, Skill
from directory.privacy import policy
from foundation.activity.models import Activity
from foundation.audiences.policies import Refused
from tests.conftest import fresh, make_person

from .conftest import queries_of

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
PROFILE = "/settings/profile/"


def filled(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it for somebody who said nothing yet."""
    levels = {f"privacy_{name}": field.default for name, field in policy().items()}
    return {"preferred_name": "", "skills_new": "", **levels, **changes}


def main(answer: Any) -> str:
    return answer.content.decode().split("<main")[1]


def test_everything_is_kept_and_shown(member: Person, colleague: Person, sign_in: SignIn) -> None:
    data = filled(
        preferred_name="Marco",
        languages=["fr", "es", ""],
        languages_level=["4", "2", "3"],
        skills=["Béton"],
        skills_new="rédaction épicène, Tableurs",
        working_days=["1", "3", "5"],
        privacy_working_days="team",
    )
    answer = sign_in(member).post(PROFILE, data)
    assert answer.status_code == 302, main(answer)
    member = fresh(member)
    assert member.name == "Marco Membre" and member.working_days == "135"
    assert member.privacy == {"working_days": "team"}
    assert dict(member.languages.values_list("language", "level")) == {"fr": 4, "es": 2}
    assert {one.skill.name_fr for one in member.skills.all()} == {"Béton", "Rédaction épicène", "Tableurs"}
    page = main(sign_in(colleague).get(f"/people/{member.uuid}/"))
    for text in ("Marco Membre", "Béton", "/people/?q=B%C3%A9ton", "lundi, mercredi", "vendredi"):
        assert text in page
    said = Activity.objects.get(verb="directory.profile_changed")
    assert said.data["person"] == str(member.uuid) and said.content_id is None
    assert set(said.data["fields"]) == {"preferred_name", "languages", "skills", "working_days", "privacy"}
    # The register says what changed, never what it says.
    assert "Marco" not in str(said.data) and "ton" not in str(said.data["fields"])
    # The same again changes nothing, and nothing is recorded.
    data = filled(
        **{**data, "skills": ["Béton", "Rédaction épicène", "Tableurs"], "skills_new": ""},
    )
    assert sign_in(fresh(member)).post(PROFILE, data).status_code == 302
    assert Activity.objects.filter(verb="directory.profile_changed").count() == 1


@pytest.mark.parametrize("name", ["Zoé", "Jean-François", "D'Arcy", "J. R.", "Nguyễn Thị", "Мария", "名", "Noël"])
def test_names_of_the_whole_world_are_taken(member: Person, sign_in: SignIn, name: str) -> None:
    assert sign_in(member).post(PROFILE, filled(preferred_name=name)).status_code == 302
    assert fresh(member).preferred_name == name


@pytest.mark.parametrize(
    "name",
    [
        "Marc\u202egro.elliv",
        "\u2066Marc\u2069",
        "Ma\u200brc",
        "Marc\x07",
        "Marc\nBcc",
        "<b>Marc</b>",
        "Marc 🙂",
        "M4rc",
        "- Marc",
        "\u3164",
        "Marc" + "\u0301" * 12,
        "Directeur (par intérim)",
        "é" * 81,
    ],
)
def test_what_is_no_name_is_refused_and_nothing_typed_is_lost(member: Person, sign_in: SignIn, name: str) -> None:
    answer = sign_in(member).post(
        PROFILE, filled(preferred_name=name, skills_new="Béton", languages=["it"], languages_level=["2"])
    )
    if name == "Marc\nBcc":
        # A line break is a blank like another.
        assert answer.status_code == 302 and fresh(member).preferred_name == "Marc Bcc"
        return
    assert answer.status_code == 422
    page = main(answer)
    assert "field__error" in page and 'value="Béton"' in page and 'value="it" selected' in page
    assert fresh(member).preferred_name == "" and not fresh(member).skills.exists()


def test_the_given_name_itself_is_no_preferred_name(member: Person, sign_in: SignIn) -> None:
    sign_in(member).post(PROFILE, filled(preferred_name=f" {member.given_name} "))
    assert fresh(member).preferred_name == ""


def test_rows_come_and_go_without_script_and_keep_what_is_typed(member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    typed = filled(preferred_name="Marco", languages=["es", "it"], languages_level=["2", "1"], skills=["Béton"])
    more = client.post(PROFILE, {**typed, "change": "add-language"})
    assert more.status_code == 200 and main(more).count('name="languages"') == 3
    assert 'value="Marco"' in main(more) and 'value="es" selected' in main(more)
    less = client.post(PROFILE, {**typed, "change": "remove-language:0"})
    assert main(less).count('name="languages"') == 1 and 'value="it" selected' in main(less)
    added = client.post(PROFILE, {**typed, "skills_new": "Déneigement", "change": "add-skill"})
    assert main(added).count('name="skills" value') == 2
    gone = client.post(PROFILE, {**typed, "change": "remove-skill:0"})
    assert 'name="skills" value' not in main(gone)
    for odd in ("remove-skill:99", "remove-language:x", "drop-table", "remove-skill:"):
        assert client.post(PROFILE, {**typed, "change": odd}).status_code == 200
    assert fresh(member).preferred_name == "" and not Activity.objects.filter(verb__startswith="directory.").exists()


@pytest.mark.parametrize(
    ("codes", "levels"),
    [(["fr", "fr"], ["1", "2"]), (["xx"], ["1"]), (["fr"], ["9"]), (["fr"], ["-1"]), (["fr"], ["x"])],
)
def test_strange_languages_are_refused(member: Person, sign_in: SignIn, codes: list[str], levels: list[str]) -> None:
    answer = sign_in(member).post(PROFILE, filled(languages=codes, languages_level=levels))
    assert answer.status_code == 422 and not fresh(member).languages.exists()


def test_skills_typed_alike_are_one(member: Person, colleague: Person, sign_in: SignIn) -> None:
    sign_in(member).post(PROFILE, filled(skills_new="Béton armé"))
    sign_in(colleague, "en").post(PROFILE, filled(skills_new="BETON  armé, béton-armé, Concrete"))
    assert set(Skill.objects.values_list("name_fr", "name_en")) == {("Béton armé", ""), ("", "Concrete")}
    assert fresh(colleague).skills.count() == 2
    Skill.objects.filter(name_fr="Béton armé").update(name_en="Reinforced concrete")
    sign_in(fresh(member)).post(PROFILE, filled(skills_new="reinforced concrete"))
    assert fresh(member).skills.get().skill.name_fr == "Béton armé"


@pytest.mark.parametrize("skill", ["x" * 81, "Bé\u202eton", "Bé\x00ton", "!!!", "\u200b"])
def test_what_is_no_skill_is_refused(member: Person, sign_in: SignIn, skill: str) -> None:
    answer = sign_in(member).post(PROFILE, filled(skills_new=skill))
    assert answer.status_code == 422 and not Skill.objects.exists()


def test_thirty_skills_and_no_more(member: Person, sign_in: SignIn) -> None:
    thirty = [f"Savoir {number}" for number in range(30)]
    assert sign_in(member).post(PROFILE, filled(skills=thirty)).status_code == 302
    assert sign_in(fresh(member)).post(PROFILE, filled(skills=[*thirty, "Un de trop"])).status_code == 422
    assert fresh(member).skills.count() == 30


def test_html_in_a_skill_is_text(member: Person, colleague: Person, sign_in: SignIn) -> None:
    sign_in(member).post(PROFILE, filled(skills_new="<img src=x onerror=alert(1)>"))
    for address in (f"/people/{member.uuid}/", PROFILE):
        page = sign_in(fresh(member)).get(address).content.decode()
        assert "<img src=x" not in page and "&lt;img src=x" in page


@pytest.mark.parametrize("chosen", [{"photo": "team"}, {"mobile": "all"}, {"phone": "nobody"}])
def test_a_level_that_is_not_offered_is_refused(member: Person, sign_in: SignIn, chosen: dict[str, str]) -> None:
    sign_in(member).post(PROFILE, filled(**{f"privacy_{name}": level for name, level in chosen.items()}))
    assert fresh(member).privacy == {}


def test_one_changes_ones_own_and_nobody_elses(member: Person, colleague: Person) -> None:
    with pytest.raises(Refused):
        actions.change_profile(member, actor=colleague, preferred_name="Moqué")
    administrator = make_person("anne.admin", is_staff=True)
    actions.change_profile(member, actor=administrator, preferred_name="")
    assert fresh(member).preferred_name == ""


def test_what_ldap_owns_is_shown_with_whom_to_ask(member: Person, sign_in: SignIn, settings: Any) -> None:
    for address in (PROFILE, f"/people/{member.uuid}/"):
        assert 'name="phone"' not in sign_in(member).get(address).content.decode()
    settings.DIRECTORY_CONTACT = "annuaire@ville.example"
    for address in (PROFILE, f"/people/{member.uuid}/"):
        assert "mailto:annuaire@ville.example" in sign_in(member).get(address).content.decode()


def test_the_form_costs_the_same_however_much_was_said(member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    few = queries_of(client, PROFILE)
    languages = dict.fromkeys(("fr", "en", "es", "it", "pt"), 2)
    actions.change_profile(member, actor=member, skills=[f"Savoir {n}" for n in range(20)], languages=languages)
    assert queries_of(client, PROFILE) == few
