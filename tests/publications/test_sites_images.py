"""Images of sites: taken with care, shrunk in the background, seen by whoever reads the site."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks import task_backends
from PIL import Image

from directory.models import Person, Unit
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from publications.models import SiteImage
from publications.starting import block
from publications.tasks import prepare_image
from tests.conftest import fresh

from .sites import TwoSites, picture

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def two(city: Unit, borough: Unit) -> TwoSites:
    return TwoSites(city, borough)


def _send(client: Client, two: TwoSites, upload: Any, **fields: Any) -> Any:
    form = {"title": "Le quai", "file": upload, "space": two.verdun.space_id, "description": "Un quai", **fields}
    return client.post("/editor/images/add/", form)


def _received(client: Client, two: TwoSites, upload: Any) -> SiteImage:
    answer = _send(client, two, upload)
    assert answer.status_code == 302, answer.context["form"].errors
    return SiteImage.objects.get()


def _with_place() -> Any:
    """A large photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Appareil témoin"
    exif.get_ifd(0x8825)[2] = (45.0, 30.0, 0.0)
    return picture(5200, 3900, exif=exif, quality=95)


def test_a_large_image_is_shrunk_in_the_background(
    two: TwoSites, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    image = _received(sign_in(two.editor), two, _with_place())
    two.page(body=[block("image", {"image": image.pk, "alt": "Le quai au matin", "caption": "Verdun"})])
    waiting = sign_in(colleague).get("/sites/verdun/marche/").content.decode()
    assert (
        "en préparation" in waiting
        and "<img" not in waiting.partition("site-page__body")[2].partition("frame__rail")[0]
    )
    assert sign_in(colleague).get(f"/sites/images/{image.uuid}/").status_code == 404
    assert sign_in(two.editor).get("/editor/images/").status_code == 200
    received = image.file.name
    prepare_image.call(image.pk)
    prepare_image.call(image.pk)
    image.refresh_from_db()
    assert image.is_ready and (image.width, image.height) == (2560, 1920)
    assert image.file.name != received
    kept = image.file.storage.open(image.file.name).read()
    assert b"moin" not in kept and not Image.open(io.BytesIO(kept)).getexif()
    page = sign_in(colleague).get("/sites/verdun/marche/").content.decode()
    assert 'alt="Le quai au matin"' in page and f"/sites/images/{image.uuid}/width-960,format-webp/" in page
    for width in (480, 960, 1600):
        answer = sign_in(colleague).get(f"/sites/images/{image.uuid}/width-{width},format-webp/")
        assert answer["Content-Type"] == "image/webp" and "sandbox" in answer["Content-Security-Policy"]
        assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).width == width
        assert sign_in(outsider).get(f"/sites/images/{image.uuid}/width-{width},format-webp/").status_code == 404
    assert sign_in(colleague).get(f"/sites/images/{image.uuid}/width-9999,format-webp/").status_code == 404
    assert sign_in(colleague).get(f"/sites/images/{image.uuid}/original/").status_code == 404


def test_uploading_queues_the_shrinking(two: TwoSites, sign_in: SignIn) -> None:
    image = _received(sign_in(two.editor), two, picture())
    queue = task_backends["default"]
    from django_tasks_db.models import DBTaskResult

    assert queue is not None
    waiting = DBTaskResult.objects.filter(task_path="publications.tasks.prepare_image")
    assert [one.args_kwargs["args"] for one in waiting] == [[image.pk]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("faux.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("page.png", b"<html><script>alert(1)</script></html>"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("image.tiff", b"II*\x00" + b"\x00" * 64),
    ],
)
def test_what_is_no_picture_is_refused(two: TwoSites, sign_in: SignIn, name: str, data: bytes) -> None:
    answer = _send(sign_in(two.editor), two, SimpleUploadedFile(name, data))
    assert answer.status_code == 200 and not SiteImage.objects.exists()


def test_a_bomb_is_refused(two: TwoSites, sign_in: SignIn) -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    answer = _send(sign_in(two.editor), two, SimpleUploadedFile("bombe.png", bomb.getvalue()))
    assert answer.status_code == 200 and not SiteImage.objects.exists()
    assert "trop de pixels" in answer.content.decode()


def test_an_image_is_sent_to_ones_own_site_and_says_what_it_shows(two: TwoSites, sign_in: SignIn) -> None:
    client = sign_in(two.editor)
    assert _send(client, two, picture(), space=two.lachine.space_id).status_code == 200
    assert _send(client, two, picture(), description="").status_code == 200
    assert not SiteImage.objects.exists()


def test_an_image_one_may_not_see_is_not_named_by_a_form(two: TwoSites, sign_in: SignIn) -> None:
    image = _received(sign_in(two.editor), two, picture())
    page = two.page(site=two.lachine, body=[block("image", {"image": image.pk, "alt": "x", "caption": ""})]).page
    assert "Le quai" in sign_in(two.other).get(f"/editor/pages/{page.pk}/edit/").content.decode()
    change_access(two.verdun.space, Space.Access.HIDDEN, actor=fresh(two.admin))
    assert "Le quai" not in sign_in(two.other).get(f"/editor/pages/{page.pk}/edit/").content.decode()
