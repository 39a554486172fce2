"""The rule of visibility, checked against its own sentence in plain Python on a matrix of people and objects."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from directory.models import Group, Person, Unit
from foundation.activity.models import Activity, Notification, ReadMark
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal, principals_of
from foundation.content.models import Content, Share, State
from foundation.content.policies import readers_of
from foundation.content.querysets import SHOWN, reach_of, resolve_reach, visible_row
from foundation.spaces.models import Membership, Role, Space
from foundation.spaces.querysets import roles_of
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

# What is asked of one thing by the query that is written out.
PLACE = ("c.id", "c.space_id")


def _may_see(person: Person, content: Content) -> bool:
    """The rule, as the house plan says it."""
    mine = principals_of(person)
    role = roles_of(person).get(content.space_id, 0)
    space = content.space
    in_space = role > 0 or (space.access == "open" and space.audience and mine & space.audience.principals)
    in_audience = content.audience is None or content.author_id == person.pk or mine & content.audience.principals
    if content.state == State.DRAFT:
        return bool(in_space and in_audience and (content.author_id == person.pk or role >= Role.EDITOR))
    if content.state not in SHOWN:
        return False
    shared = any(one.principal in mine for one in content.shares.active())
    return bool((in_space and in_audience) or shared)


@pytest.fixture(params=[1, 2, 3])
def world(request: pytest.FixtureRequest, city: Unit, borough: Unit) -> tuple[list[Person], list[Content]]:
    """Random people, spaces and objects of every sort."""
    dice = random.Random(request.param)
    group = Group.objects.create(name_fr="Essai")
    kinds = ["employee", "employee", "elected", "external"]
    people = [
        make_person(f"personne.n{number}", unit=dice.choice([city, borough, None]), kind=dice.choice(kinds))
        for number in range(12)
    ]
    group.members.set(dice.sample(people, 4))
    pool = ["everyone", "elected", principal("unit", borough.pk), principal("group", group.pk)]
    pool += [principal("person", one.pk) for one in people[:4]]
    spaces = []
    for number in range(8):
        audience = audience_of(dice.sample(pool, dice.randint(1, 3))) if dice.random() < 0.8 else None
        access = dice.choice(["open", "open", "restricted", "hidden"])
        space = Space.objects.create(
            kind="community", slug=f"s{number}", name_fr=f"Espace {number}", access=access, audience=audience
        )
        for person in dice.sample(people, dice.randint(0, 4)):
            Membership.objects.create(space=space, person=person, role=dice.choice(Role.values))
        if dice.random() < 0.4:
            Membership.objects.create(space=space, principal=dice.choice(pool), role=dice.choice(Role.values))
        spaces.append(space)
    objects = []
    for number in range(80):
        author = dice.choice(people)
        one = Content.objects.create(
            kind="topic",
            space=dice.choice(spaces),
            title=f"Objet {number}",
            language="fr",
            author=author,
            owner=author,
            state=dice.choice(["published"] * 5 + ["archived", "draft", "trashed"]),
            audience=audience_of(dice.sample(pool, 2)) if dice.random() < 0.4 else None,
            updated=timezone.now() - timedelta(hours=dice.randint(0, 5)),
        )
        if dice.random() < 0.3:
            ends = dice.choice([None, timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)])
            Share.objects.create(content=one, principal=dice.choice(pool), by=author, expires=ends)
        objects.append(one)
    return people, objects


def test_the_list_the_single_object_and_the_sentence_agree(world: tuple[list[Person], list[Content]]) -> None:
    people, objects = world
    seen = 0
    for person in map(fresh, people):
        expected = {one.pk for one in objects if _may_see(person, one)}
        assert set(Content.objects.visible_to(person).values_list("pk", flat=True)) == expected
        singly = {one.pk for one in objects if Content.objects.visible_to(person).filter(uuid=one.uuid).exists()}
        assert singly == expected
        # Written out, for sockets.
        assert {one.pk for one in objects if visible_row(person, one.uuid, PLACE) == (one.pk, one.space_id)} == expected
        assert all(visible_row(person, one.uuid, PLACE) is None for one in objects if one.pk not in expected)
        seen += len(expected)
    assert 0 < seen < len(people) * len(objects)


def test_many_resolved_together_reach_what_each_reaches_alone(
    world: tuple[list[Person], list[Content]], django_assert_num_queries: Any
) -> None:
    people, objects = world
    Person.objects.filter(pk=people[0].pk).update(is_active=False)
    alone, together = list(map(fresh, people)), [*map(fresh, people), AnonymousUser()]
    # Groups, memberships, open spaces and shares: for one as for thirteen.
    with django_assert_num_queries(4):
        resolve_reach(together)
    with django_assert_num_queries(0):
        reached = [reach_of(one) for one in together[1:-1]]
    assert reached == [reach_of(one) for one in alone[1:]]
    assert [principals_of(one) for one in together[:-1]] == [principals_of(one) for one in alone]
    assert [roles_of(one) for one in together[:-1]] == [roles_of(one) for one in alone]
    assert not principals_of(together[0]) and not principals_of(together[-1])
    for person in together[1:-1]:
        expected = {one.pk for one in objects if _may_see(fresh(person), one)}
        assert {one.pk for one in objects if visible_row(person, one.uuid, PLACE)} == expected
    # Who is known already is not asked about again.
    with django_assert_num_queries(0):
        resolve_reach(together)


def test_who_reads_a_thing_is_the_same_rule_from_the_other_end(world: tuple[list[Person], list[Content]]) -> None:
    people, objects = world
    for one in objects:
        readers = set(Person.objects.filter(readers_of(one)).values_list("pk", flat=True))
        told = one.state != "trashed"
        expected = {person.pk for person in map(fresh, people) if told and _may_see(person, one)}
        assert readers == expected, one


def test_the_newest_are_the_visible_published_ones_in_order(world: tuple[list[Person], list[Content]]) -> None:
    people, objects = world
    for person in map(fresh, people):
        visible = [one for one in objects if one.state == "published" and _may_see(person, one)]
        visible.sort(key=lambda one: (one.updated, one.pk), reverse=True)
        newest = list(Content.objects.newest_for(person, 10))
        assert [one.pk for one in newest] == [one.pk for one in visible[:10]]
        if len(visible) > 10:
            cursor = (newest[-1].updated, newest[-1].pk)
            following = Content.objects.newest_for(person, 10, before=cursor)
            assert [one.pk for one in following] == [one.pk for one in visible[10:20]]
        mine = [one for one in visible if one.space_id in roles_of(person) and _in_space(person, one)]
        assert [one.pk for one in Content.objects.feed_of(person, 10)] == [one.pk for one in mine[:10]]


def test_the_badge_counts_what_the_list_shows(world: tuple[list[Person], list[Content]]) -> None:
    people, objects = world
    dice = random.Random(7)
    Person.objects.update(created=timezone.now() - timedelta(days=2))
    for one in objects:
        activity = Activity.objects.create(verb="content.trashed", actor=people[0], content=one, space=one.space)
        told = dice.choice([{"person": dice.choice(people)}, {"audience": one.audience or one.space.audience}])
        if any(told.values()):
            Notification.objects.create(activity=activity, reason="follow", **told)
    for space in {one.space for one in objects}:
        activity = Activity.objects.create(verb="spaces.joined", actor=people[0], space=space)
        Notification.objects.create(activity=activity, reason="member", person=dice.choice(people))
    for notification in Notification.objects.filter(person__isnull=True)[:10]:
        ReadMark.objects.create(notification=notification, person=dice.choice(people))
    Notification.objects.filter(person__isnull=False, pk__in=[1, 5, 9, 12]).update(read=timezone.now())
    counts = []
    for person in map(fresh, people):
        listed = Notification.objects.visible_to(person).unread_by(person).count()
        assert Notification.objects.unread_count(person) == listed
        counts.append(listed)
    assert any(counts)


def _in_space(person: Person, content: Content) -> bool:
    """Seen through its space, not only through a share."""
    mine = principals_of(person)
    return content.audience is None or content.author_id == person.pk or bool(mine & content.audience.principals)


def test_a_deactivated_person_sees_nothing(world: tuple[list[Person], list[Content]]) -> None:
    people, _objects = world
    Person.objects.filter(pk=people[0].pk).update(is_active=False)
    assert not Content.objects.visible_to(fresh(people[0])).exists()
    assert not Space.objects.visible_to(fresh(people[0])).exists()
