"""Personal spaces: one for each person, made when it is first needed, seen by nobody else, and in nobody's way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from communities.actions import create_community
from communities.models import Topic
from directory.actions import leave
from directory.models import Person
from foundation.activity.models import Activity
from foundation.audiences.policies import Refused
from foundation.audiences.principals import principal
from foundation.content import actions
from foundation.content.models import Content, Share
from foundation.spaces.actions import personal_space
from foundation.spaces.models import Membership, Role, Space
from foundation.spaces.querysets import news_space_ids, roles_of
from tests.conftest import fresh, make_person

SignIn = Callable[..., Client]


def keep(person: Person, title: str) -> Content:
    """A thing in the personal space of `person`."""
    space = personal_space(actor=person)
    made = Topic(space=space, title=title, body="x", body_html="<p>x</p>", language="fr", author=person, owner=person)
    made.save()
    return made


@pytest.mark.django_db
def test_it_is_made_once_and_found_again(host: Person, member: Person) -> None:
    person = fresh(host)
    # Resolved before there is one.
    assert roles_of(person) == {}
    mine = personal_space(actor=person)
    assert roles_of(person) == {mine.pk: Role.OWNER}
    assert personal_space(actor=person) == mine == personal_space(actor=fresh(host))
    assert personal_space(actor=fresh(member)) != mine
    assert (mine.kind, mine.access, mine.audience) == (Space.Kind.PERSONAL, Space.Access.HIDDEN, None)
    assert not Activity.objects.filter(space=mine).exists()


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_two_windows_at_once_it_is_one(host: Person) -> None:
    def asked(_number: int) -> tuple[int, dict[int, int]]:
        person = fresh(host)
        roles_of(person)
        try:
            return personal_space(actor=person).pk, roles_of(person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as windows:
        found = list(windows.map(asked, range(8)))
    assert len({space for space, _roles in found}) == 1
    # Each window knows it is theirs.
    assert all(roles[space] == Role.OWNER for space, roles in found)
    assert Membership.objects.filter(space__kind=Space.Kind.PERSONAL).count() == 1
    assert connection.is_usable()


@pytest.mark.django_db
def test_it_is_in_nobodys_way(host: Person, member: Person, sign_in: SignIn) -> None:
    person = fresh(host)
    thing = keep(person, "Ébauche")
    client = sign_in(host)
    for address in ("/", "/communities/", "/settings/responsibilities/", "/api/v1/communities", "/api/v1/feed"):
        page = client.get(address).content.decode()
        assert "Espace personnel" not in page and "Ébauche" not in page, address
    assert news_space_ids(fresh(host)) == []
    assert "personnel" not in client.get("/people/suggest", {"for": "sharing", "q": "espace"}).content.decode()
    # It is not a community, and nobody is given a thing by sharing it with somebody's own space.
    assert client.get(f"/communities/{thing.space.slug}/").status_code == 404
    other = create_community(actor=fresh(host), name_fr="Ponts")
    topic = Topic(space=other, title="T", body="x", body_html="x", language="fr", author=host, owner=host)
    topic.save()
    with pytest.raises(Refused):
        actions.share(topic, principal("space", thing.space_id), actor=fresh(host))


@pytest.mark.django_db
def test_its_things_are_its_owners_alone_until_shared(
    host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    thing = keep(fresh(host), "Ébauche")
    address = f"/content/{thing.uuid}/sharing/"
    client, theirs = sign_in(host), sign_in(colleague)
    page = client.get(address).content.decode()
    assert "Vous, et personne d’autre" in page
    assert theirs.get(address).status_code == 404
    assert client.post(address, {"people": [f"person:{colleague.uuid}"]}).status_code == 302
    page = theirs.get(address).content.decode()
    assert "Helene Hote, dans son espace personnel" in page
    # Its sharer is its owner, and nobody else.
    assert theirs.post(address, {"people": [f"person:{member.uuid}"]}).status_code == 403
    register = f"/content/in/{thing.space.slug}/shares/"
    assert "Ébauche" in client.get(register).content.decode()
    assert theirs.get(register).status_code == 404
    assert [one.title for one in Content.objects.visible_to(fresh(colleague)).shared_with(fresh(colleague))] == [
        "Ébauche"
    ]


@pytest.mark.django_db
def test_when_its_owner_leaves_its_shares_hold_and_administrators_may_withdraw_them(
    host: Person, colleague: Person, sign_in: SignIn
) -> None:
    thing = keep(fresh(host), "Ébauche")
    given = actions.share(thing, principal("person", colleague.pk), actor=fresh(host))
    administrator = make_person("ada.admin", is_staff=True, is_superuser=True)
    desk = sign_in(administrator)
    withdraw: dict[str, Any] = {"action": "withdraw", "_selected_action": [given.pk]}
    # While the owner is there, it is theirs to do.
    page = desk.post("/admin/content/share/", withdraw, follow=True).content.decode()
    assert "Certains ont été laissés tels quels" in page
    assert Share.objects.active().count() == 1
    leave([host.pk])
    assert Content.objects.get(pk=thing.pk).owner == host
    address = f"/content/{thing.uuid}/sharing/"
    assert sign_in(colleague).get(address).status_code == 200
    page = desk.post("/admin/content/share/", withdraw, follow=True).content.decode()
    assert "1 partage a été retiré" in page
    assert sign_in(colleague).get(address).status_code == 404
    [activity] = Activity.objects.filter(verb="content.share_withdrawn")
    assert activity.actor == administrator
    # Reading it was never theirs.
    assert sign_in(administrator).get(address).status_code == 404
