"""`/notes/<replica>/<unid>/`: to the new place of what has moved, for those who may see it; else to Notes."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import move_place
from applications.models import NotesPlace
from communities.actions import create_community, start_topic
from foundation.activity.models import Activity
from foundation.content.models import Content
from foundation.spaces.models import Space

from .notes import OTHER, PATH, REPLICA, UNID, mail, register, summaries  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
LINK = f"/notes/{REPLICA}/{UNID}/"


@pytest.fixture
def keeper(host, summaries):  # noqa: F811
    """Who keeps the register of applications."""
    return host


@pytest.fixture
def moved(keeper, topic):
    return move_place(REPLICA, UNID, topic.get_absolute_url(), actor=keeper)


def test_what_has_moved_is_at_its_new_place(sign_in, member, moved, topic):
    browser = sign_in(member)
    for address in (LINK, PATH, f"{LINK}?view={OTHER}&command=EditDocument"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, topic.get_absolute_url())
    assert browser.get(f"/notes/{REPLICA}/{OTHER}/").status_code == 200
    assert "no-store" in browser.get(LINK)["Cache-Control"]


@pytest.mark.parametrize(
    "spelling",
    [
        f"/notes/{REPLICA.lower()}/{UNID.lower()}/",
        "/notes/C1256C1E:006B1EB2/OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06/",
        "/notes/C1256C1E%3A006B1EB2/OF29DCC0C174F9C52F-ONC1256C1F00831A06/",
    ],
)
def test_other_spellings_lead_to_the_one_address(sign_in, member, spelling):
    answer = sign_in(member).get(spelling)
    assert (answer.status_code, answer["Location"]) == (302, LINK)
    assert sign_in(member).get(f"{spelling}?server=Courriel01/Ville")["Location"] == PATH


@pytest.mark.parametrize(
    "address",
    [
        "/notes/x/",
        f"/notes/{REPLICA}/x/",
        f"/notes/{REPLICA}/{UNID[:-1]}/",
        f"/notes/{REPLICA}/%22onclick%3D/",
        f"/notes/{REPLICA}/?server=%22%3E%3Cscript%3E",
        "/notes/?path=../../x.nsf",
        f"/notes/{REPLICA}/?command=RunAgent",
        f"/notes/{REPLICA}/?" + "&".join(f"a{n}=1" for n in range(50)),
        f"/notes/{REPLICA}/%FF/",
    ],
)
def test_what_is_no_link_is_said_to_be_none(sign_in, member, address):
    answer = sign_in(member).get(address)
    assert answer.status_code == 404
    assert "Location" not in answer and "Refresh" not in answer
    assert "<script>" not in answer.content.decode()


def test_a_bare_address_leads_to_the_reading_of_links(sign_in, member):
    assert sign_in(member).get("/notes/")["Location"] == "/apps/notes/link/"
    assert sign_in(member).get("/notes/?path=mail%2Fx.nsf&server=a").status_code == 200


def test_who_may_not_see_the_new_place_is_told_nothing(sign_in, member, colleague, moved, topic, community):
    Space.objects.filter(pk=community.pk).update(access=Space.Access.HIDDEN)
    answer, unmoved = (sign_in(colleague).get(one) for one in (LINK, f"/notes/{REPLICA}/{OTHER}/"))
    assert answer.status_code == 200 and "Refresh" not in answer
    same = [one.content.decode().replace(OTHER, UNID) for one in (answer, unmoved)]
    assert _without_tokens(same[0]) == _without_tokens(same[1])
    assert topic.title not in same[0]
    assert sign_in(member).get(LINK)["Location"] == topic.get_absolute_url()


def _without_tokens(page):
    return re.sub(r'(?:csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"', "", page)


def test_the_draft_and_the_trash_are_no_new_place(sign_in, member, moved, topic):
    Content.objects.filter(pk=topic.pk).update(state="trashed")
    assert sign_in(member).get(LINK).status_code == 200


def test_a_whole_database_and_one_document_of_it(sign_in, member, keeper, topic, community, moved):
    move_place(REPLICA, "", community.get_absolute_url(), actor=keeper)
    browser = sign_in(member)
    assert browser.get(LINK)["Location"] == topic.get_absolute_url()
    assert browser.get(f"/notes/{REPLICA}/{OTHER}/")["Location"] == community.get_absolute_url()
    assert browser.get(f"/notes/{REPLICA}/")["Location"] == community.get_absolute_url()


def test_the_tile_of_a_database_that_moved_leads_there(sign_in, member, keeper, summaries, community):  # noqa: F811
    move_place(REPLICA, "", community.get_absolute_url(), actor=keeper)
    answer = sign_in(member).get(f"/apps/{summaries.uuid}/open/")
    assert answer["Location"] == community.get_absolute_url()
    # That the application itself took its place makes no circle.
    move_place(REPLICA, "", summaries.get_absolute_url(), actor=keeper)
    assert sign_in(member).get(f"/apps/{summaries.uuid}/open/").status_code == 200
    assert sign_in(member).get(f"/notes/{REPLICA}/")["Location"] == summaries.get_absolute_url()


def test_the_number_of_queries_does_not_grow(sign_in, member, keeper, topic, moved):
    browser = sign_in(member)
    browser.get(LINK)
    counts = []
    for more in (range(1, 200), ()):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LINK).status_code == 302
        counts.append(len(queries))
        NotesPlace.objects.bulk_create(
            NotesPlace(replica=REPLICA, unid=f"{n:032X}", content=topic, by=keeper) for n in more
        )
    assert counts[0] == counts[1]


# -- Keeping ----------------------------------------------------------------------------------------------------------


def test_only_those_who_keep_the_register_keep_places(sign_in, member, moved, keeper):
    browser = sign_in(member)
    for address in ("", "places.csv", "add/", "import/"):
        assert browser.get(f"/apps/notes/{address}").status_code == 403
    assert browser.post("/apps/notes/add/", {"link": LINK, "address": "/"}).status_code == 403
    assert browser.post("/apps/notes/import/", {"text": "a", "import": "yes"}).status_code == 403
    assert browser.post(f"/apps/notes/places/{moved.uuid}/remove/").status_code == 403
    assert sign_in(keeper).get("/apps/notes/").status_code == 200


def test_adding_and_removing_a_place(sign_in, keeper, member, topic):
    browser = sign_in(keeper)
    url = f"notes://x/{REPLICA}/0/{UNID}"
    answer = browser.post(
        "/apps/notes/add/", {"link": url, "address": f"http://testserver{topic.get_absolute_url()}?a#b"}
    )
    assert answer.status_code == 302
    place = NotesPlace.objects.get()
    assert (place.replica, place.unid, place.content_id, place.by) == (REPLICA, UNID, topic.pk, keeper)
    told = Activity.objects.filter(verb="applications.notes_place_moved").get()
    assert told.content_id == topic.pk and told.data == {"replica": REPLICA, "unid": UNID}
    page = browser.get("/apps/notes/").content.decode()
    assert topic.title in page and f"{REPLICA}/{UNID}" in page
    assert browser.post(f"/apps/notes/places/{place.uuid}/remove/").status_code == 302
    assert not NotesPlace.objects.exists()
    assert Activity.objects.filter(verb="applications.notes_place_removed").count() == 1
    assert sign_in(member).get(LINK).status_code == 200
    assert browser.post(f"/apps/notes/places/{place.uuid}/remove/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/communities/",
        "javascript:alert(1)",
        "notes://a/b.nsf",
        "/nowhere/",
        "/people/",
        "/communities/in/inconnue/",
        "http://[",
        f"/apps/{'0' * 8}-0000-4000-8000-{'0' * 12}/",
    ],
)
def test_places_are_in_the_portal_and_exist(sign_in, keeper, address):
    answer = sign_in(keeper).post("/apps/notes/add/", {"link": f"notes:///{REPLICA}", "address": address})
    assert answer.status_code == 422
    assert not NotesPlace.objects.exists()


def test_a_keeper_cannot_ask_what_exists(sign_in, keeper, member):
    """A place is only where its keeper sees it."""
    hidden = create_community(actor=member, name_fr="Secrète", name_en="Secret", access=Space.Access.HIDDEN)
    topic = start_topic(hidden, "Rien à voir", "…", actor=member)
    for target in (hidden, topic):
        sent = {"link": f"notes:///{REPLICA}", "address": target.get_absolute_url()}
        assert sign_in(keeper).post("/apps/notes/add/", sent).status_code == 422
    NotesPlace.objects.create(replica=REPLICA, content=topic, by=member)
    page = sign_in(keeper).get("/apps/notes/").content.decode()
    assert "Rien à voir" not in page and REPLICA in page
    assert str(topic.uuid) not in b"".join(sign_in(keeper).get("/apps/notes/places.csv")).decode()


def test_everyone_s_own_database_does_not_move(sign_in, keeper, topic):
    sent = {"link": "notes:///0000000000000E00", "address": topic.get_absolute_url()}
    assert sign_in(keeper).post("/apps/notes/add/", sent).status_code == 422


def _sheet(topic, community):
    return (
        "Réplique;Document;Nouvelle adresse\r\n"
        f"C1256C1E:006B1EB2;OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06;{topic.get_absolute_url()}\r\n"
        f"{REPLICA.lower()};;{community.get_absolute_url()}\r\n"
        f"notes://Courriel01%2FVille/{REPLICA}/0/{OTHER};;{topic.get_absolute_url()}\r\n"
        f"{REPLICA};pas-un-document;{topic.get_absolute_url()}\r\n"
        f"{REPLICA};{OTHER[::-1]};https://evil.example/\r\n"
        f"seulement\r\n"
        f"{REPLICA};{OTHER};{topic.get_absolute_url()}\r\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252", "utf-8"])
def test_a_sheet_is_checked_then_imported(sign_in, keeper, topic, community, encoding):
    browser = sign_in(keeper)
    text = _sheet(topic, community)
    file = SimpleUploadedFile("lieux.csv", text.encode(encoding))
    page = browser.post("/apps/notes/import/", {"file": file}).content.decode()
    assert not NotesPlace.objects.exists()
    assert "Ligne 5" in page and "Ligne 6" in page and "Ligne 7" in page and "Ligne 4" not in page
    assert "Importer 3 emplacements" in page
    assert "pas-un-document" in page  # The lines come back.
    page = browser.post("/apps/notes/import/", {"text": text, "import": "yes"}).content.decode()
    assert NotesPlace.objects.count() == 3
    assert "Ligne 6" in page
    assert Activity.objects.get(verb="applications.notes_places_moved").data["added"] == 3
    # Again: nothing is new, and nothing is told.
    page = browser.post("/apps/notes/import/", {"text": text, "import": "yes"}).content.decode()
    assert NotesPlace.objects.count() == 3
    assert Activity.objects.filter(verb="applications.notes_places_moved").count() == 1


def test_the_sheet_of_all_places_can_be_imported_again(sign_in, keeper, topic, community, moved):
    move_place(REPLICA, "", community.get_absolute_url(), actor=keeper)
    browser = sign_in(keeper)
    sheet = b"".join(browser.get("/apps/notes/places.csv"))
    assert sheet.decode("utf-8-sig").splitlines()[0].count(";") == 2
    NotesPlace.objects.filter(unid=UNID).delete()
    NotesPlace.objects.update(space=None, content=topic)
    file = SimpleUploadedFile("lieux.csv", sheet)
    assert browser.post("/apps/notes/import/", {"file": file, "import": "yes"}).status_code == 302
    found = {one.unid: one.target.get_absolute_url() for one in NotesPlace.objects.all()}
    assert found == {UNID: topic.get_absolute_url(), "": community.get_absolute_url()}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "aucune ligne"),
        (b"\x81\x8d" * 20, "pas une feuille"),
        (b"a;b;/c\n" * 10_001, "trop grande"),
        (b'"' + b"a" * 200_000, "pas une feuille"),
    ],
)
def test_hostile_sheets_are_refused(sign_in, keeper, data, told):
    answer = sign_in(keeper).post("/apps/notes/import/", {"file": SimpleUploadedFile("a.csv", data)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not NotesPlace.objects.exists()


def test_a_large_sheet_takes_few_queries(sign_in, keeper, topic):
    browser = sign_in(keeper)
    text = "".join(f"{REPLICA};{n:032X};{topic.get_absolute_url()}\n" for n in range(1, 2001))
    began = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        assert browser.post("/apps/notes/import/", {"text": text, "import": "yes"}).status_code == 302
    assert NotesPlace.objects.count() == 2000
    assert len(queries) < 40
    assert timezone.now() - began < timedelta(seconds=20)
    page = browser.get("/apps/notes/").content.decode()
    assert page.count('class="row__title"') == 100
    after = f"?after={REPLICA}/{100:032X}"
    assert after.replace("/", "%2F") in page or after in page
    assert f"{101:032X}" in browser.get(f"/apps/notes/{after}").content.decode()
