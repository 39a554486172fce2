"""Leaving and coming back: access ends at once, what people wrote stays, what they answered for passes."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group as Rights
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.actions import create_community, start_topic
from communities.models import Topic
from directory import actions
from directory.models import Group, Handover, Person, PersonWord, Position, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused
from foundation.content.actions import trash
from foundation.content.models import Content
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
RESPONSIBILITIES = "/settings/responsibilities/"


@pytest.fixture
def boss(city: Unit, host: Person) -> Person:
    """The manager of `host`."""
    found = make_person("berthe.boss", unit=city)
    Person.objects.filter(pk=host.pk).update(manager=found)
    return found


def role_of(person: Person, space: Space) -> int | None:
    return space.memberships.filter(person=person).values_list("role", flat=True).first()


def main(answer: Any) -> str:
    return answer.content.decode().split("<main")[1]


def test_access_ends_at_once_and_gives_nothing_back_on_return(host: Person, city: Unit, sign_in: SignIn) -> None:
    client = sign_in(host)
    assert client.get("/").status_code == 200
    _token, secret = actions.create_token("robot", actor=host, scope="read", expires=timezone.now() + timedelta(days=9))
    bearer = {"authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    Person.objects.filter(pk=host.pk).update(is_staff=True, is_superuser=True)
    host.user_permissions.add(Permission.objects.get(codename="export_person"))
    host.groups.add(Rights.objects.create(name="Réviseurs"))
    today = timezone.localdate()
    Position.objects.create(person=host, unit=city, kind="head", starts=today - timedelta(days=30))
    Position.objects.create(person=host, unit=city, kind="member", starts=today + timedelta(days=30))
    actions.leave([host.pk])
    assert client.get("/").status_code == 302
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401
    host = fresh(host)
    assert not (host.is_active or host.is_staff or host.is_superuser) and host.left == today
    assert not host.sessions.exists() and not host.tokens.exists() and not host.groups.exists()
    assert [one.ends for one in host.positions.all()] == [today]
    assert not PersonWord.objects.filter(person=host).exists()
    actions.come_back([host.pk])
    host = fresh(host)
    assert host.is_active and host.left is None and PersonWord.objects.filter(person=host).exists()
    assert not (host.is_staff or host.is_superuser or host.user_permissions.exists() or host.tokens.exists())


def test_what_they_wrote_stays_and_what_they_answered_for_passes_to_the_manager(
    topic: Topic, community: Space, host: Person, boss: Person, colleague: Person, sign_in: SignIn
) -> None:
    trashed = start_topic(community, "À la corbeille", "Texte", actor=fresh(host))
    trash(trashed, actor=fresh(host))
    group = Group.objects.create(name_fr="Amis du béton")
    group.owners.add(host)
    [handover] = actions.leave([host.pk])
    assert (handover.leaver_id, handover.heir_id) == (host.pk, boss.pk)
    topic.refresh_from_db()
    assert topic.author == host and topic.owner == boss
    assert Content.objects.get(pk=trashed.pk).owner == host
    assert role_of(boss, community) == Role.OWNER and role_of(host, community) == Role.CONTRIBUTOR
    assert list(group.owners.all()) == [boss]
    # The page of the topic still names who wrote it.
    assert host.name in main(sign_in(colleague).get(topic.get_absolute_url()))
    page = main(sign_in(fresh(boss)).get(RESPONSIBILITIES))
    for text in (topic.title, "Béton et chaussées", "Amis du béton"):
        assert text in page
    assert page.count(host.name) >= 3
    # What passed stays with who took it over.
    actions.come_back([host.pk])
    assert Content.objects.get(pk=topic.pk).owner == boss and role_of(boss, community) == Role.OWNER


def test_a_space_with_another_active_host_keeps_its_hosts(
    community: Space, host: Person, boss: Person, member: Person
) -> None:
    Membership.objects.filter(space=community, person=member).update(role=Role.OWNER)
    assert actions.leave([host.pk]) == []
    assert role_of(boss, community) is None and role_of(host, community) == Role.OWNER
    [handover] = actions.leave([member.pk])
    assert handover.heir is None


def test_the_nearest_active_manager_above_takes_over(topic: Topic, host: Person, boss: Person, city: Unit) -> None:
    top = make_person("tania.toute", unit=city)
    Person.objects.filter(pk=boss.pk).update(manager=top)
    # Both at once: the one between leaves too.
    handovers = actions.leave([boss.pk, host.pk])
    assert [one.heir_id for one in handovers] == [top.pk]
    assert Content.objects.get(pk=topic.pk).owner == top


def test_without_manager_whoever_leads_the_unit_or_one_above(topic: Topic, host: Person, city: Unit) -> None:
    head, acting = make_person("hana.tete", unit=city), make_person("irma.interim", unit=city)
    start = timezone.localdate() - timedelta(days=3)
    Position.objects.create(person=acting, unit=city, kind="acting_head", source="portal", starts=start)
    Position.objects.create(person=head, unit=city, kind="head", starts=start)
    [handover] = actions.leave([host.pk])
    assert handover.heir_id == head.pk


@pytest.mark.parametrize("case", ["nobody", "loop", "external"])
def test_with_nobody_to_take_over_it_is_kept_and_logged(
    topic: Topic, host: Person, member: Person, outsider: Person, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    if case == "loop":
        Person.objects.filter(pk=host.pk).update(manager=member)
        Person.objects.filter(pk=member.pk).update(manager=host)
    if case == "external":
        Person.objects.filter(pk=host.pk).update(manager=outsider)
    with caplog.at_level(logging.WARNING):
        [handover] = actions.leave([host.pk, member.pk])
    assert handover.heir is None and handover.items.filter(content_id=topic.pk).exists()
    assert Content.objects.get(pk=topic.pk).owner == host
    assert "nobody takes over" in caplog.text


def test_who_answers_for_nothing_leaves_no_handover_and_leaving_twice_does_nothing(
    colleague: Person, host: Person, topic: Topic, boss: Person
) -> None:
    assert actions.leave([colleague.pk]) == []
    assert len(actions.leave([host.pk])) == 1
    assert actions.leave([host.pk, colleague.pk]) == []
    assert Handover.objects.count() == 1


def test_many_leavers_with_many_things_cost_the_same(host: Person, boss: Person, borough: Unit) -> None:
    def leaving(people: int, things: int, name: str) -> int:
        ids = []
        for number in range(people):
            one = make_person(f"{name}{number}.part", unit=borough, manager=boss)
            space = create_community(actor=fresh(one), name_fr=f"{name} {number}")
            for thing in range(things):
                start_topic(space, f"Sujet {thing}", "Texte", actor=fresh(one))
            group = Group.objects.create(name_fr=f"{name} {number}")
            group.owners.add(one)
            ids.append(one.pk)
        with CaptureQueriesContext(connection) as queries:
            handovers = actions.leave(ids)
        assert len(handovers) == people and all(one.heir_id == boss.pk for one in handovers)
        return len(queries)

    few = leaving(2, 1, "peu")
    assert leaving(12, 4, "beaucoup") == few


def test_personal_things_pass_to_nobody(host: Person, boss: Person) -> None:
    space = Space.objects.create(kind="personal", slug="helene", name_fr="Hélène")
    Membership.objects.create(space=space, person=host, role=Role.OWNER)
    mine = start_topic(space, "Journal", "Texte", actor=fresh(host))
    assert actions.leave([host.pk]) == []
    assert Content.objects.get(pk=mine.pk).owner == host and role_of(boss, space) is None


def test_whom_an_administrator_shut_out_only_an_administrator_lets_in(host: Person, topic: Topic, boss: Person) -> None:
    actions.deactivate(host)
    assert Content.objects.get(pk=topic.pk).owner == boss
    actions.come_back([host.pk])
    assert not fresh(host).is_active
    with pytest.raises(Refused):
        actions.reactivate(fresh(host), actor=boss)
    administrator = make_person("anne.admin", is_staff=True)
    actions.reactivate(fresh(host), actor=administrator)
    assert fresh(host).is_active and not fresh(host).is_suspended
    assert Activity.objects.get(verb="directory.person_reactivated").actor == administrator
    # Whom LDAP shut out, LDAP lets in again.
    actions.leave([host.pk])
    with pytest.raises(Refused):
        actions.reactivate(fresh(host), actor=administrator)


def test_at_the_desk_people_are_let_in_again(host: Person, sign_in: SignIn) -> None:
    actions.deactivate(host)
    superuser = make_person("sara.super", is_staff=True, is_superuser=True)
    data = {"action": "reactivate_people", "_selected_action": [host.pk]}
    assert sign_in(superuser).post("/admin/directory/person/", data).status_code == 302
    assert fresh(host).is_active


# -- my responsibilities ---------------------------------------------------------------------------------------------


def pass_on(client: Client, what: str, thing: Any, to: str) -> Any:
    return client.post(f"{RESPONSIBILITIES}{what}/{thing.uuid}/pass-on/", {"person": to})


def test_empty_page_teaches(colleague: Person, sign_in: SignIn) -> None:
    assert 'class="empty"' in main(sign_in(colleague).get(RESPONSIBILITIES))


def test_a_content_is_passed_on_told_and_passed_back(
    topic: Topic, host: Person, colleague: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    client = sign_in(host)
    assert topic.title in main(client.get(f"{RESPONSIBILITIES}content/{topic.uuid}/pass-on/"))
    assert pass_on(client, "content", topic, colleague.username).status_code == 302
    assert Content.objects.get(pk=topic.pk).owner == colleague
    assert f"content/{topic.uuid}/pass-on/" not in main(client.get(RESPONSIBILITIES))
    deliver()
    told = Notification.objects.get(person=colleague, activity__verb="content.passed_on")
    assert told.activity.actor == host
    theirs = sign_in(fresh(colleague))
    page = main(theirs.get(RESPONSIBILITIES))
    assert topic.title in page and host.name in page
    assert pass_on(client, "content", topic, colleague.username).status_code == 404
    assert pass_on(theirs, "content", topic, host.username).status_code == 302
    assert Content.objects.get(pk=topic.pk).owner == host


def test_a_community_and_a_group_are_passed_on(
    community: Space, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = Group.objects.create(name_fr="Amis du béton")
    group.owners.add(host)
    client = sign_in(host)
    assert pass_on(client, "space", community, colleague.username).status_code == 302
    assert role_of(colleague, community) == Role.OWNER and role_of(host, community) == Role.CONTRIBUTOR
    assert pass_on(client, "group", group, colleague.username).status_code == 302
    assert list(group.owners.all()) == [colleague]
    assert pass_on(sign_in(host), "space", community, colleague.username).status_code == 404
    page = main(sign_in(fresh(colleague)).get(RESPONSIBILITIES))
    assert page.count(host.name) >= 2


def test_only_to_an_active_colleague_who_can_read_it(
    host: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    hidden = create_community(actor=fresh(host), name_fr="Secrète", access=Space.Access.HIDDEN)
    secret = start_topic(hidden, "Sujet secret", "Chut.", actor=fresh(host))
    gone = make_person("paul.parti")
    actions.leave([gone.pk])
    client = sign_in(fresh(host))
    for to in (host.username, colleague.username, outsider.username, gone.username, "", "personne"):
        for what, thing in (("content", secret), ("space", hidden)):
            answer = pass_on(client, what, thing, to)
            assert answer.status_code == 422, (what, to)
            assert "field__error" in answer.content.decode()
    assert Content.objects.get(pk=secret.pk).owner == host and role_of(host, hidden) == Role.OWNER
    Membership.objects.create(space=hidden, person=colleague, role=Role.READER)
    assert pass_on(client, "content", secret, colleague.username).status_code == 302


def test_what_one_does_not_answer_for_is_not_found(
    topic: Topic, community: Space, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = Group.objects.create(name_fr="Amis du béton")
    client = sign_in(member)
    for what, thing in (("content", topic), ("space", community), ("group", group), ("other", topic)):
        assert client.get(f"{RESPONSIBILITIES}{what}/{thing.uuid}/pass-on/").status_code == 404
        assert pass_on(client, what, thing, colleague.username).status_code == 404
    with pytest.raises(Refused):
        actions.pass_on(topic, colleague, actor=member)
    ldap = Group.objects.create(name_fr="De LDAP", ldap_name="ldap", source="ldap")
    ldap.owners.add(member)
    assert pass_on(client, "group", ldap, colleague.username).status_code == 404


def test_what_passed_in_a_hidden_community_is_counted_not_shown(
    host: Person, boss: Person, member: Person, sign_in: SignIn
) -> None:
    hidden = create_community(actor=fresh(member), name_fr="Secrète", access=Space.Access.HIDDEN)
    Membership.objects.create(space=hidden, person=host, role=Role.CONTRIBUTOR)
    start_topic(hidden, "Sujet secret", "Chut.", actor=fresh(host))
    actions.leave([host.pk])
    page = main(sign_in(fresh(boss)).get(RESPONSIBILITIES))
    assert "Sujet secret" not in page and "Secrète" not in page and "notice--info" in page


def test_pages_of_twenty_without_gap_and_the_same_cost(community: Space, host: Person, sign_in: SignIn) -> None:
    start_topic(community, "Premier", "Texte", actor=fresh(host))
    client = sign_in(host)
    with CaptureQueriesContext(connection) as one:
        client.get(RESPONSIBILITIES)
    titles = {start_topic(community, f"Sujet {n:02}", "Texte", actor=fresh(host)).title for n in range(44)} | {
        "Premier"
    }
    with CaptureQueriesContext(connection) as many:
        client.get(RESPONSIBILITIES)
    assert len(many) == len(one)
    seen, address = [], RESPONSIBILITIES
    while address:
        answer = client.get(address)
        seen += [row[0].title for row in answer.context["contents"]]
        following = answer.context["next_url"]
        address = f"{RESPONSIBILITIES}{following}" if following else ""
    assert len(seen) == 45 and set(seen) == titles
    assert client.get(f"{RESPONSIBILITIES}?before=cass%C3%A9").status_code == 400
    assert client.get(f"{RESPONSIBILITIES}?kind=inconnu").status_code == 200
