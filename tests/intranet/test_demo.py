"""The demo city: who is in it, what is said in it, and how it is loaded."""

import json
import re
from collections import Counter
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from applications.models import Application
from communities.models import Topic
from directory.models import Absence, Charge, Group, Mandate, Person, PersonSkill, Position, Unit
from directory.querysets import folded
from foundation.activity.models import Activity, Notification
from foundation.discussion.models import Comment
from foundation.spaces.models import Space
from foundation.ui.notes_links import parse_link
from intranet.demo.applications import applications
from intranet.demo.city import boroughs, read_toml, units
from intranet.demo.communities import communities, council, topics_of
from intranet.demo.names import ascii_of, excluded
from intranet.demo.people import DEMO_PASSWORD, GROUPS, SIGN_INS, DemoPerson, people
from intranet.demo.photos import has_photo, photo_of
from whiteboards.models import Board

ROLES = [
    "employee",
    "manager",
    "communications_officer",
    "community_host",
    "records_archivist",
    "elected_official",
    "administrator",
]


@pytest.fixture(scope="module")
def made() -> list[DemoPerson]:
    return people()


def demo(**options: Any) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def data_dir(settings: Any, tmp_path: Any) -> Any:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def loaded(db: None, data_dir: Any) -> Any:
    demo(people=200)
    return data_dir


# -- Units -----------------------------------------------------------------------------------------------------------
def test_the_nineteen_boroughs() -> None:
    names = [one.name for one in boroughs()]
    assert len(names) == len(set(names)) == 19
    assert "Côte-des-Neiges–Notre-Dame-de-Grâce" in names
    assert "Villeray–Saint-Michel–Parc-Extension" in names


def test_units_are_a_tree_in_both_languages() -> None:
    seen: set[str] = set()
    for unit in units():
        assert unit.parent_code in seen or (unit.kind == "city" and not seen)
        assert unit.name_fr and unit.name_en
        assert unit.code not in seen
        seen.add(unit.code)
    kinds = Counter(one.kind for one in units())
    assert kinds["service"] == 40
    children = Counter(one.parent_code for one in units() if one.kind == "division")
    assert all(4 <= children[one.code] <= 6 for one in boroughs())


# -- People ----------------------------------------------------------------------------------------------------------
def test_the_council_has_its_103_members(made: list[DemoPerson]) -> None:
    titles = Counter(
        next(
            word
            for word in ("Mayor of", "Borough Mayor", "City Councillor", "Borough Councillor")
            if one.title_en.startswith(word)
        )
        for one in made
        if one.kind == "elected"
    )
    assert titles == {"Mayor of": 1, "Borough Mayor": 18, "City Councillor": 46, "Borough Councillor": 38}


@pytest.mark.parametrize("count", [200, 731, 2000])
def test_as_many_people_as_asked_and_the_same_for_a_seed(count: int) -> None:
    first = people(count, 5)
    assert len(first) == count
    assert first == people(count, 5)
    assert first != people(count, 6)


def test_too_few_people_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least"):
        people(50)


def test_what_is_unique_is_unique(made: list[DemoPerson]) -> None:
    for field in ("username", "email", "employee_number", "entry_uuid"):
        values = [getattr(one, field) for one in made]
        assert len(set(values)) == len(values), field
    assert all(re.fullmatch(r"[a-z]+\d*", one.username) for one in made)
    assert all(re.fullmatch(r"514 555-01\d\d, poste \d{4}", one.phone) for one in made)
    assert all(one.email.endswith("@ville.example") for one in made)


def test_managers_come_first_so_that_there_is_no_loop(made: list[DemoPerson]) -> None:
    seen: set[str] = set()
    for one in made:
        assert one.manager_username is None or one.manager_username in seen
        seen.add(one.username)
    without = [one for one in made if one.manager_username is None and one.kind != "elected"]
    assert [one.title_en for one in without] == ["City Manager"]


def test_nobody_bears_the_name_of_a_public_figure(made: list[DemoPerson]) -> None:
    assert not {ascii_of(one.given_name + one.family_name) for one in made} & excluded()


def test_people_are_complete(made: list[DemoPerson]) -> None:
    codes = {one.code for one in units()}
    for one in made:
        assert one.title_fr and one.title_en and one.site and one.unit_code in codes
        assert len(one.title_fr) <= 160
        assert set(one.groups) <= set(GROUPS)
    share = sum(one.language == "fr" for one in made) / len(made)
    assert 0.75 < share < 0.85
    assert sum(not one.is_active for one in made) == len(made) // 100


def test_the_sign_ins_are_seven_active_people(made: list[DemoPerson]) -> None:
    by_name = {one.username: one for one in made}
    assert [one.role for one in SIGN_INS] == ROLES
    for one in SIGN_INS:
        person = by_name[one.username]
        assert person.is_active and set(one.groups) <= set(person.groups)
        assert person.unit_code == one.unit_code
    women = sum(one.name.woman for one in SIGN_INS)
    assert women in (3, 4)
    assert by_name["cdubois"].manager_username == "kbenali"


# -- Texts -----------------------------------------------------------------------------------------------------------
def test_every_community_has_its_texts() -> None:
    assert len(communities()) == 14
    assert Counter(one.access for one in communities()) == {"open": 12, "restricted": 1, "hidden": 1}
    for one in (*communities(), council()):
        assert one.name_fr and one.name_en and one.description_fr and one.description_en
        for topic in topics_of(one):
            assert topic.title and topic.body and topic.language in ("fr", "en")
            assert 2 <= len(topic.replies) <= 8, topic.title
            assert all(reply.body for reply in topic.replies), topic.title
    topics = [topic for one in (*communities(), council()) for topic in topics_of(one)]
    assert len(topics) >= 100
    assert len({topic.title for topic in topics}) == len(topics)
    assert sum(topic.language == "en" for topic in topics) >= 15


def test_french_typography() -> None:
    for one in (*communities(), council()):
        for topic in topics_of(one):
            for text in (topic.title, topic.body, *(reply.body for reply in topic.replies)):
                assert not re.search("« | »", text), text
                if topic.language == "fr":
                    # Colons and per cent signs never begin a line; tables and code keep their own.
                    prose = re.sub(r"(?ms)^```.*?^```|^\|.*?$", "", text)
                    assert not re.search(r" [:%?!;](\s|$)", prose), text


def test_applications_are_pairs() -> None:
    assert len(applications()) == 16
    for one in applications():
        assert one.name_fr and one.name_en and one.description_fr and one.description_en
        assert (
            re.match(r"https://[a-z0-9-]+\.ville\.example/", one.address) or parse_link(one.notes).to_url() == one.notes
        )
        assert one.category in Application.Category.values
    assert sum(one.elected_only for one in applications()) == 2


def test_every_borough_and_service_has_its_mission() -> None:
    missions = read_toml("missions.toml")
    services = {one.code for one in units() if one.kind == "service"}
    assert set(missions["services"]) == services
    for pair in (*missions["services"].values(), *(list(missions[one].values()) for one in ("city", "borough"))):
        assert len(pair) == 2 and all(text.strip().endswith(".") for text in pair)
        assert not re.search(r" [:;]|« | »", pair[0])


def test_skills_are_pairs_of_trades_that_exist() -> None:
    rows = read_toml("profiles.toml")["skills"]
    trades = {one.trade for one in units()}
    assert len(rows) >= 60
    assert len({folded(fr) for fr, _en, _trades in rows}) == len(rows)
    for fr, en, wanted in rows:
        assert fr and en and set(wanted.split()) <= trades


def test_a_few_people_have_a_small_picture_always_the_same() -> None:
    names = [f"personne{number}" for number in range(400)]
    pictured = [one for one in names if has_photo(one)]
    assert 20 < len(pictured) < 60
    first = photo_of(pictured[0])
    assert Image.open(BytesIO(first)).format == "JPEG" and 3_000 < len(first) < 15_000
    photo_of.cache_clear()
    assert photo_of(pictured[0]) == first
    assert photo_of(next(one for one in names if not has_photo(one))) == b""


# -- The command -----------------------------------------------------------------------------------------------------
def test_sign_ins_are_json_and_nothing_else() -> None:
    found = json.loads(demo(sign_ins=True))
    assert [one["role"] for one in found] == ROLES
    assert all(set(one) == {"role", "username", "password", "name"} for one in found)
    assert {one["password"] for one in found} == {DEMO_PASSWORD}
    assert len(DEMO_PASSWORD) >= 12


def test_loading_fills_the_city(loaded: Any) -> None:
    assert Person.objects.count() == 200
    assert Person.objects.filter(kind="elected").count() == 103
    assert Unit.objects.filter(kind="borough").count() == 19
    assert Unit.objects.count() == len(units())
    assert set(Group.objects.from_ldap().values_list("ldap_name", flat=True)) == set(GROUPS)
    assert Space.objects.filter(kind="community").count() == 14
    assert Space.objects.filter(kind="council").count() == 1
    assert Topic.objects.count() >= 100
    assert Comment.objects.count() >= 300
    # One of them was handed in by its own system.
    assert Application.objects.count() == len(applications()) + 1
    claire = Person.objects.get(username="cdubois")
    assert claire.search_name == "dubois claire"
    assert not claire.has_usable_password()
    administrators = Person.objects.filter(is_staff=True)
    assert Person.objects.get(is_superuser=True).username == "elafreniere"
    assert administrators.count() == 3


def test_the_directory_is_filled(loaded: Any) -> None:
    today = timezone.localdate()
    mandates = Mandate.objects.current()
    assert mandates.count() == 103 and Mandate.objects.count() > 103
    assert Counter(mandates.values_list("office", flat=True)) == {
        "mayor": 1, "borough_mayor": 18, "city_councillor": 46, "borough_councillor": 38,
    }  # fmt: skip
    assert not mandates.exclude(office="mayor").filter(borough=None).exists()
    assert mandates.filter(is_party_published=True).count() > 70
    assert Charge.objects.filter(kind="commission", role_en="Chair").count() == 10
    assert Charge.objects.filter(kind="delegation").count() == 12
    active = Person.objects.filter(is_active=True)
    assert Position.objects.current().filter(source="ldap", kind="member").count() == active.count()
    assert not Position.objects.filter(starts__gt=today).exists()
    for code in ("VDM", "PMR", "PMR-TP", "SIR"):
        assert Position.objects.filter(kind="head", source="ldap", unit__code=code).count() == 1, code
    assert Position.objects.get(kind="head", unit__code="PMR-TP").person.username == "kbenali"  # type: ignore[union-attr]
    assert Position.objects.filter(person=None, source="portal").count() == 4
    assert Person.objects.get(username="cdubois").borough.code == "PMR"  # type: ignore[union-attr]
    assert Person.objects.get(username="kbenali").is_manager
    assert Absence.objects.current().exists() and PersonSkill.objects.exists()
    assert Person.objects.exclude(photo=None).exists()
    gone = Person.objects.filter(is_active=False)
    assert gone.exists() and not gone.filter(left=None).exists()


def test_everybody_is_found_and_groups_hold_whom_they_say(loaded: Any) -> None:
    claire = Person.objects.get(username="cdubois")
    assert claire.words.filter(word="dubois", is_name=True).exists()
    rule = Group.objects.get(name_fr="Gestionnaires du Plateau")
    kept = rule.members.all()
    assert "kbenali" in {one.username for one in kept} and all(one.is_manager for one in kept)
    above = Group.objects.get(ldap_name="encadrement")
    below = above.subgroups.values_list("ldap_name", flat=True)
    assert set(below) == {"gestionnaires", "haute-direction"}
    assert set(above.members.all()) == set(Person.objects.filter(directory_groups__in=above.subgroups.all()))


def test_dates_are_past_and_in_order(loaded: Any) -> None:
    now = timezone.now()
    for topic in Topic.objects.all():
        dates = list(topic.comments.order_by("pk").values_list("created", flat=True))
        assert topic.created < dates[0]
        assert dates == sorted(dates)
        assert topic.updated == dates[-1] < now


def test_every_sign_in_has_news_and_nothing_waits_to_be_told(loaded: Any) -> None:
    for one in SIGN_INS:
        person = Person.objects.get(username=one.username)
        unread = Notification.objects.visible_to(person).unread_by(person).count()
        assert 1 <= unread <= 6, one.role
    assert not Activity.objects.filter(fanned_out=None).exists()


def test_spaces_keep_their_doors(loaded: Any) -> None:
    councillor = Person.objects.get(username="mwhitfield")
    employee = Person.objects.get(username="cdubois")
    manager = Person.objects.get(username="kbenali")

    def seen(person: Person, text: str) -> bool:
        return Topic.objects.visible_to(person).filter(title__startswith=text).exists()

    assert seen(councillor, "Ordre du jour") and not seen(employee, "Ordre du jour")
    assert seen(manager, "Horaires d’hiver") and not seen(councillor, "Horaires d’hiver")
    desk = Application.objects.filter(title="Guichet des élus")
    assert desk.visible_to(councillor).exists() and not desk.visible_to(employee).exists()


def test_the_directory_file_says_the_same(loaded: Any) -> None:
    text = (loaded / "slapd" / "demo.ldif").read_text()
    known = {str(one) for one in Person.objects.values_list("entry_uuid", flat=True)}
    assert known <= set(re.findall(r"^entryUUID: (.+)$", text, re.MULTILINE))
    assert text.count("\nuid: ") == 200
    assert DEMO_PASSWORD not in text
    assert text.count("\nvilleResponsable: ") == Unit.objects.exclude(ldap_head="").count() > 60
    assert text.count("\njpegPhoto:: ") >= Person.objects.exclude(ldap_photo=None).count() > 0
    assert "member: cn=gestionnaires,ou=groups," in text


def test_boards_are_drawn_in_communities_and_in_ones_own_space(loaded: Any) -> None:
    rows = read_toml("boards.toml")["boards"]
    boards = {one.title: one for one in Board.objects.select_related("space", "drawing")}
    assert set(boards) == {row["title"] for row in rows}
    for row in rows:
        one = boards[row["title"]]
        assert one.element_count >= 10 and one.text and one.drawing.svg.startswith("<svg "), one.title
        assert (one.space.kind == Space.Kind.PERSONAL) is ("by" in row)
        assert one.created < one.updated < timezone.now() and one.versions.exists()
        if row["language"] == "fr":
            assert not re.search(r"« | »|\d (?:h|km)\b| [:?;](?:\s|$)", one.text), one.title
    claire, margaret = (Person.objects.get(username=name) for name in ("cdubois", "mwhitfield"))
    assert boards["Plan d’équipe du printemps"] in Board.objects.visible_to(claire).shared_with(claire)
    assert not Board.objects.visible_to(margaret).filter(title="Chantier de la rue\u00a0: mes idées").exists()


def test_a_second_load_is_refused_and_if_empty_leaves_alone(loaded: Any) -> None:
    before = Person.objects.count(), Topic.objects.count()
    with pytest.raises(CommandError, match="empty"):
        demo(people=200)
    assert demo(people=200, if_empty=True) == ""
    assert (Person.objects.count(), Topic.objects.count()) == before


@pytest.mark.usefixtures("db")
def test_local_passwords(data_dir: Any) -> None:
    demo(people=200, local_passwords=True)
    able = [one.username for one in Person.objects.all() if one.has_usable_password()]
    assert sorted(able) == sorted(one.username for one in SIGN_INS)
    assert all(Person.objects.get(username=one).check_password(DEMO_PASSWORD) for one in able)


@pytest.mark.usefixtures("db")
def test_local_passwords_are_refused_in_production(data_dir: Any, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        demo(people=200, local_passwords=True)
    assert not Person.objects.exists()


@pytest.mark.usefixtures("db")
def test_too_small_a_city_is_refused() -> None:
    with pytest.raises(CommandError, match="at least"):
        demo(people=10)
