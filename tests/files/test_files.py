"""Files: stored once, served after the permission check, never run."""

import hashlib
import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from PIL import Image

from communities.models import Topic
from directory.models import Person
from foundation.content.actions import trash
from foundation.files.actions import attach, clean_name
from foundation.files.models import Attachment, Blob
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def _send(client: Client, topic: Topic, *files: SimpleUploadedFile) -> Any:
    return client.post(f"/content/{topic.uuid}/attachments/", {"files": list(files)}, follow=True)


def test_the_same_bytes_are_stored_once_under_their_hash(topic: Topic, host: Person, sign_in: SignIn) -> None:
    data = b"Plan de d\xc3\xa9neigement " * 1000
    _send(sign_in(host), topic, SimpleUploadedFile("a.txt", data), SimpleUploadedFile("b.txt", data))
    blob = Blob.objects.get()
    assert blob.sha256 == hashlib.sha256(data).hexdigest() and blob.size == len(data)
    assert blob.path == f"blobs/{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}"
    with default_storage.open(blob.path) as stored:
        assert stored.read() == data
    assert Attachment.objects.count() == 2


def test_who_may_not_see_the_content_does_not_get_its_files(
    topic: Topic, community: Space, host: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    _send(sign_in(host), topic, SimpleUploadedFile("note.txt", b"contenu"))
    address = Attachment.objects.get().get_absolute_url()
    assert b"".join(sign_in(colleague).get(address).streaming_content) == b"contenu"
    assert sign_in(outsider).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    assert sign_in(colleague).get(address).status_code == 404
    trash(topic, actor=fresh(host))
    assert sign_in(host).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "claimed"),
    [
        ("page.html", b"<script>alert(1)</script>", "text/html"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        ("photo.png", b"<html><script>alert(1)</script>", "image/png"),
        ("outil.js", b"alert(1)", "text/javascript"),
        ("plan.pdf", b"%PDF-1.7", "application/pdf"),
    ],
)
def test_what_could_run_is_downloaded_in_a_sandbox(
    topic: Topic, host: Person, sign_in: SignIn, name: str, data: bytes, claimed: str
) -> None:
    client = sign_in(host)
    _send(client, topic, SimpleUploadedFile(name, data, content_type=claimed))
    answer = client.get(Attachment.objects.get().get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "public" not in answer["Cache-Control"] and "private" in answer["Cache-Control"]


def test_a_real_picture_is_shown_in_place_whatever_its_name_says(topic: Topic, host: Person, sign_in: SignIn) -> None:
    client = sign_in(host)
    _send(client, topic, SimpleUploadedFile("photo.txt", _png(), content_type="text/plain"))
    answer = client.get(Attachment.objects.get().get_absolute_url())
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert (
        client.get(Attachment.objects.get().get_absolute_url(), headers={"if-none-match": answer["ETag"]}).status_code
        == 304
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.docx", "plan.docx"),
        ("été \u202egnp.exe", "été _gnp.exe"),
        ("a\x00b\r\n.txt", "a_b__.txt"),
        ("   ", "fichier"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_made_safe_and_keep_their_accents(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_too_large_or_empty_is_refused_in_words(topic: Topic, host: Person, sign_in: SignIn, settings: Any) -> None:
    settings.FILES_MAX_MB = 1
    page = _send(
        sign_in(host), topic, SimpleUploadedFile("gros.bin", b"0" * (1024 * 1024 + 1)), SimpleUploadedFile("vide", b"")
    ).content.decode()
    assert "au plus 1\u00a0Mo" in page and "Ce fichier est vide." in page
    assert not Attachment.objects.exists() and not Blob.objects.exists()


def test_only_who_may_change_the_content_attaches_and_removes(
    topic: Topic, host: Person, member: Person, sign_in: SignIn
) -> None:
    assert (
        sign_in(member)
        .post(f"/content/{topic.uuid}/attachments/", {"files": SimpleUploadedFile("x", b"x")})
        .status_code
        == 403
    )
    _send(sign_in(host), topic, SimpleUploadedFile("x.txt", b"x"))
    attached = Attachment.objects.get()
    assert sign_in(member).post(f"/attachments/{attached.uuid}/remove/").status_code == 403
    assert sign_in(host).post(f"/attachments/{attached.uuid}/remove/").status_code == 302
    assert not Attachment.objects.exists() and Blob.objects.exists()


def test_a_copy_cut_short_by_a_crash_is_written_again(topic: Topic, host: Person, sign_in: SignIn) -> None:
    data = b"complet" * 5000
    path = Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data)).path
    default_storage.save(path, SimpleUploadedFile("x", data[:100]))
    _send(sign_in(host), topic, SimpleUploadedFile("x.bin", data))
    with default_storage.open(path) as stored:
        assert stored.read() == data


def test_storing_and_serving_take_constant_memory(topic: Topic, host: Person, sign_in: SignIn) -> None:
    size = 60 * 1024 * 1024
    upload = TemporaryUploadedFile("gros.bin", "application/octet-stream", size, None)
    block = bytes(range(256)) * 4096
    for _number in range(size // len(block)):
        upload.file.write(block)
    upload.file.seek(0)
    client, person = sign_in(host), fresh(host)
    tracemalloc.start()
    attach(topic, upload, actor=person)
    upload.close()
    answer = client.get(Attachment.objects.get().get_absolute_url())
    served = sum(len(chunk) for chunk in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert served == size
    assert peak < 16 * 1024 * 1024


def test_nginx_serves_when_told_so(topic: Topic, host: Person, sign_in: SignIn, settings: Any) -> None:
    settings.FILES_ACCEL_LOCATION = "/internal-files/"
    client = sign_in(host)
    _send(client, topic, SimpleUploadedFile("x.txt", b"x"))
    answer = client.get(Attachment.objects.get().get_absolute_url())
    assert answer["X-Accel-Redirect"] == f"/internal-files/{Blob.objects.get().path}"
    assert answer.content == b""
