"""What people, programs and broken networks send that nobody should: it is refused or made harmless, never an error.

Some of it troubles PostgreSQL only (`python -m tests.on_servers tests/security`).
"""

import base64
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from communities.models import Topic
from directory.actions import create_token
from directory.models import Person
from foundation.discussion.models import Comment
from foundation.files.models import Attachment
from foundation.spaces.models import Space

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _bearer(person: Person) -> dict[str, str]:
    _token, secret = create_token("essai", actor=person, scope="write", expires=timezone.now() + timedelta(days=3))
    return {"authorization": f"Bearer {secret}"}


def _post(client: Client, address: str, data: str, person: Person) -> Any:
    return client.post(address, data, content_type="application/json", headers=_bearer(person))


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01T00:00:00+23:59",
        "2026-01-01T00:00:00",
    ],
)
def test_a_cursor_at_the_edge_of_the_calendar_is_no_error(
    topic: Topic, host: Person, sign_in: SignIn, moment: str
) -> None:
    client, cursor = sign_in(host), _cursor(f"{moment}|5")
    for address in ("/?before=", "/notifications/?before=", f"{topic.space.get_absolute_url()}?before="):
        assert client.get(address + cursor).status_code in (200, 400), address
    comments = f"/api/v1/content/{topic.uuid}/comments?cursor={cursor}"
    for address in (comments, f"/api/v1/feed?cursor={cursor}", f"/api/v1/communities?cursor={cursor}"):
        assert client.get(address).status_code in (200, 400), address


@pytest.mark.parametrize("text", ["[" * 6000, '["\\ud800", 1]', '["a\\u0000", 1]', '["a", 1e999]', "{}"])
def test_a_cursor_of_people_that_is_not_ours_starts_over(colleague: Person, sign_in: SignIn, text: str) -> None:
    client = sign_in(colleague)
    assert client.get(f"/people/?after={_cursor(text)}").status_code == 302
    assert client.get(f"/api/v1/people?cursor={_cursor(text)}").status_code == 400


def test_a_nul_in_a_search_is_no_error(community: Space, host: Person, sign_in: SignIn) -> None:
    """PostgreSQL."""
    assert "Béton" in sign_in(host).get("/communities/?q=b%C3%A9%00ton").content.decode()
    found = sign_in(host).get("/api/v1/communities?q=b%C3%A9%00ton").json()
    assert [one["title"] for one in found["items"]] == ["Béton et chaussées"]


@pytest.mark.parametrize(
    "wanted", ["x", "directory:people", "%", "-1", "//evil.example", "https:/evil.example", "\\evil"]
)
def test_after_sign_in_one_goes_to_a_path_of_ours(colleague: Person, sign_in: SignIn, wanted: str) -> None:
    client = sign_in(colleague)
    assert client.get("/sign-in/", {"next": wanted})["Location"] == "/"
    assert client.post("/settings/theme/", {"theme": "dark", "next": wanted})["Location"] == "/settings/"
    assert client.post("/settings/theme/", {"theme": "dark", "next": "/people/?q=a"})["Location"] == "/people/?q=a"


@pytest.mark.parametrize(
    "data",
    [
        '{"title": "x", "body": "\\ud800"}',
        '{"title": "x", "body": "x", "sending_key": "\\ud800"}',
        '{"title": "x", "body": "x", "sending_key": "a\\u0000"}',
        '{"title": "x", "body": "x", "parent": ["\\u0000"]}',
        '{"\\udfff": 1}',
        "[" * 100_000,
        '{"body": ' + "9" * 5000 + "}",
    ],
    ids=lambda data: data[:30],
)
def test_json_that_no_database_takes_is_a_bad_request(topic: Topic, host: Person, client: Client, data: str) -> None:
    for address in (f"/api/v1/communities/{topic.space.uuid}/topics", f"/api/v1/content/{topic.uuid}/comments"):
        answer = _post(client, address, data, host)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
    assert Topic.objects.count() == 1 and not Comment.objects.exists()


def test_two_people_may_choose_the_same_sending_key(
    community: Space, host: Person, member: Person, client: Client
) -> None:
    address, data = f"/api/v1/communities/{community.uuid}/topics", '{"title": "x", "body": "x", "sending_key": "1"}'
    made = [_post(client, address, data, person) for person in (host, member, member)]
    assert [one.status_code for one in made] == [201, 201, 201]
    assert [one.json()["author_name"] for one in made] == [host.name, member.name, member.name]
    assert Topic.objects.count() == 2


def test_a_sending_key_may_hold_anything(topic: Topic, member: Person, sign_in: SignIn) -> None:
    """PostgreSQL."""
    client, data = sign_in(member), {"body": "Une seule fois", "sending_key": "\x00" + "é" * 200}
    for _time in range(2):
        assert client.post(f"/content/{topic.uuid}/comments/", data).status_code == 302
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["topics", "comments"])
def test_two_sendings_at_once_add_one(topic: Topic, member: Person, kind: str) -> None:
    """A network that loses patience. The second finds the first's row only after having tried (PostgreSQL)."""
    headers = _bearer(member)
    of = f"communities/{topic.space.uuid}" if kind == "topics" else f"content/{topic.uuid}"
    data = json.dumps({"title": "Une fois", "body": "Une fois", "sending_key": "k"})
    at_once, answers = threading.Barrier(4), []

    def send() -> None:
        try:
            at_once.wait()
            client = Client(raise_request_exception=False)
            answers.append(client.post(f"/api/v1/{of}/{kind}", data, content_type="application/json", headers=headers))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _one in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.json()["id"] for one in answers}) == 1


def test_somebody_is_mentioned_in_a_new_topic(community: Space, host: Person, member: Person, sign_in: SignIn) -> None:
    data = {"title": "Question", "body": "Qu'en dis-tu, @marc.membre ?", "language": "fr"}
    page = sign_in(host).post(f"{community.get_absolute_url()}topics/new/", data, follow=True)
    assert f'<a href="{member.get_absolute_url()}"' in page.content.decode()


def test_a_flood_of_mentions_is_text(topic: Topic, host: Person, member: Person, sign_in: SignIn) -> None:
    flood = "@marc.membre " * 1500
    answer = sign_in(host).post(f"/content/{topic.uuid}/comments/", {"body": flood})
    assert answer.status_code == 302
    assert Comment.objects.get().body_html.count(member.get_absolute_url()) == 100
    data = {"title": "x", "body": flood * 2, "language": "fr"}
    assert sign_in(host).post(f"{topic.get_absolute_url()}edit/", data).status_code == 302


def test_short_rows_do_not_make_a_huge_page(topic: Topic, member: Person, sign_in: SignIn) -> None:
    """Each row of a table is filled up to its width: 20,000 characters made nine million, in more than a minute."""
    bomb = ("|a" * 180 + "\n" + "|-" * 180 + "\n" + "a\n" * 360 + "\n") * 13
    assert sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": bomb}).status_code == 302
    assert len(Comment.objects.get().body_html) < 20 * len(bomb)


def test_a_true_table_stays_whole(topic: Topic, member: Person, sign_in: SignIn) -> None:
    rows = "|a|b|c|\n|-|-|-|\n" + "|1|2|3|\n" * 1500 + "\nfin\n\n|a|b|c|\n|-|-|-|\n|1||\n|1|\n"
    assert sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": rows}).status_code == 302
    html = Comment.objects.get().body_html
    assert html.count("<td") == 1502 * 3 and html.count("<table>") == 2


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "utf-7", "utf-16"])
def test_an_encoding_that_is_none_is_a_bad_request(topic: Topic, member: Person, sign_in: SignIn, charset: str) -> None:
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    body = b'--B\r\nContent-Disposition: form-data; name="body"\r\n\r\n\\ud800\r\n--B--\r\n'
    client = sign_in(member)
    assert client.generic("POST", f"/content/{topic.uuid}/comments/", body, content_type=kind).status_code == 400
    assert client.generic("GET", "/people/?q=%5Cud800", "", CONTENT_TYPE=kind).status_code == 400
    assert Client().generic("GET", "/?next=%5Cud800", "", CONTENT_TYPE=kind).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "us-ascii", "inconnu"])
def test_a_plain_encoding_is_taken(topic: Topic, member: Person, sign_in: SignIn, charset: str) -> None:
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    body = b'--B\r\nContent-Disposition: form-data; name="body"\r\n\r\nOui\r\n--B--\r\n'
    answer = sign_in(member).generic("POST", f"/content/{topic.uuid}/comments/", body, content_type=kind)
    assert answer.status_code == 302 and Comment.objects.get().body == "Oui"


@pytest.mark.parametrize("value", ['"aaaaaaaa\\000"', '"\\303\\251aaaaaaaaaa"', "a" * 5000, "", "../../x"])
def test_a_strange_session_cookie_is_nobody(value: str) -> None:
    """PostgreSQL."""
    client = Client(headers={"cookie": f"parvis_session={value}"})
    assert client.get("/").status_code == 302
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("field", ["language", "theme"])
def test_who_has_one_name_only_has_preferences(colleague: Person, sign_in: SignIn, field: str) -> None:
    """Directories know such people; the rest of their record is not theirs to complete."""
    Person.objects.filter(pk=colleague.pk).update(given_name="", email="pas une adresse")
    value = {"language": "en", "theme": "dark"}[field]
    assert sign_in(colleague).post(f"/settings/{field}/", {field: value}).status_code == 302
    assert getattr(Person.objects.get(pk=colleague.pk), field) == value


@pytest.mark.parametrize(
    "disposition",
    [
        "filename*=unicode_escape''%5Cud800.txt",
        "filename*=zlib''%41.txt",
        "filename*=inconnu''%ff.txt",
        "filename*=UTF-8''%00%0d%0aSet-Cookie:%20a=b.txt",
        'filename="..\\\\..\\\\x.txt"',
        'filename="a%2fb#?;.txt"',
    ],
)
def test_a_hostile_file_name_is_no_error(topic: Topic, host: Person, sign_in: SignIn, disposition: str) -> None:
    client = sign_in(host)
    head = f'--B\r\nContent-Disposition: form-data; name="files"; {disposition}\r\n\r\n'
    answer = client.generic(
        "POST",
        f"/content/{topic.uuid}/attachments/",
        head.encode() + b"contenu\r\n--B--\r\n",
        content_type="multipart/form-data; boundary=B",
    )
    assert answer.status_code in (302, 400)
    assert client.get(topic.get_absolute_url()).status_code == 200
    for one in Attachment.objects.all():
        served = client.get(one.get_absolute_url())
        assert served.status_code == 200
        assert not {"\r", "\n", "\0"} & set(served["Content-Disposition"]) and "Set-Cookie" not in served


def test_a_picture_in_a_rare_format_is_a_plain_file(topic: Topic, host: Person, sign_in: SignIn) -> None:
    """Of Pillow's forty decoders only the four we show are ever tried: this one fails with an error of its own."""
    dds = b"DDS \x7c\x00\x00\x00" + b"\x07\x10\x00\x00" + b"\x08\x00\x00\x00" * 4 + b"\x00" * 48
    dds += b"\x20\x00\x00\x00\x00\x20\x00\x00" + b"\x00" * 44
    client = sign_in(host)
    client.post(f"/content/{topic.uuid}/attachments/", {"files": SimpleUploadedFile("x.dds", dds)})
    assert not Attachment.objects.get().is_image
