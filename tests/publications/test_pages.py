"""Notices through the pages people use: reading, writing, translating, approving, and what others never see."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from directory.models import Person, Unit
from foundation.acknowledgements.models import Acknowledgement, Target
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from publications.actions import publish_now, save_draft, start_draft, submit
from publications.models import Notice, Stage, Tag
from tests.conftest import fresh

from .conftest import ENGLISH, FRENCH

SignIn = Callable[..., Client]
Published = Callable[..., Notice]


def form(notice: Notice | None = None, **fields: Any) -> dict[str, Any]:
    """What the form sends."""
    values = {
        "genre": "notice",
        "language": "fr",
        "title_fr": "Fermeture de la piscine",
        "summary_fr": "Pour entretien.",
        "body_fr": "<p>La piscine ferme <b>lundi</b>.</p>",
        "change": "correction",
    }
    if notice is not None:
        values["based_on"] = Notice.objects.get(pk=notice.pk).latest_revision_id
    return {**values, **fields}


def test_the_two_minutes_of_a_manager(site: Space, manager: Person, borough: Unit, sign_in: SignIn) -> None:
    client = sign_in(manager)
    page = client.get("/notices/new/")
    assert page.status_code == 200
    assert b"audience-chip" in page.content, "a borough speaks to its own people unless it says otherwise"
    answer = client.post(
        "/notices/new/",
        form(site=site.site.pk, audience=[f"unit:{borough.uuid}"], sending_key="a", then="submit"),
        follow=True,
    )
    [notice] = Notice.objects.all()
    assert answer.redirect_chain[-1][0] == f"/notices/{notice.uuid}/"
    text = answer.content.decode()
    assert "pas encore publié" in text and "La version anglaise manque" in text
    assert notice.body == "<p>La piscine ferme <strong>lundi</strong>.</p>" and notice.stage == Stage.DRAFT
    again = client.post("/notices/new/", form(site=site.site.pk, sending_key="a", then=""))
    assert again["Location"] == f"/notices/{notice.uuid}/" and Notice.objects.count() == 1


def test_an_error_loses_nothing(site: Space, manager: Person, sign_in: SignIn) -> None:
    answer = sign_in(manager).post("/notices/new/", form(site=site.site.pk, title_fr="", go_live_at="hier"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Donnez un titre" in text and "Indiquez un jour et une heure" in text and "La piscine ferme" in text
    assert not Notice.objects.exists()


def test_who_writes_for_no_site_is_told_so(site: Space, colleague: Person, outsider: Person, sign_in: SignIn) -> None:
    for person in (colleague, outsider):
        for path in ("/notices/new/", "/notices/desk/"):
            answer = sign_in(person).get(path)
            assert answer.status_code == 403 and "site" in answer.content.decode()
    answer = sign_in(colleague).post("/notices/new/", form(site=site.site.pk))
    assert answer.status_code == 403 and not Notice.objects.exists()


def test_the_whole_way_through_the_pages(
    draft: Notice,
    manager: Person,
    editor: Person,
    approver: Person,
    colleague: Person,
    stranger: Person,
    sign_in: SignIn,
) -> None:
    page, step = f"/notices/{draft.uuid}/", f"/notices/{draft.uuid}/step/"
    assert sign_in(colleague).get(page).status_code == 404
    translator = sign_in(editor)
    shown = translator.get(f"{page}translate/").content.decode()
    assert "La cour ouvre à 6" in shown and "Traduire en anglais" in shown
    base = Notice.objects.get(pk=draft.pk).latest_revision_id
    words = {"title_en": "New hours", "summary_en": "", "body_en": "<p>At 6:30.</p>", "translation_ready": "on"}
    assert translator.post(f"{page}translate/", {**words, "based_on": base})["Location"] == page
    assert sign_in(manager).post(step, {"do": "submit"})["Location"] == page
    assert sign_in(manager).post(step, {"do": "approve"}).status_code == 403
    desk = sign_in(editor).get("/notices/desk/").content.decode()
    assert draft.title in desk and "En attente de moi" in desk
    bare = sign_in(editor).post(step, {"do": "ask_changes"}, follow=True).content.decode()
    assert "Dites ce qui est à changer" in bare
    sign_in(editor).post(step, {"do": "approve", "comment": "Clair."})
    assert sign_in(colleague).get(page).status_code == 404
    done = sign_in(approver).post(step, {"do": "approve"}, follow=True).content.decode()
    assert "Approuvé et publié" in done
    read = sign_in(colleague).get(page).content.decode()
    assert "VER" in read and "6\u00a0h\u00a030" in read and "Publication" not in read
    assert sign_in(stranger).get(page).status_code == 404, "it is addressed to the borough"
    assert "New hours" in sign_in(colleague, language="en").get(page).content.decode()


def test_the_reader_is_told_of_the_other_language(
    city_site: Space, stranger: Person, approver: Person, colleague: Person, sign_in: SignIn
) -> None:
    city_site.memberships.create(person=approver, role=40)
    city_site.site.four_eyes = False
    city_site.site.save()
    notice = start_draft(city_site, FRENCH, actor=fresh(approver))
    publish_now(notice, actor=fresh(approver))
    text = sign_in(colleague, language="en").get(f"/notices/{notice.uuid}/").content.decode()
    assert "not available in English" in text and f'lang="fr">{FRENCH["title"]}' in text
    assert "PDF in French" in text and "PDF in English" not in text


def test_outsiders_find_it_nowhere(
    draft: Notice,
    manager: Person,
    outsider: Person,
    stranger: Person,
    publish: Published,
    sign_in: SignIn,
) -> None:
    notice = publish(draft)
    for person in (outsider, stranger):
        client = sign_in(person)
        for path in ("", "edit/", "translate/", "preview/", "history/", "corrections/", "fr.pdf"):
            assert client.get(f"/notices/{notice.uuid}/{path}").status_code == 404, path
        assert client.post(f"/notices/{notice.uuid}/step/", {"do": "archive"}).status_code == 404
        assert client.get(f"/api/v1/notices/{notice.uuid}").status_code == 404
        assert notice.title not in client.get("/notices/").content.decode()
        assert str(notice.uuid) not in client.get("/api/v1/notices").content.decode()


def test_readers_reach_no_page_of_writers(
    draft: Notice, colleague: Person, publish: Published, sign_in: SignIn
) -> None:
    notice = publish(draft)
    client = sign_in(colleague)
    assert client.get(f"/notices/{notice.uuid}/").status_code == 200
    for path in ("edit/", "translate/", "preview/", "history/"):
        answer = client.get(f"/notices/{notice.uuid}/{path}")
        assert answer.status_code == 403, path
    for wish in ("publish", "submit", "approve", "ask_changes", "take_back", "end", "archive", "discard"):
        answer = client.post(f"/notices/{notice.uuid}/step/", {"do": wish, "comment": "x"})
        assert answer.status_code == 403, wish
    assert client.post(f"/notices/{notice.uuid}/step/", {"do": "explode"}).status_code == 404


def test_two_editors_see_each_other_and_lose_nothing(
    draft: Notice, manager: Person, editor: Person, sign_in: SignIn
) -> None:
    first, second = sign_in(manager), sign_in(editor)
    address = f"/notices/{draft.uuid}/edit/"
    mine, theirs = form(draft, title_fr="Le titre de Michel"), form(draft, title_fr="Le titre d’Édith")
    first.post(f"/notices/{draft.uuid}/presence/", {"writing": "1", "based_on": mine["based_on"]})
    seen = second.post(f"/notices/{draft.uuid}/presence/", {"writing": "1", "based_on": theirs["based_on"]})
    assert "Michel Gestion écrit ici aussi" in seen.content.decode()
    assert first.post(address, mine)["Location"] == f"/notices/{draft.uuid}/"
    told = second.post(f"/notices/{draft.uuid}/presence/", {"writing": "1", "based_on": theirs["based_on"]})
    assert "a enregistré une autre version" in told.content.decode()
    answer = second.post(address, theirs)
    text = answer.content.decode()
    assert answer.status_code == 422 and "Le titre d’Édith" in text and "conservé ici" in text
    assert "<del>" in text and "Michel" in text
    assert Notice.objects.get(pk=draft.pk).title == "Le titre de Michel"
    [base] = re.findall(r'name="based_on" value="(\d+)"', text)
    assert second.post(address, {**theirs, "based_on": base}).status_code == 302
    assert Notice.objects.get(pk=draft.pk).title == "Le titre d’Édith"


def test_a_published_notice_is_corrected_on_top(
    draft: Notice,
    manager: Person,
    approver: Person,
    colleague: Person,
    publish: Published,
    sign_in: SignIn,
) -> None:
    notice = publish(draft)
    fields = form(
        notice,
        title_fr=FRENCH["title"],
        body_fr="<p>La cour ouvre à 7 h.</p>",
        title_en=ENGLISH["title_translated"],
        body_en="<p>The yard opens at 7.</p>",
        translation_ready="on",
        note_fr="L’heure était fausse.",
        then="submit",
    )
    sign_in(manager).post(f"/notices/{notice.uuid}/edit/", fields)
    reader = sign_in(colleague)
    assert "6\u00a0h\u00a030" in reader.get(f"/notices/{notice.uuid}/").content.decode()
    sign_in(approver).post(f"/notices/{notice.uuid}/step/", {"do": "approve"})
    text = reader.get(f"/notices/{notice.uuid}/").content.decode()
    assert "Corrigé le" in text and "L’heure était fausse." in text and "7\u00a0h" in text
    chain = reader.get(f"/notices/{notice.uuid}/corrections/").content.decode()
    assert "<del>6</del>" in chain or "<del>" in chain


def test_versions_are_compared(draft: Notice, manager: Person, editor: Person, sign_in: SignIn) -> None:
    old = Notice.objects.get(pk=draft.pk).latest_revision_id
    save_draft(draft, {"title": "Nouvel horaire à la cour"}, actor=fresh(manager))
    new = Notice.objects.get(pk=draft.pk).latest_revision_id
    text = sign_in(editor).get(f"/notices/{draft.uuid}/history/?from={old}&to={new}").content.decode()
    assert "<del>" in text and "<ins>" in text
    assert sign_in(editor).get(f"/notices/{draft.uuid}/history/?from=99999999&to=x").status_code == 200


def test_the_preview_shows_each_language_and_a_phone(draft: Notice, manager: Person, sign_in: SignIn) -> None:
    client = sign_in(manager)
    assert "preview--phone" in client.get(f"/notices/{draft.uuid}/preview/?language=fr&on=phone").content.decode()
    assert (
        "pas encore de version anglaise" in client.get(f"/notices/{draft.uuid}/preview/?language=en").content.decode()
    )


def test_the_pdf_is_official_tagged_and_fetches_nothing(
    draft: Notice, colleague: Person, publish: Published, sign_in: SignIn
) -> None:
    notice = publish(draft, body='<p>La cour ouvre à 6 h 30.</p><p><a href="file:///etc/passwd">x</a></p>')
    answer = sign_in(colleague).get(f"/notices/{notice.uuid}/fr.pdf")
    assert answer["Content-Type"] == "application/pdf" and "sandbox" in answer["Content-Security-Policy"]
    document = PdfReader(BytesIO(answer.content))
    text = document.pages[0].extract_text()
    assert "Nouvel horaire" in text and "VER" in text and "Verdun" in text
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "fr"
    english = sign_in(colleague).get(f"/notices/{notice.uuid}/en.pdf")
    assert "New hours" in PdfReader(BytesIO(english.content)).pages[0].extract_text()


def test_lists_narrow(site: Space, draft: Notice, colleague: Person, publish: Published, sign_in: SignIn) -> None:
    Tag.objects.create(slug="voirie", name_fr="Voirie", name_en="Roads")
    notice = publish(draft, tags=["voirie"])
    client, year = sign_in(colleague), timezone.localdate().year
    for found in (
        "",
        "?genre=notice",
        "?site=verdun",
        "?subject=voirie",
        f"?year={year}",
        "?genre=inconnu",
        "?year=xx",
    ):
        assert notice.title in client.get(f"/notices/{found}").content.decode(), found
    for lost in ("?genre=news", "?subject=voirie&genre=job", "?year=1999", "?past=1"):
        assert notice.title not in client.get(f"/notices/{lost}").content.decode(), lost
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        Notice.objects.filter(pk=notice.pk).update(expires=timezone.now())
        assert notice.title not in sign_in(colleague).get("/notices/").content.decode()
        assert notice.title in sign_in(colleague).get("/notices/?past=1").content.decode()


def test_acknowledged_in_the_language_read_and_again_after_a_material_correction(
    draft: Notice,
    manager: Person,
    approver: Person,
    colleague: Person,
    publish: Published,
    sign_in: SignIn,
    run_tasks: Any,
) -> None:
    notice = publish(draft, acknowledgement="read", acknowledge_within=7)
    run_tasks()
    reader = sign_in(colleague, language="en")
    home = reader.get("/").content.decode()
    assert "To do" in home and "New hours" in home
    page = reader.get(f"/notices/{notice.uuid}/").content.decode()
    assert "Your reading is recorded under your name" in page
    [(version, language)] = re.findall(
        r'name="version" value="(\d+)"><input type="hidden" name="language" value="(\w+)"', page
    )
    assert language == "en"
    reader.post(f"/acknowledgements/{notice.uuid}/", {"version": version, "language": language})
    proof = Acknowledgement.objects.get(person=colleague)
    assert (proof.language, proof.version.number) == ("en", 1)
    assert "To do" not in reader.get("/").content.decode()
    save_draft(
        notice,
        {"body": "<p>La cour ouvre à 7 h.</p>", "body_translated": "<p>At 7.</p>", "translation_ready": True},
        actor=fresh(manager),
        correction={"note_fr": "L’heure.", "note_en": "The hour.", "material": True},
    )
    publish_now(notice, actor=fresh(approver))
    run_tasks()
    again = reader.get(f"/notices/{notice.uuid}/").content.decode()
    assert "The text has changed since you acknowledged it" in again and "The hour." in again
    register = sign_in(approver).get(f"/acknowledgements/{notice.uuid}/register/").content.decode()
    assert "L’heure." in register
    assert sign_in(colleague).get(f"/acknowledgements/{notice.uuid}/register/").status_code == 403
    asked = set(Target.objects.values_list("person__username", flat=True))
    assert "stella.ailleurs" not in asked and colleague.username in asked


def test_those_who_answer_for_it_are_not_asked(
    site: Space,
    manager: Person,
    editor: Person,
    stranger: Person,
    publish: Published,
    sign_in: SignIn,
    run_tasks: Any,
) -> None:
    values = {**FRENCH, "audience": {principal("unit", stranger.unit_id)}, "acknowledgement": "agree"}
    notice = publish(start_draft(site, values, actor=manager))
    run_tasks()
    assert set(Target.objects.values_list("person__username", flat=True)) == {stranger.username}
    assert "ack-bar" not in sign_in(editor).get(f"/notices/{notice.uuid}/").content.decode()
    assert "ack-bar" in sign_in(stranger).get(f"/notices/{notice.uuid}/").content.decode()


def test_an_attachment_follows_its_notice(
    draft: Notice,
    borough: Unit,
    manager: Person,
    colleague: Person,
    stranger: Person,
    publish: Published,
    sign_in: SignIn,
) -> None:
    upload = SimpleUploadedFile("Plan d’été.pdf", b"%PDF-1.4 plan")
    sign_in(manager).post(
        f"/notices/{draft.uuid}/edit/", form(draft, files=[upload], audience=[f"unit:{borough.uuid}"])
    )
    [attachment] = draft.attachments.all()
    for client, before, after in ((sign_in(colleague), 404, 200), (sign_in(stranger), 404, 404)):
        assert client.get(attachment.get_absolute_url()).status_code == before
        if before != after:
            publish(draft)
        assert client.get(attachment.get_absolute_url()).status_code == after


def test_files_of_what_is_public_are_the_editors(
    draft: Notice, manager: Person, editor: Person, publish: Published, sign_in: SignIn
) -> None:
    """SECURITY: they are seen at once, without approval."""
    notice = publish(draft)
    upload = SimpleUploadedFile("Ajout.pdf", b"%PDF-1.4 ajout")
    for address in (f"/content/{notice.uuid}/attachments/", f"/notices/{notice.uuid}/edit/"):
        upload.seek(0)
        sign_in(manager).post(address, form(notice, files=[upload]))
        assert not notice.attachments.exists(), address
    assert "notice-files" not in sign_in(manager).get(f"/notices/{notice.uuid}/").content.decode()
    upload.seek(0)
    sign_in(editor).post(f"/content/{notice.uuid}/attachments/", {"files": [upload]})
    assert notice.attachments.count() == 1


def test_the_api_makes_drafts_and_reads_what_is_published(
    site: Space, manager: Person, colleague: Person, publish: Published, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    data = {"site": "verdun", "title": "Par programme", "body": "Premier.\n\nSecond <x>", "sending_key": "k"}
    made = client.post("/api/v1/notices", data, content_type="application/json")
    assert made.status_code == 201 and made.json()["stage"] == "draft"
    assert made.json()["texts"]["fr"]["body"].startswith("<p>Premier.</p>")
    assert client.post("/api/v1/notices", data, content_type="application/json").json()["id"] == made.json()["id"]
    refused = sign_in(colleague).post("/api/v1/notices", data, content_type="application/json")
    assert refused.status_code == 403 and "site" in refused.json()["detail"]
    assert client.get("/api/v1/notices").json()["items"] == []
    notice = publish(Notice.objects.get(uuid=made.json()["id"]))
    [item] = sign_in(colleague).get("/api/v1/notices?genre=notice&site=verdun").json()["items"]
    assert item["number"] == notice.reference and item["kind"] == "notice"
    whole = sign_in(colleague, language="en").get(f"/api/v1/notices/{notice.uuid}").json()
    assert whole["shown_language"] == "en" and set(whole["texts"]) == {"fr", "en"}


@pytest.mark.parametrize("path", ["/notices/", "/notices/?genre=notice", "/notices/desk/?list=published", "/"])
def test_one_or_twenty_cost_the_same(
    path: str, site: Space, manager: Person, approver: Person, publish: Published, sign_in: SignIn
) -> None:
    def count() -> int:
        client = sign_in(approver)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    publish(start_draft(site, FRENCH, actor=fresh(manager)))
    one = count()
    for _number in range(12):
        publish(start_draft(site, FRENCH, actor=fresh(manager)))
    assert count() == one


def test_waiting_costs_the_same_whatever_waits(site: Space, manager: Person, editor: Person, sign_in: SignIn) -> None:
    def one_more() -> None:
        notice = start_draft(site, {**FRENCH, **ENGLISH}, actor=fresh(manager))
        submit(notice, actor=fresh(manager))

    def count() -> int:
        client = sign_in(editor)
        client.get("/notices/desk/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/desk/")
        return len(queries)

    one_more()
    one = count()
    for _number in range(8):
        one_more()
    assert count() == one
