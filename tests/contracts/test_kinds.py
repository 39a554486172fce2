"""What every kind of content must do, found by discovery: a new kind is under contract from its first day."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from haystack import connections as haystack_connections

from directory.models import Person
from foundation.acknowledgements.actions import ask as ask_to_acknowledge
from foundation.activity.actions import record
from foundation.activity.models import Notification
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import ask
from foundation.audiences.principals import principal, principals_of
from foundation.content import actions
from foundation.content.kinds import kind_of, kinds, resolve
from foundation.content.models import Content, State
from foundation.discussion.actions import add_comment
from foundation.search.models import Outbox
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh

from .makers import API_LISTS, LISTS, MAKERS

pytestmark = pytest.mark.django_db
KINDS = [kind.key for kind in kinds()]


def test_every_kind_is_under_contract() -> None:
    assert KINDS
    assert set(KINDS) == set(MAKERS) == set(LISTS) == set(API_LISTS)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def one(kind: str, community: Space, host: Person) -> Content:
    return MAKERS[kind](community, host, "Objet témoin 7Q3Z")


def _index_document(content: Content) -> dict[str, Any]:
    """What the search index would hold of it."""
    [concrete] = resolve([content])
    index = haystack_connections["default"].get_unified_index().get_index(type(concrete))
    return index.full_prepare(concrete)


def _finds(person: Person, content: Content) -> bool:
    """Whether the index's own prefilter lets `person` find it (see ContentIndex)."""
    document, mine = _index_document(content), principals_of(fresh(person))
    in_space = bool(mine & set(document["readers"]))
    in_audience = "any" in document["audience"] or bool(mine & set(document["audience"]))
    return (in_space and in_audience) or bool(mine & set(document["shared"]))


def test_it_has_an_address_a_label_and_an_icon_in_the_sprite(one: Content) -> None:
    kind = kind_of(one)
    assert one.get_absolute_url().startswith("/")
    assert str(kind.label)
    icons = json.loads((settings.BASE_DIR / "frontend" / "icons.json").read_text())
    assert kind.icon in icons


def _parts(answer: Any) -> list[str]:
    """The parts of the portal that the menu marks as where one is."""
    menu = answer.content.decode().split('class="frame__nav"')[-1].split("</nav>")[0]
    return re.findall(r'class="nav-item" href="([^"]*)" aria-current="page"', menu)


def test_the_menu_marks_the_same_part_on_the_pages_that_every_kind_has(
    one: Content, host: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(host)
    ask_to_acknowledge(one, actor=fresh(host), mode="read", due=None, texts={"fr": "Texte."})
    where = _parts(client.get(f"/content/{one.uuid}/sharing/"))
    assert len(where) == 1
    # A board fills the window, without the menu.
    own = client.get(one.get_absolute_url())
    assert _parts(own) == where or b"frame__nav" not in own.content
    assert _parts(client.get(f"/acknowledgements/{one.uuid}/register/")) == where
    # An empty comment comes back on a page of its own.
    assert ask(fresh(host), "discussion.comment", one)
    assert _parts(client.post(f"/content/{one.uuid}/comments/", {"body": ""})) == where


def test_a_member_reads_it_and_an_outsider_finds_nothing(
    one: Content, member: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    url = one.get_absolute_url()
    assert sign_in(member).get(url).status_code == 200
    assert sign_in(outsider).get(url).status_code == 404
    answer = Client().get(url)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def _everywhere(client: Client, one: Content) -> dict[str, bool]:
    """Whether the object shows, by place."""
    listed = client.get(LISTS[one.kind](one.space))
    api = client.get(API_LISTS[one.kind](one.space))
    feed = client.get("/api/v1/feed?limit=100").json()["items"]
    told = client.get("/api/v1/notifications?limit=100").json()["items"]
    return {
        "page": client.get(one.get_absolute_url()).status_code == 200,
        "list": one.title in listed.content.decode(),
        "api list": api.status_code == 200 and str(one.uuid) in api.content.decode(),
        "comments": client.get(f"/api/v1/content/{one.uuid}/comments").status_code == 200,
        "feed": str(one.uuid) in {item["id"] for item in feed},
        "home": one.title in client.get("/").content.decode(),
        "notifications": any(item["url"] == one.get_absolute_url() for item in told),
    }


_TOLD = register_verb(
    Verb(
        "contracts.told",
        "%(actor)s: %(title)s",
        "bell",
        lambda activity: [Telling(Notification.Reason.AUDIENCE, audience=audience_of({"everyone"}))],
    )
)


def test_closing_the_space_hides_it_everywhere_at_once(
    one: Content, host: Person, member: Person, colleague: Person, sign_in: Callable[..., Client], deliver: Any
) -> None:
    record(_TOLD, one, actor=host)
    deliver()
    theirs, mine = sign_in(colleague), sign_in(member)
    # A colleague is not a member: their feed, and the news of their home page, hold what their own spaces have.
    assert {place for place, is_shown in _everywhere(theirs, one).items() if not is_shown} <= {"feed", "home"}
    assert all(_everywhere(mine, one).values())
    assert _finds(colleague, one)

    change_access(one.space, Space.Access.HIDDEN, actor=fresh(host))

    assert not any(_everywhere(theirs, one).values())
    assert all(_everywhere(mine, one).values())
    assert not _finds(colleague, Content.objects.get(pk=one.pk))
    assert _finds(member, Content.objects.get(pk=one.pk))


def test_a_draft_is_for_its_author_and_the_editors(
    one: Content, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    Content.objects.filter(pk=one.pk).update(state=State.DRAFT)
    assert not any(_everywhere(sign_in(member), one).values())
    assert sign_in(host).get(one.get_absolute_url()).status_code == 200
    assert not _finds(member, Content.objects.get(pk=one.pk))


def test_the_trash_is_seen_only_in_the_trash(
    one: Content, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    actions.trash(one, actor=host)
    for person in (host, member):
        assert not any(_everywhere(sign_in(person), one).values())
    assert [found.pk for found in Content.objects.trashed_for(fresh(host))] == [one.pk]
    assert not Content.objects.trashed_for(fresh(member)).exists()
    actions.restore(Content.objects.get(pk=one.pk), actor=host)
    assert all(v for k, v in _everywhere(sign_in(member), one).items() if k != "notifications")


def test_its_own_audience_narrows_it(
    one: Content, host: Person, member: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    actions.narrow(one, audience_of({principal("person", member.pk)}), actor=host)
    assert sign_in(member).get(one.get_absolute_url()).status_code == 200
    assert sign_in(colleague).get(one.get_absolute_url()).status_code == 404
    assert sign_in(host).get(one.get_absolute_url()).status_code == 200  # its author
    again = Content.objects.get(pk=one.pk)
    assert _finds(member, again) and not _finds(colleague, again)


def test_a_share_widens_it_and_is_withdrawn(
    one: Content, host: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    given = actions.share(one, principal("person", outsider.pk), actor=host)
    assert sign_in(outsider).get(one.get_absolute_url()).status_code == 200
    assert _finds(outsider, Content.objects.get(pk=one.pk))
    actions.withdraw_share(given, actor=host)
    assert sign_in(outsider).get(one.get_absolute_url()).status_code == 404
    assert not _finds(outsider, Content.objects.get(pk=one.pk))


def test_it_is_commented_and_those_concerned_are_told(
    one: Content, host: Person, member: Person, sign_in: Callable[..., Client], deliver: Any
) -> None:
    def told() -> list[str]:
        items = sign_in(host).get("/api/v1/notifications").json()["items"]
        return [item["reason"] for item in items if item["url"] == one.get_absolute_url()]

    # A kind that is announced to its audience tells its author too.
    deliver()
    before = told()
    add_comment(one, "Merci !", actor=fresh(member))
    deliver()
    assert told() == ["reply", *before]


def test_it_is_queued_for_the_index_in_the_same_transaction(one: Content) -> None:
    assert Outbox.objects.filter(content_id=one.pk).exists()
    document = _index_document(one)
    assert one.title in document["text"]


def test_its_card_renders_without_queries(one: Content) -> None:
    [concrete] = resolve(Content.objects.filter(pk=one.pk))
    with CaptureQueriesContext(connection) as queries:
        html = render_to_string(kind_of(one).card, {"content": concrete})
    assert one.title in html and one.get_absolute_url() in html
    assert len(queries) == 0


@pytest.mark.parametrize("place", ["list", "api", "home", "feed"])
def test_one_or_twenty_cost_the_same_queries(
    kind: str, place: str, community: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    address = {
        "list": LISTS[kind](community),
        "api": API_LISTS[kind](community),
        "home": "/",
        "feed": "/api/v1/feed?limit=50",
    }[place]
    client = sign_in(member)
    MAKERS[kind](community, host, "Premier")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    queries()  # the first request of a test fills caches of templates
    single = queries()
    for number in range(19):
        MAKERS[kind](community, host, f"Suivant {number}")
    assert queries() == single
