"""Groups through the door of people: kept by hand or by rule, who may read and change them, what they open."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.actions import create_community, start_topic
from directory.actions import (
    add_members,
    change_group,
    create_group,
    evaluate_rules,
    remove_members,
    restore_group,
    withdraw_group,
)
from directory.models import Group, GroupChange, Person, Unit
from foundation.activity.models import Activity
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person
from tests.directory.conftest import queries_of

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
MANAGERS = {"is": "manager"}


@pytest.fixture
def manager(borough: Unit) -> Person:
    """May make groups."""
    return make_person("gaston.gestion", unit=borough, is_manager=True)


@pytest.fixture
def administrator(borough: Unit) -> Person:
    return make_person("ada.admin", unit=borough, is_staff=True)


def names_of(group: Group) -> set[str]:
    return set(group.members.values_list("username", flat=True))


def rule_named(group: Group) -> dict[str, Any]:
    return {"is": "group", "value": str(group.uuid)}


def form_of(name: str, owner: str, **fields: Any) -> dict[str, Any]:
    return {"name_fr": name, "owners": owner, "is_public": "on", **fields}


# -- Making and keeping ----------------------------------------------------------------------------------------------


def test_one_keeps_a_group_by_hand(manager: Person, colleague: Person, member: Person, sign_in: SignIn) -> None:
    client = sign_in(manager)
    answer = client.post("/groups/new/", form_of("Comité du bruit", manager.username, purpose_fr="Le bruit"))
    group = Group.objects.get(name_fr="Comité du bruit")
    assert answer["Location"] == group.get_absolute_url() == f"/groups/{group.uuid}/"
    assert (group.source, group.is_public, list(group.owners.all())) == ("hand", True, [manager])
    people = f"{colleague.username}\n{member.name}"
    assert client.post(f"/groups/{group.uuid}/members/add/", {"people": people}).status_code == 302
    assert names_of(group) == {colleague.username, member.username}
    assert client.post(f"/groups/{group.uuid}/members/{colleague.uuid}/remove/").status_code == 302
    assert names_of(group) == {member.username}
    changes = list(group.changes.order_by("pk").values_list("by", "added", "removed"))
    assert [len(one[1]) for one in changes] == [2, 0]
    assert changes[1] == (manager.pk, [], [str(colleague.uuid)])
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["directory.group_created", "directory.group_members_added", "directory.group_members_removed"]
    page = client.get(group.get_absolute_url()).content.decode()
    assert member.name in page and colleague.name in page and "Le bruit" in page


def test_taking_in_twice_or_nobody_changes_nothing(manager: Person, colleague: Person) -> None:
    group = create_group(actor=manager, name_fr="Deux fois")
    assert add_members(group, [colleague], actor=manager) is not None
    assert add_members(group, [colleague], actor=manager) is None
    assert remove_members(group, [manager], actor=manager) is None
    assert GroupChange.objects.count() == 1
    assert Activity.objects.filter(verb__startswith="directory.group_members").count() == 1


@pytest.mark.parametrize("names", ["personne.inconnue", "x\0y", "a" * 4000, ",".join(["carla.collegue"] * 51)])
def test_unknown_people_are_refused_and_nothing_is_lost(
    manager: Person, colleague: Person, sign_in: SignIn, names: str
) -> None:
    group = create_group(actor=manager, name_fr="Prudent")
    answer = sign_in(manager).post(f"/groups/{group.uuid}/members/add/", {"people": names})
    assert answer.status_code == 422
    assert not group.members.exists()


def test_a_group_always_has_an_owner_who_works_for_the_city(
    manager: Person, outsider: Person, colleague: Person
) -> None:
    group = create_group(actor=manager, name_fr="Toujours tenu")
    Person.objects.filter(pk=colleague.pk).update(is_active=False)
    for owners in ([], [outsider], [Person.objects.get(pk=colleague.pk)], [manager, outsider]):
        with pytest.raises(ValidationError):
            change_group(group, actor=manager, name_fr="Toujours tenu", owners=owners)
    assert list(group.owners.all()) == [manager]


# -- Who may -----------------------------------------------------------------------------------------------------------


def test_only_some_make_groups(colleague: Person, outsider: Person, manager: Person, sign_in: SignIn) -> None:
    refused = sign_in(colleague).get("/groups/new/")
    assert refused.status_code == 403
    assert sign_in(colleague).post("/groups/new/", form_of("Non", colleague.username)).status_code == 403
    assert sign_in(outsider).get("/groups/new/").status_code == 403
    with pytest.raises(Refused):
        create_group(actor=colleague, name_fr="Non")
    assert sign_in(manager).get("/groups/new/").status_code == 200
    # The keepers named by a setting.
    Group.objects.create(name_fr="Communications", ldap_name="communications", source="ldap").members.add(colleague)
    assert sign_in(colleague).get("/groups/new/?by=rule").status_code == 200
    assert not Group.objects.filter(name_fr="Non").exists()


def test_only_its_owners_change_a_group(
    manager: Person, administrator: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = create_group(actor=manager, name_fr="À moi")
    add_members(group, [member], actor=manager)
    other_manager = make_person("une.autre", is_manager=True)
    for person in (member, colleague, other_manager):
        client = sign_in(person)
        assert client.get(group.get_absolute_url()).status_code == 200
        assert client.get(f"/groups/{group.uuid}/edit/").status_code == 403
        assert client.post(f"/groups/{group.uuid}/edit/", form_of("Pris", person.username)).status_code == 403
        assert client.post(f"/groups/{group.uuid}/members/add/", {"people": person.username}).status_code == 403
        assert client.post(f"/groups/{group.uuid}/members/{member.uuid}/remove/").status_code == 403
        assert client.post(f"/groups/{group.uuid}/withdraw/").status_code == 403
        with pytest.raises(Refused):
            change_group(group, actor=person, name_fr="Pris", owners=[person])
        with pytest.raises(Refused):
            add_members(group, [person], actor=person)
    group.refresh_from_db()
    assert (group.name_fr, group.is_active, names_of(group)) == ("À moi", True, {member.username})
    assert sign_in(administrator).get(f"/groups/{group.uuid}/edit/").status_code == 200


def test_what_ldap_owns_is_changed_in_ldap(administrator: Person, colleague: Person, sign_in: SignIn) -> None:
    group = Group.objects.create(name_fr="Pompiers", ldap_name="pompiers", source=Group.Source.LDAP)
    client = sign_in(administrator)
    assert client.get(f"/groups/{group.uuid}/edit/").status_code == 403
    assert client.post(f"/groups/{group.uuid}/members/add/", {"people": colleague.username}).status_code == 403
    assert client.post(f"/groups/{group.uuid}/withdraw/").status_code == 403
    by_rule = create_group(actor=administrator, name_fr="Règle", rule=MANAGERS)
    answer = client.post(f"/groups/{by_rule.uuid}/members/add/", {"people": colleague.username})
    assert answer.status_code == 403
    assert names_of(by_rule) == set()


def test_a_private_group_is_known_to_its_own(
    manager: Person, member: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    group = create_group(actor=manager, name_fr="Enquête interne", is_public=False)
    add_members(group, [member], actor=manager)
    for person, status in ((manager, 200), (member, 200), (colleague, 404), (outsider, 404)):
        client = sign_in(person)
        assert client.get(group.get_absolute_url()).status_code == status
        listed = client.get("/groups/").content.decode()
        assert ("Enquête interne" in listed) == (status == 200)


def test_who_belongs_is_for_members_and_owners(
    manager: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = create_group(actor=manager, name_fr="Secouristes")
    add_members(group, [member], actor=manager)
    remove_members(group, [member], actor=manager)
    add_members(group, [member], actor=manager)
    seen = sign_in(colleague).get(group.get_absolute_url()).content.decode()
    assert member.name not in seen and member.username not in seen and str(member.uuid) not in seen
    assert "1 per" in seen
    for person in (manager, member):
        assert member.name in sign_in(person).get(group.get_absolute_url()).content.decode()


# -- Rules -------------------------------------------------------------------------------------------------------------


def test_a_saved_audience_follows_its_rule(manager: Person, colleague: Person, borough: Unit) -> None:
    rule = {"all": [{"is": "unit", "value": str(borough.uuid), "below": True}, MANAGERS]}
    group = create_group(actor=manager, name_fr="Gestionnaires de Verdun", rule=rule)
    assert names_of(group) == {manager.username}
    first = group.changes.get()
    assert (first.by, first.added) == (manager, [str(manager.uuid)])
    assert evaluate_rules() == []
    Person.objects.filter(pk=colleague.pk).update(is_manager=True)
    [change] = evaluate_rules()
    assert (change.by, change.added, change.removed) == (None, [str(colleague.uuid)], [])
    Person.objects.filter(pk=manager.pk).update(is_active=False)
    [change] = evaluate_rules()
    assert (change.added, change.removed) == ([], [str(manager.uuid)])
    group.refresh_from_db()
    assert names_of(group) == {colleague.username} and group.evaluated is not None
    assert evaluate_rules() == [] and group.changes.count() == 3


def test_rules_over_rules_come_in_their_order(administrator: Person, manager: Person, borough: Unit) -> None:
    # Made in the wrong order: the one that depends on the other is the older.
    last = create_group(actor=administrator, name_fr="Dernier", rule=MANAGERS)
    first = create_group(actor=administrator, name_fr="Premier", rule=MANAGERS)
    rule = {"any": [rule_named(first), {"is": "site", "value": "Nulle part"}]}
    Group.objects.filter(pk=last.pk).update(rule=rule)
    new = make_person("nouvelle.gestionnaire", unit=borough, is_manager=True)
    assert {one.group_id for one in evaluate_rules()} == {first.pk, last.pk}
    assert names_of(last) == names_of(first) == {manager.username, new.username}


def test_who_leaves_a_group_leaves_at_once_what_depends_on_it(
    administrator: Person, colleague: Person, member: Person
) -> None:
    base = create_group(actor=administrator, name_fr="Base")
    add_members(base, [colleague, member], actor=administrator)
    middle = create_group(actor=administrator, name_fr="Milieu", rule=rule_named(base))
    top = create_group(actor=administrator, name_fr="Haut", rule={"all": [rule_named(middle)]})
    assert names_of(top) == {colleague.username, member.username}
    remove_members(base, [member], actor=administrator)
    assert names_of(middle) == names_of(top) == {colleague.username}
    withdraw_group(base, actor=administrator)
    assert names_of(base) == names_of(middle) == names_of(top) == set()
    restore_group(base, actor=administrator)
    assert names_of(base) == names_of(top) == {colleague.username}


def test_a_withdrawn_group_holds_nobody_and_comes_back(
    manager: Person, colleague: Person, member: Person, sign_in: SignIn
) -> None:
    group = create_group(actor=manager, name_fr="À ranger")
    add_members(group, [colleague, member], actor=manager)
    client = sign_in(manager)
    assert client.post(f"/groups/{group.uuid}/withdraw/").status_code == 302
    assert not group.members.exists()
    # Its owner still finds it; the others no longer know it.
    assert "À ranger" in client.get("/groups/").content.decode()
    assert sign_in(colleague).get(group.get_absolute_url()).status_code == 404
    answer = client.post(f"/groups/{group.uuid}/members/add/", {"people": colleague.username})
    assert answer.status_code == 403
    Person.objects.filter(pk=member.pk).update(is_active=False)
    client.post(f"/groups/{group.uuid}/restore/")
    assert names_of(group) == {colleague.username}
    by_rule = create_group(actor=manager, name_fr="Règle", rule=MANAGERS)
    withdraw_group(by_rule, actor=manager)
    assert evaluate_rules() == [] and not by_rule.members.exists()
    restore_group(by_rule, actor=manager)
    assert names_of(by_rule) == {manager.username}


def test_a_rule_that_can_no_longer_be_read_takes_nobody_in(
    administrator: Person, manager: Person, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    group = create_group(actor=administrator, name_fr="Abîmée", rule=MANAGERS)
    assert names_of(group) == {manager.username}
    Group.objects.filter(pk=group.pk).update(rule={"is": "salary", "value": "9"})
    evaluate_rules()
    assert names_of(group) == set()
    assert "cannot be read" in caplog.text
    client = sign_in(administrator)
    assert client.get(group.get_absolute_url()).status_code == 200
    assert client.get(f"/groups/{group.uuid}/edit/").status_code == 200


def test_changing_the_rule_changes_who_belongs(administrator: Person, manager: Person, colleague: Person) -> None:
    group = create_group(actor=administrator, name_fr="Change", rule=MANAGERS)
    everyone = {"any": [MANAGERS, {"not": MANAGERS}]}
    change_group(group, actor=administrator, name_fr="Change", rule=everyone, owners=[administrator])
    assert names_of(group) == {administrator.username, manager.username, colleague.username}
    circle = {"not": rule_named(group)}
    with pytest.raises(ValidationError):
        change_group(group, actor=administrator, name_fr="Change", rule=circle, owners=[administrator])
    group.refresh_from_db()
    assert group.rule == everyone


def test_a_rule_over_a_group_tells_its_owner_nobodys_name(
    administrator: Person, manager: Person, colleague: Person, sign_in: SignIn
) -> None:
    """SECURITY: a group whose members I may not read is not read by composing a rule over it."""
    secret = create_group(actor=administrator, name_fr="Programme d'aide")
    add_members(secret, [colleague], actor=administrator)
    mine = create_group(actor=manager, name_fr="Détour", rule=rule_named(secret))
    page = sign_in(manager).get(f"{mine.get_absolute_url()}?person={colleague.username}").content.decode()
    assert colleague.name not in page and str(colleague.uuid) not in page
    edit = sign_in(manager).get(f"/groups/{mine.uuid}/edit/").content.decode()
    assert colleague.name not in edit
    assert colleague.name in sign_in(administrator).get(mine.get_absolute_url()).content.decode()


# -- What a group opens ------------------------------------------------------------------------------------------------


def test_what_is_addressed_to_a_group_opens_and_closes_with_it(
    administrator: Person, manager: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = create_group(actor=administrator, name_fr="Gestionnaires", rule=MANAGERS)
    space = create_community(actor=administrator, name_fr="Entre gestionnaires")
    change_access(space, Space.Access.OPEN, audience_of({f"group:{group.pk}"}), actor=fresh(administrator))
    topic = start_topic(space, "Budget", "Texte", actor=fresh(administrator))
    client = sign_in(colleague)
    assert client.get(topic.get_absolute_url()).status_code == 404
    Person.objects.filter(pk=colleague.pk).update(is_manager=True)
    assert client.get(topic.get_absolute_url()).status_code == 404
    evaluate_rules()
    assert client.get(topic.get_absolute_url()).status_code == 200
    Person.objects.filter(pk=colleague.pk).update(is_manager=False)
    evaluate_rules()
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert sign_in(manager).get(topic.get_absolute_url()).status_code == 200
    withdraw_group(group, actor=administrator)
    assert sign_in(manager).get(topic.get_absolute_url()).status_code == 404


def test_a_withdrawn_group_opens_nothing_even_with_members_left(administrator: Person, colleague: Person) -> None:
    """SECURITY: a sign-in that mirrors LDAP's groups may put somebody back in a group that is gone."""
    group = Group.objects.create(name_fr="Parti", ldap_name="parti", source="ldap")
    group.members.add(colleague)
    space = create_community(actor=administrator, name_fr="Fermée")
    change_access(space, Space.Access.OPEN, audience_of({f"group:{group.pk}"}), actor=fresh(administrator))
    assert Space.objects.visible_to(fresh(colleague)).filter(pk=space.pk).exists()
    Group.objects.filter(pk=group.pk).update(is_active=False)
    assert not Space.objects.visible_to(fresh(colleague)).filter(pk=space.pk).exists()


# -- Pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_names_are_shown_as_text(manager: Person, sign_in: SignIn, language: str) -> None:
    evil = "<script>alert(1)</script>"
    group = create_group(actor=manager, name_fr=evil, name_en=evil, purpose_fr=evil, rule=MANAGERS)
    over = create_group(actor=manager, name_fr="Sur l'autre", rule={"not": rule_named(group)})
    client = sign_in(manager, language)
    for address in ("/groups/", group.get_absolute_url(), over.get_absolute_url(), f"/groups/{over.uuid}/edit/"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_groups_are_found_by_part_of_their_name(manager: Person, colleague: Person, sign_in: SignIn) -> None:
    for name in ("Équipe de déneigement", "Comité d'embellissement"):
        create_group(actor=manager, name_fr=name)
    client = sign_in(colleague)
    found = client.get("/groups/?q=deneigement+EQUIPE").content.decode()
    assert "déneigement" in found and "embellissement" not in found
    for odd in ("%", "\0", "x" * 5000, "'; --"):
        assert client.get("/groups/", {"q": odd}).status_code == 200
    assert client.get("/groups/?after=abc").status_code == 200
    assert client.get("/groups/?after=999999").status_code == 200


def test_lists_cost_the_same_however_long(manager: Person, colleague: Person, sign_in: SignIn) -> None:
    def more(count: int) -> None:
        for number in range(count):
            group = create_group(actor=manager, name_fr=f"Groupe {number}")
            add_members(group, [colleague, manager], actor=manager)

    more(2)
    client = sign_in(colleague)
    before = queries_of(client, "/groups/")
    more(12)
    assert queries_of(client, "/groups/") == before
    group = create_group(actor=manager, name_fr="Grand")
    add_members(group, [colleague], actor=manager)
    before = queries_of(client, group.get_absolute_url())
    some = [make_person(f"p.{number}", unit=colleague.unit) for number in range(20)]
    add_members(group, some, actor=manager)
    add_members(group, [manager], actor=manager)
    assert queries_of(client, group.get_absolute_url()) == before


def test_evaluating_costs_two_queries_for_a_group_that_did_not_change(administrator: Person, borough: Unit) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert evaluate_rules() == []
        return len(captured)

    rule = {"all": [{"is": "unit", "value": str(borough.uuid), "below": True}, {"not": MANAGERS}]}
    create_group(actor=administrator, name_fr="Un", rule=rule)
    evaluate_rules()
    alone = cost()
    for number in range(5):
        create_group(actor=administrator, name_fr=f"Autre {number}", rule=rule)
    assert cost() == alone + 2 * 5
    for number in range(40):
        make_person(f"q.{number}", unit=borough)
    assert len(evaluate_rules()) == 6
    assert cost() == alone + 2 * 5
