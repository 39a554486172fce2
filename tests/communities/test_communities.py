"""Communities through the door of people: find, join, discuss, leave, with bad input and hostile hands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.actions import create_community
from communities.models import Topic
from directory.models import Person
from foundation.activity.models import Activity
from foundation.discussion.actions import add_comment
from foundation.spaces.actions import change_access
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_one_joins_takes_part_and_leaves(community: Space, colleague: Person, sign_in: SignIn) -> None:
    client = sign_in(colleague)
    new = f"/communities/{community.slug}/topics/new/"
    assert client.get(new).status_code == 403
    assert client.post(f"/communities/{community.slug}/join/").status_code == 302
    assert client.get(new).status_code == 200
    written = {"title": "Gel et dégel", "body": "Un *essai*.", "language": "fr", "sending_key": "k1"}
    answer = client.post(new, written)
    topic = Topic.objects.get(title="Gel et dégel")
    assert answer.status_code == 302 and answer["Location"] == topic.get_absolute_url()
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "<em>essai</em>" in page
    client.post(f"/communities/{community.slug}/leave/")
    assert not Membership.objects.filter(space=community, person=colleague).exists()
    # What one wrote stays, under one's name; one no longer changes it.
    assert client.get(topic.get_absolute_url()).status_code == 200
    assert client.get(f"{topic.get_absolute_url()}edit/").status_code == 403
    verbs = list(Activity.objects.filter(actor=colleague).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["spaces.joined", "communities.topic_started", "spaces.left"]


def test_a_form_sent_twice_starts_one_topic(community: Space, member: Person, sign_in: SignIn) -> None:
    client, new = sign_in(member), f"/communities/{community.slug}/topics/new/"
    written = {"title": "Une seule fois", "body": "Texte", "language": "fr", "sending_key": "même-clé"}
    first, second = client.post(new, written), client.post(new, written)
    assert first["Location"] == second["Location"]
    assert Topic.objects.filter(title="Une seule fois").count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Donnez un titre au sujet."), ("en", "Give the topic a title.")]
)
def test_a_bad_form_says_why_and_loses_nothing(
    community: Space, member: Person, sign_in: SignIn, language: str, words: str
) -> None:
    new = f"/communities/{community.slug}/topics/new/"
    answer = sign_in(member, language).post(new, {"title": " ", "body": "Mon texte précieux", "language": "fr"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and "Mon texte précieux" in page
    assert not Topic.objects.exists()


def test_files_come_with_the_topic(community: Space, member: Person, sign_in: SignIn) -> None:
    new = f"/communities/{community.slug}/topics/new/"
    files = [SimpleUploadedFile("plan d'été.txt", b"neige"), SimpleUploadedFile("vide.txt", b"")]
    written = {"title": "Avec fichiers", "body": "Voir ci-joint", "language": "fr", "files": files}
    page = sign_in(member).post(new, written, follow=True).content.decode()
    assert "plan d&#x27;été.txt" in page
    assert "Ce fichier est vide." in page


def test_a_restricted_community_is_known_and_not_read(
    community: Space, topic: Topic, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    change_access(community, Space.Access.RESTRICTED, actor=fresh(host))
    client = sign_in(colleague)
    page = client.get(community.get_absolute_url())
    assert page.status_code == 200
    assert topic.title not in page.content.decode() and host.name not in page.content.decode()
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert client.post(f"/communities/{community.slug}/join/").status_code == 403
    assert community.name in client.get("/communities/").content.decode()


def test_a_hidden_community_does_not_exist_for_others(
    community: Space, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    client = sign_in(colleague)
    for address in ("", "members/", "trash/", "topics/new/"):
        assert client.get(f"/communities/{community.slug}/{address}").status_code == 404
    assert client.post(f"/communities/{community.slug}/join/").status_code == 404
    assert community.name not in client.get("/communities/").content.decode()
    assert client.get(f"/api/v1/communities/{community.uuid}").status_code == 404


def test_the_last_host_does_not_leave(community: Space, host: Person, sign_in: SignIn) -> None:
    answer = sign_in(host).post(f"/communities/{community.slug}/leave/")
    assert answer.status_code == 403
    assert "dernière personne responsable" in answer.content.decode()
    assert Membership.objects.filter(space=community, person=host).exists()


def test_trash_and_back(topic: Topic, host: Person, member: Person, sign_in: SignIn) -> None:
    address = topic.get_absolute_url()
    assert sign_in(member).post(f"{address}trash/").status_code == 403
    client = sign_in(host)
    page = client.post(f"{address}trash/", follow=True).content.decode()
    assert topic.title in page and "corbeille" in page
    assert client.get(address).status_code == 404
    assert client.post(f"{address}restore/").status_code == 302
    assert client.get(address).status_code == 200


def test_only_the_author_or_a_host_edits(topic: Topic, member: Person, host: Person, sign_in: SignIn) -> None:
    address = f"{topic.get_absolute_url()}edit/"
    changed = {"title": "Autre titre", "body": "Autre texte", "language": "fr"}
    assert sign_in(member).post(address, changed).status_code == 403
    assert sign_in(host).post(address, changed).status_code == 302
    topic.refresh_from_db()
    assert (topic.title, topic.body_html) == ("Autre titre", "<p>Autre texte</p>\n")


def test_one_creates_a_community(colleague: Person, outsider: Person, sign_in: SignIn) -> None:
    client = sign_in(colleague)
    answer = client.post("/communities/new/", {"name_fr": "", "access": "open"})
    assert answer.status_code == 422 and "nom français" in answer.content.decode()
    answer = client.post("/communities/new/", {"name_fr": "Été & hiver", "access": "open"})
    space = Space.objects.get(name_fr="Été & hiver")
    assert answer["Location"] == "/communities/ete-hiver/"
    assert Membership.objects.get(space=space).role == Role.OWNER
    again = create_community(actor=colleague, name_fr="Été & hiver")
    assert again.slug == "ete-hiver-2"
    assert sign_in(outsider).get("/communities/new/").status_code == 403


def test_a_long_list_is_paged_without_loss(community: Space, host: Person, member: Person, sign_in: SignIn) -> None:
    from communities.actions import start_topic

    titles = {f"Sujet numéro {number}" for number in range(45)}
    for title in titles:
        start_topic(community, title, "x", actor=host)
    client, seen, address = sign_in(member), set(), community.get_absolute_url()
    for _page in range(3):
        page = client.get(address)
        html = page.content.decode()
        seen |= {title for title in titles if f">{title}<" in html}
        following = page.context["page"].next
        address = f"{community.get_absolute_url()}?before={following}"
    assert seen == titles and not following
    assert client.get(f"{community.get_absolute_url()}?before=n'importe quoi").status_code == 400


def test_a_long_thread_shows_its_end_and_the_rest_on_demand(
    topic: Topic, member: Person, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    person = fresh(member)
    for number in range(205):
        add_comment(topic, f"Réponse {number}.", actor=person)
    client = sign_in(member)
    client.get(topic.get_absolute_url())
    with django_assert_max_num_queries(20):
        page = client.get(topic.get_absolute_url()).content.decode()
    assert "Réponse 204." in page and "Réponse 4." not in page
    assert "Réponse 4." in client.get(f"{topic.get_absolute_url()}?all").content.decode()


def test_a_host_welcomes_and_removes_people(
    community: Space, host: Person, member: Person, colleague: Person, outsider: Person, sign_in: SignIn, deliver: Any
) -> None:
    change_access(community, Space.Access.RESTRICTED, actor=fresh(host))
    add = f"/communities/{community.slug}/members/add/"
    client = sign_in(host)
    Person.objects.filter(pk=colleague.pk).update(email="carla@ville.example")
    assert client.post(add, {"person": " Carla@ville.example ", "role": "20"}).status_code == 302
    deliver()
    told = sign_in(colleague).get("/api/v1/notifications").json()["items"]
    assert told[0]["title"] == "Helene Hote vous accueille dans Béton et chaussées"
    assert sign_in(colleague).get(f"/communities/{community.slug}/topics/new/").status_code == 200
    unknown = client.post(add, {"person": "personne", "role": "20"})
    assert unknown.status_code == 422 and "Personne n’a ce nom" in unknown.content.decode()
    assert client.post(add, {"person": "carla.collegue", "role": "99"}).status_code == 422
    assert sign_in(member).post(add, {"person": "carla.collegue", "role": "40"}).status_code == 403
    remove = f"/communities/{community.slug}/members/{colleague.uuid}/remove/"
    assert sign_in(member).post(remove).status_code == 403
    assert client.post(remove).status_code == 302
    assert sign_in(colleague).get(f"/communities/{community.slug}/topics/new/").status_code == 403
    # The last host neither leaves nor steps down.
    assert client.post(add, {"person": host.username, "role": "10"}).status_code == 403


def test_a_host_changes_names_and_access(community: Space, host: Person, member: Person, sign_in: SignIn) -> None:
    address = f"/communities/{community.slug}/settings/"
    assert sign_in(member).get(address).status_code == 403
    client = sign_in(host)
    changed = {"name_fr": "Béton", "name_en": "", "description_fr": "x", "description_en": "", "access": "hidden"}
    assert client.post(address, {**changed, "name_fr": ""}).status_code == 422
    assert client.post(address, changed).status_code == 302
    community.refresh_from_db()
    assert (community.name_fr, community.access, community.slug) == ("Béton", "hidden", "beton-et-chaussees")
