"""What is found is what may be seen: all of it once the index has caught up, and never anything more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.actions import start_topic
from communities.models import Topic
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.content import actions
from foundation.content.models import Content, Share, State
from foundation.search.actions import queue, queue_objects, queue_space
from foundation.search.indexer import Indexer
from foundation.search.models import Outbox, SpaceOutbox
from foundation.search.pending import MOST
from foundation.search.search import Filters, Results, search, suggest
from foundation.spaces.actions import change_access, remove_member
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

FINDABLE = (State.PUBLISHED, State.ARCHIVED)


# What something is, and its number.
Named = tuple[type, int]


def _found(results: Results) -> set[Named]:
    return {_named(hit.object) for hit in results.hits}


def _named(one: Any) -> Named:
    """Content is content, of whatever kind."""
    return (Content if isinstance(one, Content) else type(one), one.pk)


def _all(person: Person, text: str = "témoin") -> Results:
    return search(fresh(person), text, limit=200)


def _visible(person: Person) -> set[Named]:
    """What the rules let a person see, of contents and communities."""
    reader = fresh(person)
    contents = Content.objects.visible_to(reader).filter(state__in=FINDABLE)
    return {_named(one) for one in (*contents, *Space.objects.visible_to(reader).communities())}


# -- any people, spaces and objects: a change is drawn, and what is found compared with the rule, before and after


@st.composite
def _worlds(draw: Any) -> dict[str, Any]:
    audience = st.none() | st.sets(st.integers(0, 6), min_size=1, max_size=3)
    one_space = st.fixed_dictionaries(
        {
            "access": st.sampled_from(["open", "restricted", "hidden"]),
            "audience": audience,
            "members": st.sets(st.integers(0, 3), max_size=3),
            "held": st.none() | st.integers(0, 6),
        }
    )
    spaces = draw(st.lists(one_space, min_size=1, max_size=4))
    one_thing = st.fixed_dictionaries(
        {
            "space": st.integers(0, len(spaces) - 1),
            "author": st.integers(0, 3),
            "state": st.sampled_from(["published", "published", "published", "archived", "draft", "trashed"]),
            "audience": audience,
            "shared": st.none() | st.tuples(st.integers(0, 6), st.sampled_from([None, -1, 1])),
        }
    )
    changes = st.tuples(
        st.sampled_from(["access", "audience", "state", "membership", "share", "purge"]), st.integers(0, 50)
    )
    return {
        "spaces": spaces,
        "things": draw(st.lists(one_thing, min_size=1, max_size=10)),
        "changes": draw(st.lists(changes, max_size=4)),
    }


class World:
    """Four people, and the spaces and objects that were drawn."""

    def __init__(self, drawn: dict[str, Any], unit: Unit, number: int) -> None:
        kinds = ["employee", "employee", "elected", "external"]
        units = [unit, None, None, None]
        self.people = [
            make_person(f"p{number}.n{place}", kind=kind, unit=units[place]) for place, kind in enumerate(kinds)
        ]
        self.pool = ["everyone", "elected", principal("unit", unit.pk)]
        self.pool += [principal("person", one.pk) for one in self.people]
        self.spaces = [self._space(one, f"w{number}-{place}") for place, one in enumerate(drawn["spaces"])]
        self.things = [self._thing(one) for one in drawn["things"]]
        queue(one.pk for one in self.things)
        queue_objects("spaces.space", [one.pk for one in self.spaces])

    def _audience(self, chosen: set[int] | None) -> Any:
        return audience_of(self.pool[one] for one in chosen) if chosen else None

    def _space(self, drawn: dict[str, Any], slug: str) -> Space:
        made = Space.objects.create(
            kind="community",
            slug=slug,
            name_fr=f"Espace témoin {slug}",
            access=drawn["access"],
            audience=self._audience(drawn["audience"]),
        )
        for place in drawn["members"]:
            Membership.objects.create(space=made, person=self.people[place], role=Role.CONTRIBUTOR)
        if drawn["held"] is not None:
            Membership.objects.create(space=made, principal=self.pool[drawn["held"]], role=Role.READER)
        return made

    def _thing(self, drawn: dict[str, Any]) -> Topic:
        author = self.people[drawn["author"]]
        made = Topic.objects.create(
            space=self.spaces[drawn["space"]],
            title="Objet témoin",
            body="Le mot témoin.",
            language="fr",
            author=author,
            owner=author,
            state=drawn["state"],
            audience=self._audience(drawn["audience"]),
        )
        if drawn["shared"]:
            place, days = drawn["shared"]
            ends = timezone.now() + timedelta(days=days) if days else None
            Share.objects.create(content=made, principal=self.pool[place], by=author, expires=ends)
        return made

    def change(self, what: str, number: int) -> None:
        """Something happens to an object or its space, queued as the actions queue it."""
        thing = self.things[number % len(self.things)]
        space = self.spaces[number % len(self.spaces)]
        if what == "access":
            Space.objects.filter(pk=space.pk).update(access=["open", "hidden", "restricted"][number % 3])
            queue_space(space.pk)
            queue_objects("spaces.space", [space.pk])
            return
        if what == "membership":
            Membership.objects.filter(space=space).delete()
            return
        if what == "purge":
            Topic.objects.filter(pk=thing.pk).delete()
        elif what == "audience":
            Content.objects.filter(pk=thing.pk).update(audience=audience_of([self.pool[number % len(self.pool)]]))
        elif what == "state":
            Content.objects.filter(pk=thing.pk).update(state=list(State)[number % 4])
        elif what == "share":
            thing.shares.update(withdrawn=timezone.now())
        queue([thing.pk])


_number = iter(range(1_000_000))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=_worlds())
def test_what_is_found_is_what_may_be_seen(drawn: dict[str, Any], borough: Unit, indexer: Indexer) -> None:
    world = World(drawn, borough, next(_number))
    ours = {_named(one) for one in (*world.things, *world.spaces)}
    indexer.settle()
    for person in world.people:
        results = _all(person)
        assert _found(results) & ours == _visible(person) & ours
        assert results.total == len(_found(results))
    for what, number in drawn["changes"]:
        world.change(what, number)
        for person in world.people:
            results = _all(person)
            assert _found(results) <= _visible(person)
            # Nothing that may not be seen is counted, neither in all nor by any facet.
            assert results.total is not None and results.total <= len(_visible(person))
            counted = [sum(count for _value, count in some) for some in results.facets.values()]
            assert all(one <= len(_visible(person)) for one in counted)
    indexer.settle()
    for person in world.people:
        results = _all(person)
        assert _found(results) & ours == _visible(person) & ours
        assert results.total == len(_found(results))
        reader = fresh(person)
        suggested = [*suggest(reader, "témo", 200), *suggest(reader, "témo", 200, labels={"spaces.space"})]
        assert {_named(one) for one in suggested} & ours == _visible(person) & ours


# -- at once, before the indexer has done anything


@pytest.fixture
def secret(community: Space, host: Person, indexer: Indexer) -> Topic:
    """A topic with a word that nothing else has, indexed."""
    made = start_topic(community, "Projet hippocampe", "Le projet hippocampe avance.", actor=host)
    start_topic(community, "Autre sujet", "Rien de spécial.", actor=host)
    indexer.settle()
    return made


def _everything(person: Person, text: str) -> tuple[int, int | None, int, list[Any], str | None]:
    """Finds, total, the sum of a facet, suggestions and spelling."""
    results = search(fresh(person), text)
    counted = sum(count for _value, count in results.facets.get("kind", []))
    return len(results.hits), results.total, counted, suggest(fresh(person), text[:5]), results.did_you_mean


NOTHING = (0, 0, 0, [], None)


def test_a_person_removed_from_a_community_stops_finding_its_content_at_once(
    secret: Topic, community: Space, host: Person, member: Person, index: Callable[[], int]
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    index()
    assert _everything(member, "hippocampe")[:3] == (1, 1, 1)
    remove_member(community, member, actor=fresh(host))
    assert _everything(member, "hippocampe") == NOTHING
    assert _everything(member, "hippocanpe") == NOTHING


def test_narrowing_hides_at_once_in_counts_too(secret: Topic, host: Person, member: Person, colleague: Person) -> None:
    assert _everything(colleague, "hippocampe")[:3] == (1, 1, 1)
    actions.narrow(secret, audience_of({principal("person", member.pk)}), actor=fresh(host))
    assert Outbox.objects.filter(content_id=secret.pk).exists()
    assert _everything(colleague, "hippocampe") == NOTHING
    assert _everything(colleague, "hippocanpe") == NOTHING
    assert _everything(member, "hippocampe")[:3] == (1, 1, 1)


def test_closing_a_space_hides_its_content_at_once_in_counts_too(
    secret: Topic, community: Space, host: Person, member: Person, colleague: Person
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    assert SpaceOutbox.objects.filter(space=community).exists()
    assert _everything(colleague, "hippocampe") == NOTHING
    assert _everything(member, "hippocampe")[:3] == (1, 1, 1)


def test_a_share_that_ends_by_itself_stops_counting_at_once(
    secret: Topic, host: Person, outsider: Person, index: Callable[[], int], indexer: Indexer
) -> None:
    ends = timezone.now() + timedelta(hours=1)
    actions.share(secret, principal("person", outsider.pk), actor=fresh(host), expires=ends)
    index()
    assert _everything(outsider, "hippocampe")[:3] == (1, 1, 1)
    with time_machine.travel(ends + timedelta(seconds=1), tick=True):
        assert _everything(outsider, "hippocampe") == NOTHING
        assert indexer.queue_expired_shares() == 1
        index()
        assert not Outbox.objects.exists()
        assert _everything(outsider, "hippocampe") == NOTHING


def test_far_behind_nothing_is_counted_and_only_what_may_be_seen_is_shown(secret: Topic, member: Person) -> None:
    queue(range(1_000_000, 1_000_000 + MOST + 1))
    results = search(fresh(member), "hippocampe")
    assert [hit.object.pk for hit in results.hits] == [secret.pk]
    assert results.total is None and results.facets == {}


def test_a_deactivated_person_finds_nothing(secret: Topic, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(is_active=False)
    assert _everything(member, "hippocampe") == NOTHING


def test_a_page_is_filled_past_what_may_not_be_seen(
    community: Space, host: Person, colleague: Person, index: Callable[[], int]
) -> None:
    made = [start_topic(community, f"Sujet pieuvre {number}", "pieuvre", actor=host) for number in range(30)]
    index()
    # Behind the outbox' back: nothing tells the index.
    audience = audience_of({principal("person", host.pk)})
    Content.objects.filter(pk__in=[one.pk for one in made[:15]]).update(audience=audience)
    results = search(fresh(colleague), "pieuvre", limit=10)
    assert len(results.hits) == 10
    following = search(fresh(colleague), "pieuvre", limit=10, offset=results.next or 0)
    assert _found(results) | _found(following) == {_named(one) for one in made[15:]}
    assert following.next is None


def test_the_same_queries_for_one_find_or_twenty(
    community: Space, host: Person, member: Person, index: Callable[[], int]
) -> None:
    def queries() -> int:
        person = fresh(member)
        with CaptureQueriesContext(connection) as found:
            hits = search(person, "pieuvre").hits
            assert all(hit.object.space.slug and hit.object.author.username and hit.title for hit in hits)
        return len(found)

    start_topic(community, "Sujet pieuvre", "pieuvre", actor=host)
    index()
    single = queries()
    for number in range(19):
        start_topic(community, f"Sujet pieuvre {number}", "pieuvre", actor=host)
    index()
    assert queries() == single <= 7


def test_filters_order_and_pages(community: Space, host: Person, member: Person, index: Callable[[], int]) -> None:
    made = [start_topic(community, f"Lot {number:02}", "loutre", actor=host) for number in range(12)]
    index()
    first = search(fresh(member), "loutre", order="title", limit=5)
    assert [hit.object.pk for hit in first.hits] == [one.pk for one in made[:5]]
    assert first.total == 12 and first.next == 5
    last = search(fresh(member), "loutre", order="title", limit=5, offset=10)
    assert [hit.object.pk for hit in last.hits] == [one.pk for one in made[10:]] and last.next is None
    assert search(fresh(member), "loutre", Filters(kinds=["application"])).total == 0
    assert search(fresh(member), "loutre", Filters(spaces=[community.pk], authors=[host.pk])).total == 12
    tomorrow = timezone.now() + timedelta(days=1)
    assert search(fresh(member), "loutre", Filters(since=tomorrow)).total == 0
    assert search(fresh(member), "loutre", Filters(until=tomorrow, languages=["fr"])).total == 12
    with pytest.raises(ValueError, match="no order"):
        search(fresh(member), "loutre", order="colour")
