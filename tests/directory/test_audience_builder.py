"""The audience builder and the audience field, as forms send them, with and without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities.actions import create_community
from directory.actions import add_members, create_group
from directory.forms.audience_builder import AudienceBuilder
from directory.models import Group, Person, Unit
from foundation.audiences.actions import audience_of
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person
from tests.directory.conftest import queries_of

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
GONE = "6c0333e4-f3c2-46bb-8f86-cb686f37b4c3"
NAMES = {"name_fr": "Mon audience", "is_public": "on"}


@pytest.fixture
def manager(borough: Unit) -> Person:
    return make_person("gaston.gestion", unit=borough, is_manager=True)


@pytest.fixture
def administrator(borough: Unit) -> Person:
    return make_person("ada.admin", unit=borough, is_staff=True)


def fields(**values: str) -> dict[str, str]:
    """`_0_word="all"` is the field `audience-0-word`, `_0_1_is` is `audience-0_1-is`."""
    found = {}
    for name, value in values.items():
        path, _sep, last = name.strip("_").rpartition("_")
        found[f"audience-{path}-{last}"] = value
    return found


def sent(page: str) -> dict[str, str]:
    """What the builder's form in a page would send: hidden, text and chosen values."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="(audience-[^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="(audience-[^"]*)"[^>]*>(.*?)</select>', page, re.S):
        options = re.findall(r'<option value="([^"]*)"( selected)?', body)
        found[name] = next((value for value, is_chosen in options if is_chosen), options[0][0])
    return found


def test_an_audience_is_composed_without_script(
    manager: Person, colleague: Person, borough: Unit, city: Unit, sign_in: SignIn
) -> None:
    """Only buttons that send the form: a clause, its value, a set, another clause, taken away again, saved."""
    client, new = sign_in(manager), "/groups/new/?by=rule"
    page = client.get(new).content.decode()

    def press(button: str, **changed: str) -> str:
        answer = client.post(new, {**NAMES, **sent(page), **fields(**changed), "audience-do": button})
        assert answer.status_code == 200
        assert not Group.objects.exists()
        return answer.content.decode()

    page = press("add:0", _0_new="unit")
    page = press("refresh", _0_0_text="Verdun (VERDUN)")
    assert 'value="Mon audience"' in page
    page = press("set:0")
    page = press("add:0_1", _0_1_new="manager")
    page = press("add:0_1", _0_1_new="language")
    page = press("refresh", _0_1_1_value="en")
    page = press("add:0", _0_new="site")
    page = press("remove:0_2")
    page = press("refresh", _0_1_word="none")
    answer = client.post(new, {**NAMES, "owners": manager.username, **sent(page)})
    group = Group.objects.get()
    assert answer["Location"] == group.get_absolute_url()
    assert group.rule == {
        "all": [
            {"is": "unit", "value": str(borough.uuid), "below": True},
            {"not": {"any": [{"is": "manager"}, {"is": "language", "value": "en"}]}},
        ]
    }
    assert list(group.members.all()) == [colleague]
    # Shown again and saved untouched, it is the same.
    edit = f"/groups/{group.uuid}/edit/"
    again = sent(client.get(edit).content.decode())
    client.post(edit, {**NAMES, "owners": manager.username, **again})
    assert Group.objects.get().rule == group.rule


def test_the_count_shown_is_the_count_saved(
    manager: Person, colleague: Person, member: Person, host: Person, borough: Unit, sign_in: SignIn
) -> None:
    client = sign_in(manager, "en")
    rule = fields(_0_word="all", _0_0_is="unit", _0_0_text="verdun", _0_0_below="1", _0_1_is="manager", _0_1_not="1")
    preview = client.post("/groups/audience/preview/", rule).content.decode()
    assert "<body" not in preview and "3 people" in preview
    assert colleague.name in preview and manager.name not in preview
    client.post("/groups/new/?by=rule", {**NAMES, "owners": manager.username, **rule})
    assert Group.objects.get().members.count() == 3


def test_one_asks_whether_somebody_is_included_and_why(
    manager: Person, colleague: Person, borough: Unit, sign_in: SignIn
) -> None:
    client = sign_in(manager, "en")
    rule = fields(_0_word="all", _0_0_is="unit", _0_0_text="Verdun", _0_1_is="manager")

    def asked(person: str) -> str:
        return client.post("/groups/audience/preview/", {**rule, "audience-person": person}).content.decode()

    assert f"{colleague.name} is not included" in asked(colleague.username)
    assert re.search(r"Yes</span><span>Unit Verdun itself.*No</span><span>Manager", asked(colleague.name), re.S)
    assert f"{manager.name} is included" in asked(manager.name)
    assert "Nobody is named" in asked("personne <b>inconnue")
    assert "<b>inconnue" not in asked("personne <b>inconnue")
    group = create_group(actor=manager, name_fr="Gardée", rule={"is": "manager"})
    page = client.get(f"{group.get_absolute_url()}?person={colleague.username}").content.decode()
    assert f"{colleague.name} is not included" in page


@pytest.mark.parametrize(
    "rule",
    [
        {},
        fields(_0_word="all"),
        fields(_0_word="all", _0_0_is="unit", _0_0_text=""),
        fields(_0_word="all", _0_0_is="unit", _0_0_text="Unité inventée"),
        fields(_0_word="all", _0_0_is="unit", _0_0_value=GONE),
        fields(_0_word="all", _0_0_is="kind", _0_0_value="robot"),
        fields(_0_word="all", _0_0_word="any"),
        fields(_0_word="all", _0_0_is="salary", _0_0_text="1"),
        fields(_0_word="all", _0_0_is="site", _0_0_text="a\0b"),
        # A set that nothing holds, clauses without their set, paths of another make.
        {"audience-0_0_0_0-is": "manager"},
        {"audience-99999-is": "manager", "audience-0_-is": "manager", "audience-0_x-is": "manager"},
        fields(_0_word="all", **{f"_0_{number}_is": "manager" for number in range(60)}),
        fields(_0_word="all", **{f"_0_{number}_is": "manager" for number in range(5000)}),
        {f"audience-{'_'.join(['0'] * depth)}-word": "all" for depth in range(1, 10)}
        | {"audience-0_0_0_0_0_0_0_0_0_0-is": "manager"},
    ],
)
def test_what_is_not_a_rule_is_not_saved(manager: Person, city: Unit, sign_in: SignIn, rule: dict[str, str]) -> None:
    client = sign_in(manager)
    answer = client.post("/groups/new/?by=rule", {**NAMES, "owners": manager.username, **rule})
    assert answer.status_code in (400, 422)
    assert not Group.objects.exists()
    assert client.post("/groups/audience/preview/", rule).status_code in (200, 400)
    assert client.post("/groups/audience/", {**rule, "audience-do": "add:0"}).status_code in (200, 400)


@pytest.mark.parametrize("button", ["add:", "add:9", "remove:0", "remove:0_7", "set:0_0", "x", "add:0:0", "é" * 500])
def test_buttons_nobody_made_do_nothing(manager: Person, city: Unit, sign_in: SignIn, button: str) -> None:
    rule = fields(_0_word="any", _0_0_is="manager", _0_new="manager")
    answer = sign_in(manager).post("/groups/audience/", {**rule, "audience-do": button})
    assert answer.status_code == 200
    kept = sent(answer.content.decode())
    assert [name for name in kept if name.endswith("-is")] == ["audience-0_0-is"]
    assert kept["audience-0-word"] == "any"


def test_names_are_understood_in_part_and_told_apart(manager: Person, borough: Unit, city: Unit) -> None:
    def line(attribute: str, text: str) -> Any:
        builder = AudienceBuilder(fields(_0_word="all", _0_0_is=attribute, _0_0_text=text), author=manager)
        return builder.lines[0]

    assert line("unit", "verd").value == line("unit", "(verdun)").value == str(borough.uuid)
    # Two answer: both are named.
    assert not line("unit", "v").value and "Verdun" in line("unit", "v").error
    for number in range(2):
        Group.objects.create(name_fr="Bureau", ldap_name=f"bureau-{number}")
    first = line("group", "Bureau (bureau-1)")
    assert first.value == str(Group.objects.get(ldap_name="bureau-1").uuid)
    assert not line("group", "Bureau").value


def test_what_is_hidden_can_be_neither_chosen_nor_learnt(
    administrator: Person, manager: Person, colleague: Person, sign_in: SignIn
) -> None:
    """SECURITY: by name or by uuid, a hidden community or private group answers like one that does not exist."""
    group = create_group(actor=administrator, name_fr="Enquête interne", is_public=False)
    add_members(group, [colleague], actor=administrator)
    space = create_community(actor=administrator, name_fr="Négociations", access=Space.Access.HIDDEN)
    client = sign_in(manager)
    for attribute, uuid, name in (("group", group.uuid, "Enquête interne"), ("community", space.uuid, "Négociations")):
        answers = []
        for value in (str(uuid), GONE):
            rule = fields(_0_word="all", _0_0_is=attribute, _0_0_value=value)
            page = client.post("/groups/audience/preview/", rule).content.decode()
            assert name not in page and colleague.name not in page
            answers.append(re.sub(r"[0-9a-f-]{36}", "", page))
            saved = client.post("/groups/new/?by=rule", {**NAMES, "owners": manager.username, **rule})
            assert saved.status_code == 422 and name not in saved.content.decode()
        assert answers[0] == answers[1]
        typed = client.post("/groups/audience/", fields(_0_word="all", _0_0_is=attribute, _0_0_text=name[:6]))
        assert name not in typed.content.decode()
    assert Group.objects.count() == 1


def test_what_another_owner_put_in_stays_unnamed(administrator: Person, manager: Person, sign_in: SignIn) -> None:
    hidden = create_group(actor=administrator, name_fr="Enquête interne", is_public=False)
    rule = {"all": [{"is": "group", "value": str(hidden.uuid)}, {"is": "manager"}]}
    group = create_group(actor=administrator, name_fr="Partagée", rule=rule, owners=[administrator, manager])
    client, edit = sign_in(manager), f"/groups/{group.uuid}/edit/"
    page = client.get(edit).content.decode()
    assert "Enquête" not in page and "Enquête" not in client.get(group.get_absolute_url()).content.decode()
    whole = {**NAMES, "owners": f"{administrator.username}\n{manager.username}", **sent(page)}
    # Buttons of the builder keep it too.
    fragment = client.post("/groups/audience/", {**whole, "audience-group": str(group.uuid), "audience-do": "refresh"})
    assert str(hidden.uuid) in fragment.content.decode() and "Enquête" not in fragment.content.decode()
    assert client.post(edit, whole).status_code == 302
    group.refresh_from_db()
    assert group.rule == rule and group.name_fr == "Mon audience"
    # Elsewhere than where it was kept, it is refused.
    elsewhere = {**whole, "owners": manager.username}
    assert client.post("/groups/new/?by=rule", elsewhere).status_code == 422


def test_counts_and_names_tell_nothing_of_hidden_members(
    administrator: Person, manager: Person, colleague: Person, sign_in: SignIn
) -> None:
    """SECURITY: a public group says how many belong; composing over it must not say who."""
    group = create_group(actor=administrator, name_fr="Programme d'aide")
    add_members(group, [colleague], actor=administrator)
    rule = fields(_0_word="all", _0_0_is="group", _0_0_text="Programme d'aide", _0_1_is="manager", _0_1_not="1")
    client = sign_in(manager, "en")
    page = client.post("/groups/audience/preview/", {**rule, "audience-person": colleague.username}).content.decode()
    assert "Fewer than 10" in page and "1 person" not in page
    assert colleague.name not in page and "included" not in page
    seen = sign_in(administrator, "en").post("/groups/audience/preview/", rule).content.decode()
    assert colleague.name in seen


def test_the_builder_is_for_those_who_make_groups(
    administrator: Person, manager: Person, colleague: Person, sign_in: SignIn
) -> None:
    rule = fields(_0_word="all", _0_0_is="manager")
    group = create_group(actor=administrator, name_fr="À autrui", rule={"is": "manager"})
    for address in ("/groups/audience/", "/groups/audience/preview/"):
        assert Client().post(address, rule).status_code == 302
        assert sign_in(colleague).post(address, rule).status_code == 403
        assert sign_in(manager).get(address).status_code == 405
        # Somebody else's group.
        assert sign_in(manager).post(address, {**rule, "audience-group": str(group.uuid)}).status_code == 403
        assert sign_in(manager).post(address, {**rule, "audience-group": GONE}).status_code == 404
    assert sign_in(manager).post("/groups/audience/preview/", rule).status_code == 200


def test_editing_costs_the_same_however_many_clauses(administrator: Person, borough: Unit, sign_in: SignIn) -> None:
    def cost(count: int) -> int:
        clause = {"is": "unit", "value": str(borough.uuid), "below": True}
        group = create_group(actor=administrator, name_fr="Longue", rule={"any": [clause] * count})
        return queries_of(client, f"/groups/{group.uuid}/edit/")

    client = sign_in(administrator)
    assert cost(40) == cost(2)


# -- The audience field, where a community uses it ---------------------------------------------------------------------


@pytest.fixture
def new_space(manager: Person, borough: Unit) -> dict[str, Any]:
    return {"name_fr": "Déneigement", "access": "open"}


def audience(space: Space) -> set[str]:
    assert space.audience is not None
    return set(space.audience.principals)


def test_a_community_is_shown_to_everyone_unless_said(
    manager: Person, new_space: dict[str, Any], sign_in: SignIn
) -> None:
    client = sign_in(manager)
    assert re.search(r'value="everyone" checked', client.get("/communities/new/").content.decode())
    client.post("/communities/new/", new_space)
    assert audience(Space.objects.get(name_fr="Déneigement")) == {"everyone"}


def test_a_community_is_shown_to_whom_one_chooses(
    manager: Person, member: Person, outsider: Person, borough: Unit, new_space: dict[str, Any], sign_in: SignIn
) -> None:
    """Without script: each addition sends the form, which comes back with what was filled in and no error."""
    group = create_group(actor=manager, name_fr="Secouristes")
    client, chosen = sign_in(manager), []
    for text in ("Verdun (VERDUN)", "secouristes", member.username):
        filled = {**new_space, "name_fr": "", "description_fr": "À garder", "visible_for": chosen}
        answer = client.post("/communities/new/", {**filled, "visible_for-text": text, "visible_for-do": "add"})
        page = answer.content.decode()
        assert answer.status_code == 200 and "À garder" in page and "field--error" not in page
        chosen = re.findall(r'name="visible_for" value="([^"]+)" checked', page)
    assert chosen == [f"unit:{borough.uuid}", f"group:{group.uuid}", f"person:{member.uuid}"]
    client.post("/communities/new/", {**new_space, "visible_for": chosen})
    space = Space.objects.get(name_fr="Déneigement")
    assert audience(space) == {f"unit:{borough.pk}", f"group:{group.pk}", f"person:{member.pk}"}
    stranger = make_person("sans.unite")
    assert sign_in(stranger).get(space.get_absolute_url()).status_code == 404
    assert sign_in(member).get(space.get_absolute_url()).status_code == 200
    # Unchecked, it is gone; what is typed without the button counts too.
    settings = f"/communities/{space.slug}/settings/"
    client.post(settings, {**new_space, "visible_for": chosen[:1], "visible_for-text": stranger.username})
    space = Space.objects.get(pk=space.pk)
    assert audience(space) == {f"unit:{borough.pk}", f"person:{stranger.pk}"}
    assert sign_in(stranger).get(space.get_absolute_url()).status_code == 200


def test_enter_in_another_field_saves(manager: Person, new_space: dict[str, Any], sign_in: SignIn) -> None:
    """A browser then presses the form's first button, which is the field's."""
    answer = sign_in(manager).post("/communities/new/", {**new_space, "visible_for-do": "add", "visible_for-text": ""})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "chosen",
    [
        ["unit:1"],
        [f"unit:{GONE}"],
        ["person:x"],
        ["space:1"],
        ["staff"],
        [""],
        ["everyone:1"],
        ["group:"],
        ["x" * 9000],
    ],
)
def test_what_nobody_offered_is_not_taken(
    manager: Person, new_space: dict[str, Any], sign_in: SignIn, chosen: list[str]
) -> None:
    sign_in(manager).post("/communities/new/", {**new_space, "visible_for": [*chosen, "elected"]})
    assert audience(Space.objects.get(name_fr="Déneigement")) == {"elected"}


def test_an_unknown_name_is_an_error_that_loses_nothing(
    manager: Person, new_space: dict[str, Any], sign_in: SignIn
) -> None:
    filled = {**new_space, "visible_for": ["elected"], "visible_for-text": "Zorglub <b>"}
    answer = sign_in(manager).post("/communities/new/", filled)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Zorglub &lt;b&gt;" in page and 'value="elected" checked' in page
    assert not Space.objects.filter(name_fr="Déneigement").exists()


def test_private_groups_are_neither_offered_nor_taken(
    administrator: Person, manager: Person, new_space: dict[str, Any], sign_in: SignIn
) -> None:
    group = create_group(actor=administrator, name_fr="Enquête interne", is_public=False)
    client = sign_in(manager)
    assert "Enquête" not in client.get("/communities/new/").content.decode()
    client.post("/communities/new/", {**new_space, "visible_for": [f"group:{group.uuid}", "elected"]})
    space = Space.objects.get(name_fr="Déneigement")
    assert audience(space) == {"elected"}
    # Put there by somebody who sees it, it stays, unnamed, through the fragment as well.
    change_access(space, "open", audience_of({f"group:{group.pk}", "elected"}), actor=fresh(manager))
    settings = f"/communities/{space.slug}/settings/"
    page = client.get(settings).content.decode()
    assert f"group:{group.uuid}" in page and "Enquête" not in page
    signed = re.search(r'name="visible_for-kept" value="([^"]+)"', page)
    assert signed
    box = {"visible_for": [f"group:{group.uuid}"], "visible_for-kept": signed[1]}
    fragment = client.post("/groups/audience/field/?name=visible_for", box).content.decode()
    assert f"group:{group.uuid}" in fragment and "Enquête" not in fragment
    # SECURITY: signed for one person, and not forged.
    for person, kept in ((administrator, signed[1]), (manager, "forged"), (manager, signed[1][:-2])):
        other = sign_in(make_person("un.tiers") if person == administrator else person)
        answer = other.post("/groups/audience/field/?name=visible_for", {**box, "visible_for-kept": kept})
        assert f"group:{group.uuid}" not in answer.content.decode()
    client.post(settings, {**new_space, "visible_for": [f"group:{group.uuid}"]})
    assert audience(Space.objects.get(pk=space.pk)) == {f"group:{group.pk}"}


def test_the_reach_is_live_and_tells_nobodys_membership(
    administrator: Person, manager: Person, colleague: Person, member: Person, borough: Unit, sign_in: SignIn
) -> None:
    client, field = sign_in(manager, "en"), "/groups/audience/field/?name=visible_for"
    assert "Reaches 4 people" in client.post(field, {"visible_for": [f"unit:{borough.uuid}"]}).content.decode()
    group = create_group(actor=administrator, name_fr="Programme d'aide")
    add_members(group, [colleague], actor=administrator)
    assert "Reaches 1 person" in client.post(field, {"visible_for": [f"group:{group.uuid}"]}).content.decode()
    # SECURITY: the same whether the person belongs or not.
    for person in (colleague, member):
        both = client.post(field, {"visible_for": [f"group:{group.uuid}", f"person:{person.uuid}"]}).content.decode()
        assert "at most 2" in both
    assert client.post("/groups/audience/field/?name=x%22onclick", {}).status_code == 400


def test_the_council_is_never_opened_by_saying_nothing(administrator: Person, sign_in: SignIn) -> None:
    space = create_community(actor=administrator, name_fr="Conseil")
    Space.objects.filter(pk=space.pk).update(kind=Space.Kind.COUNCIL, audience=audience_of({"elected"}))
    client = sign_in(administrator)
    client.post(f"/communities/{space.slug}/settings/", {"name_fr": "Conseil", "access": "open"})
    space = Space.objects.get(pk=space.pk)
    assert audience(space) == {"elected"}
