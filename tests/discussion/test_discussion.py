"""Comments, mentions and reactions on any content."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from communities.models import Topic
from directory.models import Person
from foundation.discussion.actions import add_comment
from foundation.discussion.models import Comment, Reaction
from foundation.spaces.models import Membership, Space
from tests.conftest import fresh

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_a_member_replies_and_a_colleague_is_told_to_join(
    topic: Topic, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    address = f"/content/{topic.uuid}/comments/"
    answer = sign_in(member).post(address, {"body": "Le **35 MPa** suffit."})
    comment = Comment.objects.get()
    assert answer["Location"] == comment.get_absolute_url()
    assert comment.body_html == "<p>Le <strong>35 MPa</strong> suffit.</p>\n"
    refused = sign_in(colleague).post(address, {"body": "Moi aussi"})
    assert refused.status_code == 403 and "Joignez-vous" in refused.content.decode()
    assert Comment.objects.count() == 1


def test_htmx_gets_the_new_reply_alone(topic: Topic, member: Person, sign_in: SignIn) -> None:
    answer = sign_in(member).post(
        f"/content/{topic.uuid}/comments/", {"body": "Bonjour"}, headers={"hx-request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in page and "Bonjour" in page


@pytest.mark.parametrize("body", ["", "  \n ", "\x00", "x" * 20_001])
def test_a_refused_reply_comes_back_in_its_box(topic: Topic, member: Person, sign_in: SignIn, body: str) -> None:
    answer = sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": body})
    assert answer.status_code == 422
    assert not Comment.objects.exists()
    if body.startswith("xx"):
        assert body in answer.content.decode()


def test_a_reply_sent_twice_is_one(topic: Topic, member: Person, sign_in: SignIn) -> None:
    client, sent = sign_in(member), {"body": "Une fois", "sending_key": uuid4().hex}
    client.post(f"/content/{topic.uuid}/comments/", sent)
    client.post(f"/content/{topic.uuid}/comments/", sent)
    assert Comment.objects.count() == 1


def test_a_reply_to_a_reply_joins_its_thread(topic: Topic, host: Person, member: Person) -> None:
    first = add_comment(topic, "A", actor=fresh(member))
    second = add_comment(topic, "B", actor=fresh(host), parent=first)
    third = add_comment(topic, "C", actor=fresh(member), parent=second)
    assert (second.parent, third.parent) == (first, first)


def test_a_parent_of_another_discussion_is_refused(
    topic: Topic, community: Space, host: Person, member: Person, sign_in: SignIn
) -> None:
    from communities.actions import start_topic

    other = start_topic(community, "Autre", "x", actor=host)
    elsewhere = add_comment(other, "Ailleurs", actor=fresh(member))
    answer = sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": "B", "parent": str(elsewhere.uuid)})
    assert answer.status_code == 422
    assert Comment.objects.on(topic).count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="https://a.example" style="position:fixed" onclick="x()">x</a>',
        "![x](https://elsewhere.example/track.png)",
    ],
)
def test_hostile_text_is_shown_and_never_run(topic: Topic, member: Person, sign_in: SignIn, body: str) -> None:
    client = sign_in(member)
    client.post(f"/content/{topic.uuid}/comments/", {"body": body})
    tags = re.findall(r"<[^>]*>", Comment.objects.get().body_html.lower())
    for danger in ("<script", "<img", "javascript:", "data:", " style=", " onclick=", " onerror="):
        assert not any(danger in tag for tag in tags)
    assert client.get(topic.get_absolute_url()).status_code == 200


def test_a_mention_links_and_tells_who_may_read(
    topic: Topic, member: Person, colleague: Person, outsider: Person, deliver: Any, sign_in: SignIn
) -> None:
    body = "Qu'en pensez-vous, @Carla.Collegue, @ext.externe et @personne.inconnue ? Écrire à a@carla.collegue"
    comment = add_comment(topic, body, actor=fresh(member))
    assert f'href="{colleague.get_absolute_url()}"' in comment.body_html
    # An outsider does not see the topic: they are neither linked nor told.
    assert "@ext.externe" in comment.body_html and str(outsider.uuid) not in comment.body_html
    assert comment.body_html.count(str(colleague.uuid)) == 1
    deliver()
    told = sign_in(colleague).get("/api/v1/notifications").json()["items"]
    assert [one["reason"] for one in told] == ["mention"]
    assert sign_in(outsider).get("/api/v1/notifications").json()["items"] == []


def test_one_edits_and_removes_ones_own_words_only(
    topic: Topic, host: Person, member: Person, colleague: Person, community: Space, sign_in: SignIn
) -> None:
    comment = add_comment(topic, "Mes mots", actor=fresh(member))
    Membership.objects.create(space=community, person=colleague, role=20)
    edit, remove = f"/comments/{comment.uuid}/edit/", f"/comments/{comment.uuid}/remove/"
    for person in (host, colleague):
        assert sign_in(person).post(edit, {"body": "Piraté"}).status_code == 403
    assert sign_in(colleague).post(remove).status_code == 403
    mine = sign_in(member)
    assert mine.post(edit, {"body": ""}).status_code == 422
    assert mine.post(edit, {"body": "Mes meilleurs mots"}).status_code == 302
    comment.refresh_from_db()
    assert comment.body == "Mes meilleurs mots" and comment.edited
    # A host moderates: the words leave the page, not the database.
    assert sign_in(host).post(remove).status_code == 302
    page = mine.get(topic.get_absolute_url()).content.decode()
    assert "Mes meilleurs mots" not in page and "Cette réponse a été retirée." in page
    assert mine.get(f"/api/v1/content/{topic.uuid}/comments").json()["items"][0]["body"] == ""
    # Its author may not undo the host's decision; the host may.
    assert mine.post(f"/comments/{comment.uuid}/restore/").status_code == 403
    assert sign_in(host).post(f"/comments/{comment.uuid}/restore/").status_code == 302
    assert "Mes meilleurs mots" in mine.get(topic.get_absolute_url()).content.decode()


def test_reactions_are_put_and_taken_back(topic: Topic, member: Person, colleague: Person, sign_in: SignIn) -> None:
    client, address = sign_in(member), f"/content/{topic.uuid}/reactions/"
    comment = add_comment(topic, "Voilà", actor=fresh(member))
    client.post(address, {"sign": "like"})
    client.post(address, {"sign": "thanks", "comment": str(comment.uuid)})
    assert Reaction.objects.count() == 2
    assert client.post(address, {"sign": "like"}, headers={"hx-request": "true"}).status_code == 200
    assert list(Reaction.objects.values_list("sign", flat=True)) == ["thanks"]
    client.post(address, {"sign": "n'existe pas"})
    assert Reaction.objects.count() == 1
    assert sign_in(colleague).post(address, {"sign": "like"}).status_code == 403


def test_outsiders_reach_nothing_by_address(topic: Topic, member: Person, outsider: Person, sign_in: SignIn) -> None:
    comment = add_comment(topic, "Interne", actor=fresh(member))
    client = sign_in(outsider)
    assert client.post(f"/content/{topic.uuid}/comments/", {"body": "x"}).status_code == 404
    assert client.post(f"/content/{topic.uuid}/reactions/", {"sign": "like"}).status_code == 404
    assert client.post(f"/content/{topic.uuid}/follow/", {"follow": "1"}).status_code == 404
    for verb in ("edit", "remove", "restore"):
        assert client.post(f"/comments/{comment.uuid}/{verb}/", {"body": "x"}).status_code == 404
