"""The REST API: same rules as the pages, one shape of lists, one shape of errors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communities.actions import start_topic
from communities.models import Topic
from directory.actions import create_token
from directory.models import Person
from foundation.discussion.models import Comment
from foundation.spaces.models import Space

pytestmark = pytest.mark.django_db


def _bearer(person: Person, scope: str = "write") -> dict[str, str]:
    _token, secret = create_token("essai", actor=person, scope=scope, expires=timezone.now() + timedelta(days=3))
    return {"authorization": f"Bearer {secret}"}


def test_a_program_discusses_with_a_token(community: Space, member: Person, client: Client) -> None:
    headers = _bearer(member)
    joined = client.get("/api/v1/communities", headers=headers).json()
    assert joined["total"] is None and joined["next"] is None
    [item] = joined["items"]
    assert (item["id"], item["kind"], item["is_member"]) == (str(community.uuid), "community", True)
    address = f"/api/v1/communities/{community.uuid}/topics"
    data = {"title": "Par programme", "body": "Texte", "language": "fr", "sending_key": "k"}
    made = client.post(address, data, content_type="application/json", headers=headers)
    again = client.post(address, data, content_type="application/json", headers=headers)
    assert made.status_code == 201 and made.json()["id"] == again.json()["id"]
    comments = f"/api/v1/content/{made.json()['id']}/comments"
    reply = client.post(comments, {"body": "Oui"}, content_type="application/json", headers=headers)
    assert reply.status_code == 201
    assert [one["body"] for one in client.get(comments, headers=headers).json()["items"]] == ["Oui"]


def test_lists_are_paged_by_cursor_without_loss(community: Space, host: Person, sign_in: Callable[..., Client]) -> None:
    for number in range(25):
        start_topic(community, f"Sujet {number}", "x", actor=host)
    client, seen, cursor = sign_in(host), [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/communities/{community.uuid}/topics?limit=10&cursor={cursor}").json()
        seen += [one["title"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"Sujet {number}" for number in reversed(range(25))]


@pytest.mark.parametrize("cursor", ["x", "%00", "MjAyNi0xMS0yMw", "é", "a" * 5000])
def test_a_cursor_we_did_not_make_is_a_bad_request(
    community: Space, host: Person, sign_in: Callable[..., Client], cursor: str
) -> None:
    for address in ("feed", "notifications", "communities", f"communities/{community.uuid}/topics", "applications"):
        answer = sign_in(host).get(f"/api/v1/{address}?cursor={cursor}")
        assert answer.status_code == 400, address
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Donnez un titre au sujet."), ("en", "Give the topic a title.")]
)
def test_bad_input_is_explained_field_by_field_and_changes_nothing(
    community: Space, host: Person, client: Client, language: str, words: str
) -> None:
    Person.objects.filter(pk=host.pk).update(language=language)
    headers = _bearer(host)
    address = f"/api/v1/communities/{community.uuid}/topics"
    answer = client.post(address, {"title": " ", "body": "x"}, content_type="application/json", headers=headers)
    problem = answer.json()
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert problem["errors"] == [{"field": "title", "message": words}]
    assert problem["status"] == 422 and problem["instance"].startswith("urn:request:")
    missing = client.post(address, {"title": "x"}, content_type="application/json", headers=headers)
    assert missing.status_code == 422 and [one["field"] for one in missing.json()["errors"]] == ["body"]
    broken = client.post(address, "{", content_type="application/json", headers=headers)
    assert broken.status_code in (400, 422) and broken["Content-Type"] == "application/problem+json"
    assert not Topic.objects.exists()


def test_a_reading_token_does_not_write(topic: Topic, member: Person, client: Client) -> None:
    headers = _bearer(member, "read")
    address = f"/api/v1/content/{topic.uuid}/comments"
    assert client.get(address, headers=headers).status_code == 200
    answer = client.post(address, {"body": "Non"}, content_type="application/json", headers=headers)
    assert answer.status_code == 403 and answer["Content-Type"] == "application/problem+json"
    assert not Comment.objects.exists()


def test_a_bad_token_is_nobody_even_beside_a_session(member: Person, client: Client) -> None:
    answer = client.get("/api/v1/me", headers={"authorization": "Bearer pv_faux"})
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"


def test_refusals_carry_the_rules_reason(topic: Topic, colleague: Person, client: Client) -> None:
    address = f"/api/v1/content/{topic.uuid}/comments"
    answer = client.post(address, {"body": "x"}, content_type="application/json", headers=_bearer(colleague))
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Joignez-vous à cette communauté pour participer."


def test_the_documentation_page_opens(sign_in: Callable[..., Client], colleague: Person) -> None:
    answer: Any = sign_in(colleague).get("/api/v1/docs")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
