"""Every form of the visibility rule gives what the rule says, on both databases.

The forms differ by who asks (constants, newest of each space, one space alone, shares in one list of ids); the rule is
told here a second time, as a loop over 10,000 things for people of every sort, and must agree: same things, same order.
"""

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from communities.models import Topic
from directory.models import Group, Person, Unit
from foundation.audiences.models import Audience, AudiencePrincipal
from foundation.content.models import Content, Share
from foundation.content.querysets import UNNEST_UP_TO
from foundation.spaces.models import Membership, Space
from tests.parts import PrivatePostgres, require

# The databases are made ready for tests that say they need one; the data live for the whole module.
# One worker takes them all: making the city is most of the time.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("visibility")]

THINGS = 10_000
# More than the number up to which the newest of each space are taken.
SPACES = UNNEST_UP_TO + 60
KINDS = ("topic", "application", "notice")
PEOPLE = {
    "ordinary": ("employee", "unit"),
    "heavy": ("employee", "unit"),
    "newcomer": ("employee", ""),
    "elected": ("elected", "root"),
    "outsider": ("external", ""),
    "dormant": ("external", ""),
    "partner": ("external", ""),
    "nobody": ("external", ""),
    "shared": ("external", ""),
    "gone": ("employee", "unit"),
    "author": ("employee", "root"),
    "sleepy": ("employee", "root"),
}
NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.get_default_timezone())


@dataclass
class City:
    """What was made, as plain Python."""

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[int, set[int]] = field(default_factory=dict)
    audiences: dict[int, set[str]] = field(default_factory=dict)
    spaces: dict[int, Space] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)
    things: list[Content] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)

    def rule(self, person: Person) -> "Rule":
        return Rule(self, person)


class Rule:
    """The rule, told the slow way."""

    def __init__(self, city: City, person: Person) -> None:
        self.person = person
        known = {f"person:{person.pk}"} | ({"everyone"} if person.kind != "external" else set())
        known |= {"elected"} if person.kind == "elected" else set()
        known |= {f"unit:{one}" for one in person.unit.path.strip("/").split("/")} if person.unit else set()
        known |= {f"group:{group}" for group, members in city.groups.items() if person.pk in members}
        self.roles: dict[int, int] = {}
        for one in city.memberships:
            if one.person_id == person.pk or (one.principal and one.principal in known):
                self.roles[one.space_id] = max(one.role, self.roles.get(one.space_id, 0))
        mine = known | {f"space:{one}" for one in self.roles} if person.is_active else set()
        self.audiences = {pk for pk, principals in city.audiences.items() if principals & mine}
        self.spaces = {
            pk
            for pk, space in city.spaces.items()
            if person.is_active
            and (pk in self.roles or (space.access == "open" and space.audience_id in self.audiences))
        }
        self.shared = {
            one.content_id
            for one in city.shares
            if one.principal in mine and not one.withdrawn and (one.expires is None or one.expires > timezone.now())
        }
        self.visible = sorted((one for one in city.things if self.allows(one)), key=lambda one: (one.updated, one.pk))
        self.visible.reverse()

    def allows(self, thing: Content) -> bool:
        is_author = thing.author_id == self.person.pk
        is_shown = thing.state in ("published", "archived")
        if thing.pk in self.shared and is_shown:
            return True
        if thing.space_id not in self.spaces:
            return False
        if thing.audience_id and thing.audience_id not in self.audiences and not is_author:
            return False
        return is_shown or (thing.state == "draft" and (is_author or self.roles.get(thing.space_id, 0) >= 30))


def _people(city: City, chance: random.Random) -> None:
    root = Unit.objects.create(code="V", kind="city", name_fr="Ville", path="/")
    Unit.objects.filter(pk=root.pk).update(path=f"/{root.pk}/")
    unit = Unit.objects.create(code="U", name_fr="Unité", parent=root, path="/")
    Unit.objects.filter(pk=unit.pk).update(path=f"/{root.pk}/{unit.pk}/")
    places = {"root": root, "unit": unit, "": None}
    for name, (kind, place) in PEOPLE.items():
        person = Person(username=name, given_name=name, kind=kind, unit=places[place], search_name=name)
        person.is_active = name != "gone"
        person.save()
        city.people[name] = person
    for number in range(3):
        group = Group.objects.create(name_fr=f"Groupe {number}")
        members = chance.sample(sorted(one.pk for one in city.people.values()), 4)
        group.members.set(members)
        city.groups[group.pk] = set(members)


def _spaces(city: City, chance: random.Random) -> None:
    principals = ["everyone", "elected", *(f"unit:{one}" for one in Unit.objects.values_list("pk", flat=True))]
    principals += [f"group:{one}" for one in city.groups] + [f"person:{one.pk}" for one in city.people.values()]
    everyone = Audience.objects.create(digest="everyone")
    city.audiences[everyone.pk] = {"everyone"}
    for number in range(30):
        audience = Audience.objects.create(digest=str(number))
        city.audiences[audience.pk] = set(chance.sample(principals, 1 + number % 3))
    accesses = ("open",) * 8 + ("restricted", "hidden")
    spaces = [
        Space(
            kind="community", slug=f"s{number}", name_fr=f"Espace {number}", access=accesses[number % 10],
            audience_id=everyone.pk if number % 4 else chance.choice(sorted(city.audiences)),
        )
        for number in range(SPACES)
    ]  # fmt: skip
    city.spaces = {one.pk: one for one in Space.objects.bulk_create(spaces)}
    numbers = sorted(city.spaces)
    # Those of the dormant, the last ones, have no reader but their members.
    Space.objects.filter(pk__in=numbers[-2:]).update(access="hidden")
    for pk in numbers[-2:]:
        city.spaces[pk].access = "hidden"
    held = {
        "ordinary": numbers[:5], "heavy": numbers[10:70], "outsider": numbers[9:10], "dormant": numbers[-2:],
        "partner": numbers[5:30:2], "gone": numbers[:9], "author": numbers[:3], "sleepy": numbers[-2:],
    }  # fmt: skip
    for name, chosen in held.items():
        for place, pk in enumerate(chosen):
            role = (10, 20, 30, 40)[place % 4]
            city.memberships.append(Membership(space_id=pk, person=city.people[name], role=role))
    city.memberships.append(Membership(space_id=numbers[19], principal=f"group:{min(city.groups)}", role=30))
    Membership.objects.bulk_create(city.memberships)
    for number, audience in enumerate(sorted(city.audiences)[5:9]):
        city.audiences[audience].add(f"space:{numbers[number]}")
    AudiencePrincipal.objects.bulk_create(
        AudiencePrincipal(audience_id=pk, principal=one) for pk, them in city.audiences.items() for one in sorted(them)
    )


def _things(city: City, chance: random.Random) -> None:
    spaces, audiences = sorted(city.spaces), sorted(city.audiences)
    authors = [city.people[name].pk for name in ("ordinary", "heavy", "author", "outsider", "partner")]
    states = ("published",) * 16 + ("archived", "draft", "draft", "trashed")
    for number in range(THINGS):
        space = spaces[int(chance.random() ** 2 * (SPACES - 2))] if number % 100 else chance.choice(spaces[-2:])
        # Whole hours: many share one date, and the order falls to the id. The dormant ones are years old.
        hours = chance.randrange(5_000) + (50_000 if space in spaces[-2:] else 0)
        city.things.append(
            Content(
                kind=KINDS[number % 3], space_id=space, title=f"Chose {number}", language="fr",
                audience_id=chance.choice(audiences) if number % 5 == 0 else None,
                author_id=chance.choice(authors), owner_id=authors[0], state=chance.choice(states),
                updated=NOW - timedelta(hours=hours),
            )
        )  # fmt: skip
    Content.objects.bulk_create(city.things, batch_size=1_000)
    topics = [one for one in city.things if one.kind == "topic"]
    for one in topics:
        Topic(content_ptr_id=one.pk, body="x", body_html="x").save_base(raw=True, force_insert=True)
    withdrawn, past, coming = NOW, timezone.now() - timedelta(1), timezone.now() + timedelta(1)
    holders = [f"person:{city.people[name].pk}" for name in ("shared", "ordinary", "dormant", "newcomer", "gone")]
    holders.append(f"group:{max(city.groups)}")
    for number, one in enumerate(chance.sample(city.things, 300)):
        share = Share(content=one, principal=holders[number % len(holders)], by=city.people["author"])
        share.withdrawn = withdrawn if number % 11 == 0 else None
        share.expires = past if number % 13 == 0 else coming if number % 13 == 1 else None
        city.shares.append(share)
    Share.objects.bulk_create(city.shares)


def _made() -> City:
    city, chance = City(), random.Random(7)
    for step in (_people, _spaces, _things):
        step(city, chance)
    return city


def _forget_vendor() -> None:
    """Wagtail's own migrations look at the database when they are imported: they are read again for another one."""
    for name in [one for one in sys.modules if re.match(r"(wagtail\.search|modelsearch)\.migrations\.", one)]:
        del sys.modules[name]


@pytest.fixture(scope="module", params=["default", pytest.param("postgresql", marks=pytest.mark.postgres)])
def city(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[City]:
    """The city on the tests' own database, undone at the end; and on a PostgreSQL of its own."""
    if request.param == "default":
        with django_db_blocker.unblock(), transaction.atomic():
            yield _made()
            transaction.set_rollback(True)
        return
    require(PrivatePostgres)
    with PrivatePostgres(Path(tmp_path_factory.mktemp("postgres"))) as server, django_db_blocker.unblock():
        own = connections["default"]
        values = {**connections.settings["default"], **environ.Env.db_url_config(server.url), "OPTIONS": {}}
        connections.settings["visibility"] = values
        connections["default"] = connections.create_connection("visibility")
        try:
            connections["default"].alias = "default"
            assert connections["default"].vendor == "postgresql"
            _forget_vendor()
            call_command("migrate", verbosity=0)
            yield _made()
        finally:
            connections["default"].close()
            connections["default"] = own
            _forget_vendor()
            del connections.settings["visibility"]


@pytest.fixture(params=PEOPLE)
def asked(request: pytest.FixtureRequest, city: City) -> tuple[Person, Rule, City]:
    person = Person.objects.with_unit().get(pk=city.people[request.param].pk)
    return person, city.rule(person), city


def _keys(things: Any) -> list[int]:
    return [one.pk for one in things]


def test_everything_visible_in_order(asked: tuple[Person, Rule, City]) -> None:
    person, rule, _city = asked
    assert _keys(Content.objects.visible_to(person).newest_first()) == _keys(rule.visible)
    topics = [one for one in rule.visible if one.kind == "topic"]
    assert _keys(Topic.objects.visible_to(person).newest_first()) == _keys(topics)


def test_newest_overall_and_of_a_kind_page_by_page(asked: tuple[Person, Rule, City]) -> None:
    person, rule, _city = asked
    published = [one for one in rule.visible if one.state == "published"]
    for kind in ("", "notice"):
        expected = [one for one in published if kind in ("", one.kind)][:110]
        found: list[Content] = []
        while len(found) < 110:
            before = (found[-1].updated, found[-1].pk) if found else None
            page = list(Content.objects.newest_for(person, 20, kind=kind, before=before))
            found += page
            if len(page) < 20:
                break
        assert _keys(found)[:110] == _keys(expected)


def test_feed_of_my_spaces(asked: tuple[Person, Rule, City]) -> None:
    person, rule, _city = asked
    # Shares apart: a feed is of spaces.
    mine = [
        one
        for one in rule.visible
        if one.state == "published"
        and one.space_id in rule.roles
        and (one.audience_id is None or one.audience_id in rule.audiences or one.author_id == person.pk)
    ]
    assert _keys(Content.objects.feed_of(person, 30)) == _keys(mine[:30])


def test_inside_each_space_in_either_order(asked: tuple[Person, Rule, City]) -> None:
    person, rule, city = asked
    spaces = sorted(city.spaces)
    for pk in [*spaces[:12], *spaces[20:90:7], *spaces[-2:]]:
        space = city.spaces[pk]
        expected = [one for one in rule.visible if one.space_id == pk]
        assert _keys(Content.objects.in_space(space).visible_to(person).newest_first()) == _keys(expected)
        assert _keys(Content.objects.visible_to(person).in_space(space).newest_first()) == _keys(expected)
        topics = [one for one in expected if one.kind == "topic" and one.state == "published"][:20]
        found = Topic.objects.in_space(space).visible_to(person).published().newest_first()[:20]
        assert _keys(found) == _keys(topics)


def test_two_spaces_joined_are_not_taken_for_one(asked: tuple[Person, Rule, City]) -> None:
    person, rule, city = asked
    first, second = (city.spaces[pk] for pk in (sorted(city.spaces)[0], sorted(city.spaces)[-1]))
    joined = Content.objects.in_space(first) | Content.objects.in_space(second)
    expected = [one for one in rule.visible if one.space_id in (first.pk, second.pk)]
    assert _keys(joined.visible_to(person).newest_first()) == _keys(expected)
    assert not Content.objects.in_space(first).filter(space_id=second.pk).visible_to(person).exists()
    others = Content.objects.exclude(space_id=first.pk).visible_to(person).newest_first()[:50]
    assert _keys(others) == _keys([one for one in rule.visible if one.space_id != first.pk][:50])


def test_given_ids_and_single_things(asked: tuple[Person, Rule, City]) -> None:
    person, rule, city = asked
    visible = {one.pk for one in rule.visible}
    ids = [one.pk for one in city.things[::37]] + [one.content_id for one in city.shares]
    found = Content.objects.visible_to(person).filter(pk__in=ids)
    assert set(_keys(found)) == visible & set(ids)
    for one in [*city.things[5:10], *(share.content for share in city.shares[:6])]:
        assert Content.objects.visible_to(person).filter(uuid=one.uuid).exists() == (one.pk in visible)
