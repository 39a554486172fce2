"""Opening links to Notes: each device in its own way, remembered, with a way back; and reading a link."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.actions import change_application
from applications.models import Application
from foundation.ui.notes_links import NotesLink, parse_file, parse_link

from .notes import PATH, PHONE, REPLICA, SERVER, UNID, URL, mail, register, summaries, web  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
DOOR = f"notes://Courriel01%2FVille/{REPLICA}"


def _open(application):
    return f"/apps/{application.uuid}/open/"


def _links(answer):
    return re.findall(r'<a class="button[^"]*" href="([^"]*)"', answer.content.decode())


def test_the_first_time_every_way_is_offered(sign_in, member, summaries, web):  # noqa: F811
    answer = sign_in(member).get(_open(summaries))
    assert answer.status_code == 200
    assert "Refresh" not in answer
    page = answer.content.decode()
    assert f'href="{DOOR}"' in page
    assert f'href="https://domino.ville.example/__{REPLICA}.nsf?OpenDatabase"' in page
    assert f'href="{_open(summaries)}?with=ndl"' in page
    assert "Ouvrir dans Notes" in page
    assert "no-store" in answer["Cache-Control"]


def test_on_a_phone_the_web_comes_first(sign_in, member, summaries, web):  # noqa: F811
    browser = sign_in(member)
    assert _links(browser.get(_open(summaries)))[0] == DOOR
    first = _links(browser.get(_open(summaries), headers={"user-agent": PHONE}))[0]
    assert first.startswith("https://domino.ville.example/")


def test_a_device_remembers_notes_and_keeps_the_other_ways_at_hand(sign_in, member, summaries, web):  # noqa: F811
    browser = sign_in(member)
    answer = browser.post("/apps/notes/device/", {"way": "client", "next": _open(summaries)})
    assert answer.status_code == 302 and answer["Location"] == _open(summaries)
    cookie = browser.cookies["parvis_notes"]
    assert cookie.value == "client" and cookie["httponly"] and cookie["samesite"] == "Lax"
    answer = browser.get(_open(summaries))
    assert answer["Refresh"] == f"0; url={DOOR}"
    assert "domino.ville.example" in answer.content.decode()
    assert "Rien ne s’est ouvert" in answer.content.decode()
    assert "Refresh" not in browser.get(f"{_open(summaries)}?choose=1")


def test_a_device_remembers_the_web_and_another_does_not(sign_in, member, summaries, web):  # noqa: F811
    browser = sign_in(member)
    browser.post("/apps/notes/device/", {"way": "web"})
    answer = browser.get(_open(summaries))
    assert answer.status_code == 302
    assert answer["Location"] == f"https://domino.ville.example/__{REPLICA}.nsf?OpenDatabase"
    assert sign_in(member).get(_open(summaries)).status_code == 200
    browser.post("/apps/notes/device/", {"way": ""})
    assert browser.get(_open(summaries)).status_code == 200


def test_what_a_device_remembers_and_a_link_does_not_have_falls_back(sign_in, member, summaries, mail, settings, web):  # noqa: F811
    browser = sign_in(member)
    browser.post("/apps/notes/device/", {"way": "verse"})
    assert browser.get(_open(mail))["Location"] == "https://courriel.ville.example/verse"
    assert browser.get(_open(summaries))["Location"].startswith("https://domino.ville.example/")
    settings.DOMINO_WEB_HOSTS = {}
    answer = browser.get(_open(summaries))
    assert answer.status_code == 200 and "Refresh" not in answer
    browser.post("/apps/notes/device/", {"way": "ndl"})
    assert browser.get(_open(mail))["Refresh"] == "0; url=notes:///0000000000000E00"


@pytest.mark.parametrize("value", ["client; x", "javascript:alert(1)", "CLIENT", "", "a" * 3000])
def test_a_cookie_that_says_something_else_says_nothing(sign_in, member, summaries, value):  # noqa: F811
    browser = sign_in(member)
    browser.cookies["parvis_notes"] = value
    answer = browser.get(_open(summaries))
    assert answer.status_code == 200 and "Refresh" not in answer


def test_only_ways_are_remembered_and_one_stays_in_the_portal(sign_in, member):
    browser = sign_in(member)
    assert browser.post("/apps/notes/device/", {"way": "other"}).status_code == 400
    for wanted in ("https://evil.example/", "//evil.example/", "notes://a/b.nsf", ""):
        answer = browser.post("/apps/notes/device/", {"way": "web", "next": wanted})
        assert answer["Location"] == "/apps/notes/device/"


def test_one_tile_is_everyone_s_own_mail(sign_in, member, colleague, mail, web):  # noqa: F811
    for person in (member, colleague):
        links = _links(sign_in(person).get(_open(mail)))
        assert links[:3] == [
            "notes:///0000000000000E00",
            "https://courriel.ville.example/mail",
            "https://courriel.ville.example/verse",
        ]
        # A link file would name a database that nobody has.
        assert len(links) == 3


def test_a_redirection_to_notes_is_made_of_parts(sign_in, member, summaries):  # noqa: F811
    answer = sign_in(member).get(f"{_open(summaries)}?with=client")
    assert (answer.status_code, answer["Location"]) == (302, DOOR)
    answer = sign_in(member).get(f"{PATH}&with=client&command=EditDocument")
    assert answer.status_code == 200  # The server is nobody's: asked first.
    assert "EditDocument" in answer.content.decode()


def test_the_link_file(sign_in, member, summaries):  # noqa: F811
    answer = sign_in(member).get(f"{_open(summaries)}?with=ndl")
    assert answer["Content-Type"] == "application/vnd.lotus-notes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=utf-8''Sommaires%20d%C3%A9cisionnels" in disposition and disposition.endswith(".ndl")
    assert parse_file(answer.content) == NotesLink(REPLICA, server=SERVER)
    assert b"<REM>Sommaires d\xe9cisionnels" in answer.content
    assert answer.content.endswith(b"</NDL>\r\n")


def test_a_link_with_a_path_has_no_file(sign_in, member, summaries, host, web):  # noqa: F811
    change_application(summaries, {"notes_link": "notes://Courriel01%2FVille/mail%2Fgarde.nsf"}, actor=host)
    links = _links(sign_in(member).get(_open(summaries)))
    assert links == [
        "notes://Courriel01%2FVille/mail%2Fgarde.nsf",
        "https://domino.ville.example/mail/garde.nsf?OpenDatabase",
    ]


def test_the_door_asks_the_rule(sign_in, member, summaries, host):  # noqa: F811
    change_application(summaries, {"entry": "request"}, actor=host)
    answer = sign_in(member).get(f"{_open(summaries)}?with=client")
    assert answer["Location"] == f"/apps/{summaries.uuid}/"


def test_a_link_in_the_register_that_is_none_says_so(sign_in, member, summaries):  # noqa: F811
    Application.objects.filter(pk=summaries.pk).update(notes_link="notes:javascript:alert(1)")
    answer = sign_in(member).get(_open(summaries))
    assert answer.status_code == 404
    assert "javascript" not in answer.content.decode()


def test_a_server_of_elsewhere_is_asked_about(sign_in, member, web):  # noqa: F811
    browser = sign_in(member)
    browser.cookies["parvis_notes"] = "client"
    answer = browser.get(f"/notes/{REPLICA}/{UNID}/?server=evil.example")
    assert answer.status_code == 200 and "Refresh" not in answer
    page = answer.content.decode()
    assert "evil.example" in page and "Connaissez-vous ce serveur" in page
    assert "https://evil.example" not in page
    # `*` shows it on the web, on the city's own server.
    assert f'href="https://notes.ville.example/__{REPLICA}.nsf/0/{UNID}?OpenDocument"' in page
    assert browser.get(PATH)["Refresh"] == f"0; url={URL}"
    assert browser.get(f"/notes/{REPLICA}/{UNID}/")["Refresh"].startswith("0; url=notes:///")


def test_reading_a_link(sign_in, member, web):  # noqa: F811
    browser = sign_in(member)
    assert browser.get("/apps/notes/link/").status_code == 200
    page = browser.post("/apps/notes/link/", {"text": URL}).content.decode()
    assert f'value="http://testserver{PATH}"' in page
    assert f'value="{URL}"' in page
    assert f'value="https://domino.ville.example/__{REPLICA}.nsf/0/{UNID}?OpenDocument"' in page
    assert f'href="{PATH}&amp;with=ndl"' in page
    assert SERVER in page and "C1256C1E:006B1EB2" in page
    file = SimpleUploadedFile("lien.ndl", NotesLink(REPLICA, document=UNID, server=SERVER).to_ndl().encode())
    assert browser.post("/apps/notes/link/", {"file": file}).content.decode().count(PATH) == page.count(PATH)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"text": ""}, "Collez un lien Notes"),
        ({"text": "notes:javascript:alert(1)"}, "Un lien Notes commence par"),
        ({"text": "x" * 20_000}, "16384"),
        ({"file": SimpleUploadedFile("a.ndl", b"\x00\x81" * 40)}, "n’est pas un lien Notes"),
        ({"file": SimpleUploadedFile("a.ndl", b"<NDL>" * 40_000)}, "trop long"),
        ({"file": SimpleUploadedFile("a.ndl", b"")}, "Collez un lien Notes"),
    ],
)
def test_what_is_no_link_is_told_and_kept(sign_in, member, sent, told):
    answer = sign_in(member).post("/apps/notes/link/", sent)
    assert answer.status_code == 422
    assert told in answer.content.decode().replace("\u202f", "").replace("\u00a0", "")
    if "text" in sent:
        assert sent["text"][:200] in answer.content.decode()


def test_the_api_reads_links(sign_in, member, web):  # noqa: F811
    browser = sign_in(member)
    answer = browser.post("/api/v1/notes/links", {"text": URL}, content_type="application/json")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["server"], said["replica"], said["document"], said["special"]) == (SERVER, REPLICA, UNID, "")
    assert said["portal"] == f"http://testserver{PATH}"
    assert {parse_link(said[name]).document for name in ("url", "portal", "web", "ndl")} == {UNID}
    refused = browser.post("/api/v1/notes/links", {"text": "javascript:1"}, content_type="application/json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "text"
    special = browser.post(
        "/api/v1/notes/links", {"text": "notes:///0000000000000E00"}, content_type="application/json"
    )
    assert special.json()["special"] == "mail" and special.json()["web"] == ""


def test_settings_lead_to_the_device(sign_in, member):
    browser = sign_in(member)
    assert 'href="/apps/notes/device/"' in browser.get("/settings/").content.decode()
    browser.cookies["parvis_notes"] = "web"
    page = browser.get("/apps/notes/device/").content.decode()
    assert page.count('name="way"') == 4
