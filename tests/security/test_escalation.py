"""Nobody gets more than they were given: roles, shares, audiences, administrators, the emergency account."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from communities.models import Topic
from directory.actions import create_person
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused, people_who_can
from foundation.content.actions import share
from foundation.spaces.actions import add_member, change_access
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
PASSWORD = "neuf-mots-de-passe-au-coffre"


def test_a_role_there_is_not_is_not_given(community: Space, host: Person, member: Person, sign_in: SignIn) -> None:
    """A number above the owner's would have passed every comparison."""
    for role in (41, 99, 0):
        with pytest.raises(ValueError, match=str(role)):
            add_member(community, member, role, actor=fresh(host))
    assert sign_in(member).get(f"{community.get_absolute_url()}topics/new/").status_code == 200
    assert community.memberships.get(person=member).role == Role.CONTRIBUTOR


def test_the_last_host_is_not_demoted(community: Space, host: Person, sign_in: SignIn) -> None:
    data = {"person": host.username, "role": Role.READER.value}
    assert sign_in(host).post(f"{community.get_absolute_url()}members/add/", data).status_code == 403
    assert sign_in(host).get(f"{community.get_absolute_url()}topics/new/").status_code == 200


def test_a_share_gives_no_more_than_one_has(
    community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    data = {"title": "Le mien", "body": "x", "language": "fr"}
    sign_in(member).post(f"{community.get_absolute_url()}topics/new/", data)
    mine = Topic.objects.get()
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    with pytest.raises(Refused):
        share(mine, f"person:{colleague.pk}", actor=fresh(member), role=Role.OWNER)
    assert sign_in(colleague).get(mine.get_absolute_url()).status_code == 404
    share(mine, f"person:{colleague.pk}", actor=fresh(member), role=Role.CONTRIBUTOR)
    assert sign_in(colleague).get(mine.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "principal",
    ["unit:abc", "person:", "person:-1", "person:1\nperson:2", "space:1 ", "group:" + "9" * 19, "everyone:1"],
)
def test_a_malformed_principal_enters_nowhere(topic: Topic, host: Person, sign_in: SignIn, principal: str) -> None:
    """One in a share or an audience would make an error of every mention and notification there."""
    with pytest.raises(LookupError):
        share(topic, principal, actor=fresh(host))
    with pytest.raises(LookupError):
        audience_of({principal, "everyone"})
    data = {"body": "Bonjour @marc.membre"}
    assert sign_in(host).post(f"/content/{topic.uuid}/comments/", data).status_code == 302


def test_a_space_that_is_its_own_member_breaks_nothing(
    topic: Topic, community: Space, host: Person, member: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    Membership.objects.create(space=community, principal=f"space:{community.pk}", role=Role.OWNER)
    assert {one.pk for one in people_who_can("spaces.contribute", community)} == {host.pk, member.pk}
    assert [one.pk for one in people_who_can("spaces.manage", community)] == [host.pk]
    sign_in(host).post(f"/content/{topic.uuid}/comments/", {"body": "Bonjour @marc.membre"})
    deliver()
    assert "Helene Hote" in sign_in(member).get("/notifications/").content.decode()


def test_who_edits_people_does_not_shut_out_administrators(host: Person, sign_in: SignIn) -> None:
    administrator = create_person(username="admin", given_name="A", family_name="B", is_staff=True, is_superuser=True)
    clerk = create_person(username="commis", given_name="C", family_name="D", is_staff=True)
    rights = clerk._meta.get_field("user_permissions").related_model.objects
    clerk.user_permissions.set(rights.filter(codename__in=("view_person", "change_person")))
    data = {"action": "deactivate_people", "_selected_action": [administrator.pk, host.pk]}
    assert sign_in(clerk).post("/admin/directory/person/", data).status_code == 302
    assert Person.objects.get(pk=administrator.pk).is_active
    assert not Person.objects.get(pk=host.pk).is_active


def test_an_outage_does_not_open_the_emergency_account_to_guessing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    call_command("emergency_administrator", "--username", "secours", "--password-stdin", stdout=StringIO())
    # Nobody listens there: the directory is down.
    settings.AUTH_LDAP_SERVER_URI, settings.AUTH_LDAP_START_TLS = "ldap://127.0.0.1:9", False
    limit = settings.SIGN_IN_FAILURES_PER_ACCOUNT
    answers = [Client().post("/sign-in/", {"username": "secours", "password": str(n)}) for n in range(limit + 1)]
    assert [one.status_code for one in answers] == [503] * limit + [429]
    assert Client().post("/sign-in/", {"username": "secours", "password": PASSWORD}).status_code == 429
    # People of the directory are still not locked out by an outage.
    others = [Client().post("/sign-in/", {"username": "claire", "password": str(n)}) for n in range(limit + 2)]
    assert {one.status_code for one in others} == {503}


def test_a_community_cannot_take_the_address_of_a_page(host: Person, sign_in: SignIn) -> None:
    client = sign_in(host)
    page = client.post("/communities/new/", {"name_fr": "New", "access": "open"}, follow=True)
    assert page.redirect_chain[-1][0] == "/communities/new-2/" and "<h1>New</h1>" in page.content.decode()


def test_many_communities_of_one_name_cost_no_more(
    host: Person, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(host)
    for _one in range(12):
        client.post("/communities/new/", {"name_fr": "Déneigement", "access": "open"})
    slugs = sorted(Space.objects.values_list("slug", flat=True))
    assert len(slugs) == 12 and {"deneigement", "deneigement-2", "deneigement-9"} < set(slugs)
    with django_assert_max_num_queries(20):
        client.post("/communities/new/", {"name_fr": "Déneigement", "access": "open"})


def test_a_token_beside_a_session_needs_no_form_token_and_a_session_does(
    community: Space, colleague: Person, member: Person
) -> None:
    """A page of another site has the cookie at most."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(colleague, backend="directory.backends.LocalBackend")
    address = f"/api/v1/communities/{community.uuid}/topics"
    data = json.dumps({"title": "x", "body": "x"})
    for headers in ({}, {"authorization": "Bearer pv_faux"}, {"authorization": "Basic x"}):
        assert client.post(address, data, content_type="application/json", headers=headers).status_code == 403
        assert client.post(address, data, content_type="text/plain", headers=headers).status_code == 403
    assert not Topic.objects.exists()
