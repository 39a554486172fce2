"""Photos: what is taken, what is shown to whom, and what attackers send."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from directory import actions
from directory.models import Person
from directory.photos import SIZES, path_of
from foundation.activity.models import Activity
from foundation.files.models import Blob
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def image_bytes(
    encoding: str = "JPEG", size: tuple[int, int] = (300, 200), colour: str = "teal", **options: object
) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, encoding, **options)
    return buffer.getvalue()


def picture(name: str = "moi.jpg", **options: object) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, image_bytes(**options))  # type: ignore[arg-type]


def send(client: Client, upload: SimpleUploadedFile) -> object:
    return client.post("/settings/profile/photo/", {"photo": upload})


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "GIF", "WEBP"])
def test_own_photo_is_kept_square_and_shown_to_colleagues(
    member: Person, colleague: Person, sign_in: SignIn, encoding: str
) -> None:
    assert send(sign_in(member), picture(encoding=encoding)).status_code == 302
    member = fresh(member)
    assert member.photo_id == member.own_photo_id is not None
    client = sign_in(colleague)
    for size in SIZES:
        answer = client.get(member.photo_at(size))
        assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as shown:
            assert shown.format == "WEBP" and shown.size == (min(size, 200),) * 2
    assert f"{member.uuid}/photo/384-" in client.get(f"/people/{member.uuid}/").content.decode()


def test_where_and_when_it_was_taken_is_left_out(member: Person, sign_in: SignIn) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Appareil secret"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (45.0, 30.0, 12.0)
    # Turned by a quarter: what is shown stands upright.
    exif[0x0112] = 6
    upright = Image.new("RGB", (200, 200), "white")
    upright.paste("red", (0, 0, 200, 100))
    buffer = io.BytesIO()
    upright.rotate(90).save(buffer, "JPEG", exif=exif)
    send(sign_in(member), SimpleUploadedFile("gps.jpg", buffer.getvalue()))
    member = fresh(member)
    kept = default_storage.open(Blob.objects.get(pk=member.own_photo_id).path).read()
    for data in (kept, sign_in(member).get(member.photo_at(192)).content):
        assert b"Appareil secret" not in data and b"EXIF" not in data
        with Image.open(io.BytesIO(data)) as shown:
            assert not shown.getexif()
            assert (
                shown.getpixel((shown.width // 2, 5))[1] < 90 < shown.getpixel((shown.width // 2, shown.height - 5))[1]
            )


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


def tiff() -> bytes:
    return image_bytes("TIFF")


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<script>alert(1)</script>",
    "bomb": bomb(),
    "tiff": tiff(),
    "bmp": image_bytes("BMP"),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "cut": image_bytes(size=(900, 900), colour="red")[:900],
    "header only": b"\xff\xd8\xff\xe0",
    "empty": b"",
    "tiny": image_bytes(size=(40, 40)),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_kept(
    member: Person, sign_in: SignIn, data: bytes
) -> None:
    answer = send(sign_in(member), SimpleUploadedFile("moi.jpg", data))
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert fresh(member).own_photo_id is None and not Blob.objects.exists()


def test_a_script_hidden_in_a_picture_is_not_served(member: Person, sign_in: SignIn) -> None:
    polyglot = image_bytes("GIF") + b"<script>alert(document.domain)</script>"
    send(sign_in(member), SimpleUploadedFile("moi.gif.html", polyglot))
    member = fresh(member)
    answer = sign_in(member).get(member.photo_at(384))
    assert b"<script" not in answer.content
    assert answer["Content-Type"] == "image/webp" and answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_of_a_moving_picture_only_the_first_frame_is_drawn(member: Person, sign_in: SignIn) -> None:
    frames = [Image.new("RGB", (120, 120), "teal"), *(Image.new("RGB", (120, 120), (n, 0, 0)) for n in range(200))]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    send(sign_in(member), SimpleUploadedFile("film.gif", buffer.getvalue()))
    member = fresh(member)
    with Image.open(io.BytesIO(sign_in(member).get(member.photo_at(96)).content)) as shown:
        assert getattr(shown, "n_frames", 1) == 1
        assert shown.convert("RGB").getpixel((50, 50))[2] > 100


def test_an_old_a_foreign_or_an_invented_address_shows_nothing(
    member: Person, colleague: Person, sign_in: SignIn
) -> None:
    actions.set_photo(member, picture(), actor=member)
    before = member.photo_at(96)
    actions.set_photo(member, picture(colour="navy"), actor=member)
    client = sign_in(colleague)
    now = member.photo_at(96)
    assert client.get(now).status_code == 200 and client.get(before).status_code == 404
    assert client.get(now.replace(str(member.uuid), str(colleague.uuid))).status_code == 404
    assert client.get(now.replace("/96-", "/97-")).status_code == 404
    assert client.get(now.replace("/96-", "/100000-")).status_code == 404
    for path in (
        "96-../../secret_key.webp",
        "96-%2e%2e%2fsecret.webp",
        "96-" + "a" * 5000 + ".webp",
        "96-.webp",
        "-1-a.webp",
    ):
        assert client.get(f"/people/{member.uuid}/photo/{path}").status_code == 404
    assert Client().get(now).status_code == 302


def test_a_hidden_photo_and_those_of_who_left_are_shown_to_nobody(
    member: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    actions.set_photo(member, picture(), actor=member)
    address = member.photo_at(192)
    assert sign_in(outsider).get(address).status_code == 404
    actions.change_profile(member, actor=member, privacy={"photo": "nobody"})
    assert fresh(member).photo_at(192) == ""
    assert sign_in(colleague).get(address).status_code == 404
    # On their own page of settings they still see which one they hide.
    mine = sign_in(fresh(member))
    assert mine.get(address).status_code == 200
    assert f"/people/{member.uuid}/photo/384-" in mine.get("/settings/profile/").content.decode()
    actions.change_profile(member, actor=member, privacy={"photo": "everyone"})
    assert sign_in(colleague).get(address).status_code == 200
    actions.leave([member.pk])
    assert sign_in(colleague).get(address).status_code == 404
    assert fresh(member).photo_id is None
    actions.come_back([member.pk])
    assert sign_in(colleague).get(address).status_code == 200


def test_kept_by_the_browser_and_asked_again_for_nothing(member: Person, colleague: Person, sign_in: SignIn) -> None:
    actions.set_photo(member, picture(), actor=member)
    client = sign_in(colleague)
    answer = client.get(member.photo_at(96))
    assert {"private", "immutable", "max-age=31536000"} == {one.strip() for one in answer["Cache-Control"].split(",")}
    again = client.get(member.photo_at(96), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    assert client.post(member.photo_at(96)).status_code == 405


def test_a_drawing_cut_short_is_drawn_again(member: Person, colleague: Person, sign_in: SignIn) -> None:
    actions.set_photo(member, picture(), actor=member)
    client = sign_in(colleague)
    whole = client.get(member.photo_at(96)).content
    path = path_of(member.photo_id, 96)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(whole[:50]))
    assert client.get(member.photo_at(96)).content == whole


def test_nginx_sends_it_where_it_is_told_where(member: Person, sign_in: SignIn, settings: object) -> None:
    settings.FILES_ACCEL_LOCATION = "/internal/files/"  # type: ignore[attr-defined]
    actions.set_photo(member, picture(), actor=member)
    answer = sign_in(member).get(member.photo_at(48))
    assert answer["X-Accel-Redirect"] == f"/internal/files/{path_of(member.photo_id, 48)}" and not answer.content


def test_removing_ones_own_shows_ldaps_again(member: Person, colleague: Person, sign_in: SignIn) -> None:
    assert actions.keep_ldap_photos({member.pk: image_bytes(colour="red")}) == []
    member = fresh(member)
    of_ldap = member.photo_id
    actions.set_photo(member, picture(), actor=member)
    assert member.photo_id not in (None, of_ldap)
    assert sign_in(colleague).post("/settings/profile/photo/remove/").status_code == 302
    assert fresh(member).own_photo_id is not None
    sign_in(member).post("/settings/profile/photo/remove/")
    assert fresh(member).photo_id == of_ldap


def test_only_administrators_take_down_what_offends(member: Person, colleague: Person, sign_in: SignIn) -> None:
    actions.set_photo(member, picture(), actor=member)
    address = f"/people/{member.uuid}/photo/take-down/"
    assert sign_in(colleague).post(address).status_code == 403
    assert fresh(member).own_photo_id
    Person.objects.filter(pk=colleague.pk).update(is_staff=True)
    assert sign_in(fresh(colleague)).post(address).status_code == 302
    assert fresh(member).own_photo_id is None
    said = Activity.objects.filter(verb="directory.photo_changed").latest("pk")
    assert said.actor == colleague and said.data == {"person": str(member.uuid), "fields": ["photo"]}


def test_ldap_photos_come_and_go_and_bad_ones_change_nothing(member: Person, colleague: Person) -> None:
    good, other = image_bytes(colour="red"), image_bytes("PNG", colour="blue")
    bad = {colleague.pk: b"GIF89a\x00", member.pk: good}
    assert actions.keep_ldap_photos(bad) == [colleague.pk]
    assert fresh(member).photo_id == hashlib.sha256(good).hexdigest()
    assert fresh(colleague).photo_id is None
    assert actions.keep_ldap_photos({member.pk: image_bytes("TIFF"), colleague.pk: other}) == [member.pk]
    assert fresh(member).ldap_photo_id == hashlib.sha256(good).hexdigest()
    assert actions.keep_ldap_photos({member.pk: None, colleague.pk: other}) == []
    assert fresh(member).ldap_photo_id is None and fresh(member).photo_id is None
    assert fresh(colleague).photo_id == hashlib.sha256(other).hexdigest()


def test_ldap_photo_of_who_hides_theirs_is_not_shown(member: Person) -> None:
    actions.change_profile(member, actor=member, privacy={"photo": "nobody"})
    actions.keep_ldap_photos({member.pk: image_bytes()})
    assert fresh(member).ldap_photo_id and fresh(member).photo_id is None


def test_ldap_photos_of_many_cost_few_queries_to_write(borough: object, django_assert_max_num_queries: object) -> None:
    people = [make_person(f"p{number}.essai") for number in range(40)]
    same = image_bytes()
    actions.keep_ldap_photos({people[0].pk: same})
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        actions.keep_ldap_photos({person.pk: same for person in people})
