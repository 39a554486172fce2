"""What is not addressed to somebody does not reach them: by a page, a cache, a picture, a socket or a measure."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.models import Topic
from directory.models import Person, Unit
from foundation.activity.models import Activity
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.content.actions import narrow, share, trash
from foundation.discussion.models import Comment
from foundation.files.models import Attachment
from foundation.spaces.actions import change_access
from foundation.spaces.models import Membership, Role, Space
from intranet.asgi import application
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_an_external_does_not_see_above_themselves(outsider: Person, host: Person, sign_in: SignIn) -> None:
    Person.objects.filter(pk=outsider.pk).update(manager=host)
    Person.objects.filter(pk=host.pk).update(phone="514 555-0101")
    page = sign_in(outsider).get(outsider.get_absolute_url())
    assert page.status_code == 200
    assert host.name not in page.content.decode() and "555-0101" not in page.content.decode()


def test_private_pages_are_asked_for_again(topic: Topic, member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    for address in ("/", "/people/", topic.get_absolute_url(), "/settings/", "/api/v1/me", "/communities/inconnue/"):
        policy = client.get(address)["Cache-Control"]
        assert "private" in policy and ("no-cache" in policy or "no-store" in policy), address
    # What says better itself is left alone.
    assert "no-store" in client.get("/settings/tokens/")["Cache-Control"]


def test_signing_out_empties_what_the_browser_keeps(member: Person, sign_in: SignIn) -> None:
    assert sign_in(member).post("/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize(
    "address",
    ["/people/", "/notifications/", "//evil.example/a.png", "/files/../people/", "/files/1/../../people/", "/?x"],
)
def test_a_text_makes_its_readers_ask_for_files_only(
    topic: Topic, member: Person, sign_in: SignIn, address: str
) -> None:
    sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": f"![plan]({address}) ![plan](/files/1/a.png)"})
    html = Comment.objects.get().body_html
    assert html.count("<img") == 1 and 'src="/files/1/a.png"' in html


@pytest.mark.parametrize("name", ["outil.js", "style.css", "page.html", "dessin.svg", "flux.xml", "a.wasm", "a.mjs"])
def test_a_file_is_never_a_pages_script_or_style(topic: Topic, host: Person, sign_in: SignIn, name: str) -> None:
    """Our own address is the one place pages take scripts and styles from."""
    client = sign_in(host)
    client.post(f"/content/{topic.uuid}/attachments/", {"files": SimpleUploadedFile(name, b"alert(1)")})
    served = client.get(Attachment.objects.get().get_absolute_url())
    assert served["Content-Type"] == "application/octet-stream" and served["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["plan.pdf", "lettre.docx", "liste.csv"])
def test_a_document_keeps_its_type(topic: Topic, host: Person, sign_in: SignIn, name: str) -> None:
    client = sign_in(host)
    client.post(f"/content/{topic.uuid}/attachments/", {"files": SimpleUploadedFile(name, b"x")})
    assert client.get(Attachment.objects.get().get_absolute_url())["Content-Type"] != "application/octet-stream"


@pytest.mark.parametrize("path", ["/ws/", "/ws/inconnu/", "/", "/ws/notifications"])
async def test_a_socket_at_no_address_is_refused_without_an_error(path: str) -> None:
    headers = [(b"origin", b"http://testserver"), (b"host", b"testserver")]
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output(3))["type"] == "websocket.close"


def test_invented_methods_make_no_measures_of_their_own(client: Client) -> None:
    for number in range(3):
        client.generic(f"INVENTED{number}", "/sign-in/")
    assert b"INVENTED" not in client.get("/metrics").content


def test_one_activity_that_cannot_be_told_does_not_silence_the_others(
    topic: Topic, community: Space, host: Person, member: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    """A verb that an update took away, say: those recorded after it are told all the same, minute after minute."""
    deliver()
    Activity.objects.create(verb="app.gone", actor=host, content=topic, space=community)
    sign_in(member).post(f"/content/{topic.uuid}/comments/", {"body": "Une réponse"})
    assert deliver() == 1
    answer: Any = sign_in(host).get("/notifications/")
    assert "Marc Membre" in answer.content.decode()


def test_an_audience_narrows_in_the_trash_too(
    topic: Topic, host: Person, member: Person, community: Space, sign_in: SignIn
) -> None:
    Membership.objects.filter(space=community, person=member).update(role=Role.EDITOR)
    narrow(topic, audience_of({principal("person", host.pk)}), actor=host)
    trash(topic, actor=fresh(host))
    page = f"/communities/{community.slug}/trash/"
    assert topic.title not in sign_in(member).get(page).content.decode()
    assert topic.title in sign_in(host).get(page).content.decode()


def test_an_address_that_two_people_share_welcomes_neither(
    community: Space, host: Person, colleague: Person, outsider: Person, city: Unit, sign_in: SignIn
) -> None:
    other = make_person("autre.collegue", unit=city)
    Person.objects.filter(pk__in=[colleague.pk, other.pk]).update(email="guichet@ville.example")
    sent = {"person": "guichet@ville.example", "role": "20"}
    assert sign_in(host).post(f"/communities/{community.slug}/members/add/", sent).status_code == 422
    assert not Membership.objects.filter(space=community, person__in=[colleague, other]).exists()


def test_a_share_from_a_hidden_space_does_not_name_the_space(
    topic: Topic, community: Space, host: Person, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    share(topic, principal("person", colleague.pk), actor=fresh(host))
    deliver()
    client = sign_in(colleague)
    for address in ("/", "/notifications/", topic.get_absolute_url()):
        page = client.get(address)
        assert page.status_code == 200 and topic.title in page.content.decode(), address
        assert community.name not in page.content.decode(), address
    assert community.name in sign_in(host).get(topic.get_absolute_url()).content.decode()
