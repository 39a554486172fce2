"""Rules, audiences, memberships held by a principal, shares: the floor's own promises."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from communities.models import Topic
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.models import Audience
from foundation.audiences.policies import Refused, ask, people_who_can, require, rule
from foundation.audiences.principals import holders_of, label_of, principal, principals_of
from foundation.content.actions import share
from foundation.content.models import Content
from foundation.search.actions import clear_batch, queue, read_batch
from foundation.search.models import Outbox
from foundation.spaces.actions import add_member, create_space, remove_member
from foundation.spaces.models import Membership, Role, Space
from foundation.spaces.querysets import roles_of
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db


def test_the_same_set_is_the_same_row(city: Unit) -> None:
    one = audience_of(["everyone", principal("unit", city.pk), "everyone"])
    assert audience_of([principal("unit", city.pk), "everyone"]) == one
    assert Audience.objects.count() == 1
    assert one.principals == {"everyone", principal("unit", city.pk)}
    with pytest.raises(ValueError, match="at least one"):
        audience_of([])
    with pytest.raises(LookupError):
        audience_of(["nobody:7"])


def test_principals_include_ancestors_and_spaces(community: Space, member: Person, city: Unit, borough: Unit) -> None:
    held = principals_of(fresh(member))
    assert {"everyone", principal("unit", city.pk), principal("unit", borough.pk)} <= held
    assert {principal("space", community.pk), principal("person", member.pk)} <= held
    assert "elected" not in held


def test_an_external_is_not_everyone(outsider: Person, city: Unit) -> None:
    Person.objects.filter(pk=outsider.pk).update(unit=city)
    held = principals_of(fresh(outsider))
    assert "everyone" not in held and principal("unit", city.pk) in held


@pytest.mark.parametrize("language", ["fr", "en"])
def test_principals_read_as_words(community: Space, borough: Unit, member: Person, language: str) -> None:
    with override(language):
        everyone = {"fr": "Tout le personnel et les personnes élues", "en": "All staff and elected officials"}
        assert label_of("everyone") == everyone[language]
        assert label_of(principal("unit", borough.pk)) == "Verdun"
        assert label_of(principal("person", member.pk)) == member.name
        assert label_of(principal("space", community.pk)) == community.name


def test_holders_are_the_people_who_hold(community: Space, member: Person, host: Person, colleague: Person) -> None:
    chosen = {principal("space", community.pk), principal("person", colleague.pk)}
    found = set(Person.objects.filter(holders_of(chosen)))
    assert found == {host, member, colleague}
    assert not Person.objects.filter(holders_of(set())).exists()


def test_a_membership_held_by_a_principal(host: Person, borough: Unit, colleague: Person) -> None:
    space = create_space(Space.Kind.UNIT, actor=host, name_fr="Site de Verdun", access=Space.Access.HIDDEN)
    assert not Space.objects.visible_to(fresh(colleague)).filter(pk=space.pk).exists()
    Membership.objects.create(space=space, principal=principal("unit", borough.pk), role=Role.READER)
    assert roles_of(fresh(colleague))[space.pk] == Role.READER
    assert Space.objects.visible_to(fresh(colleague)).filter(pk=space.pk).exists()
    # The best of several roles counts.
    Membership.objects.create(space=space, person=colleague, role=Role.EDITOR)
    assert roles_of(fresh(colleague))[space.pk] == Role.EDITOR


def test_people_who_can_asks_the_rule_itself(community: Space, host: Person, member: Person, colleague: Person) -> None:
    assert people_who_can("spaces.manage", community) == [host]
    assert set(people_who_can("spaces.contribute", community)) == {host, member}
    assert colleague in people_who_can("spaces.join", community)
    with pytest.raises(LookupError):
        people_who_can("spaces.mistyped", community)


def test_rules_answer_through_has_perm(community: Space, host: Person, member: Person) -> None:
    assert fresh(host).has_perm("spaces.manage", community)
    assert not fresh(member).has_perm("spaces.manage", community)
    assert not fresh(host).has_perm("spaces.mistyped", community)
    with pytest.raises(LookupError):
        require(fresh(host), "spaces.mistyped", community)
    with pytest.raises(ValueError, match="twice"):
        rule("spaces.manage")(lambda person, obj: ask(person, "spaces.edit", obj))


def test_personal_spaces_are_their_owners_alone(host: Person, member: Person) -> None:
    mine = create_space(Space.Kind.PERSONAL, actor=host, name_fr="Hélène", access=Space.Access.HIDDEN)
    for _number in range(5):
        other = make_person(f"autre.p{_number}")
        create_space(Space.Kind.PERSONAL, actor=other, name_fr=other.name, access=Space.Access.HIDDEN)
    assert mine.get_absolute_url() == "/boards/?which=mine"  # where what one keeps for oneself is listed
    assert list(Space.objects.visible_to(fresh(host)).filter(kind="personal")) == [mine]
    assert not Space.objects.visible_to(fresh(member)).filter(kind="personal").exists()


def test_a_share_ends_at_its_date(topic: Topic, host: Person, outsider: Person) -> None:
    with pytest.raises(ValueError, match="prendrait fin"):
        share(topic, principal("person", outsider.pk), actor=host, expires=timezone.now() - timedelta(minutes=1))
    given = share(topic, principal("person", outsider.pk), actor=host, expires=timezone.now() + timedelta(days=1))
    assert Content.objects.visible_to(fresh(outsider)).count() == 1
    given.expires = timezone.now() - timedelta(seconds=1)
    given.save(update_fields=["expires"])
    assert not Content.objects.visible_to(fresh(outsider)).exists()


def test_hosts_manage_members_and_never_lose_the_last_of_them(
    community: Space, host: Person, colleague: Person
) -> None:
    add_member(community, colleague, Role.OWNER, actor=host)
    remove_member(community, host, actor=fresh(colleague))
    assert not Membership.objects.filter(space=community, person=host).exists()
    with pytest.raises(Refused):
        add_member(community, colleague, Role.READER, actor=fresh(colleague))
    with pytest.raises(Refused):
        remove_member(community, colleague, actor=fresh(colleague))


def test_resolving_who_one_is_takes_four_queries_once(topic: Topic, member: Person) -> None:
    person = fresh(member)
    with CaptureQueriesContext(connection) as first:
        list(Content.objects.visible_to(person))
    with CaptureQueriesContext(connection) as second:
        list(Content.objects.visible_to(person))
    assert (len(first), len(second)) == (5, 1)


def test_what_changes_while_it_is_indexed_stays_in_the_outbox(topic: Topic) -> None:
    Outbox.objects.all().delete()
    queue([topic.pk])
    batch = read_batch()
    queue([topic.pk])
    assert clear_batch(batch) == 0
    assert clear_batch(read_batch()) == 1
    assert not Outbox.objects.exists()
