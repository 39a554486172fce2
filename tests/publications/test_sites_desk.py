"""The editors' desk: who enters, what they reach, how pages are written, and that nobody overwrites anybody."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from directory.models import Person, Unit
from foundation.content.models import State
from publications.models import PageContent, SiteImage, SitePage
from tests.conftest import make_person

from .sites import TwoSites, name_editor, page_form, picture, stream, written

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def two(city: Unit, borough: Unit) -> TwoSites:
    return TwoSites(city, borough)


def _opened(client: Client, page_id: int) -> dict[str, str]:
    """What a browser that opened the page sends back of what it opened."""
    html = client.get(f"/editor/pages/{page_id}/edit/").content.decode()
    found = {}
    for name in ("loaded_revision_id", "loaded_revision_created_at"):
        found[name] = html.partition(f'name="{name}" value="')[2].partition('"')[0]
    return found


def test_only_the_editors_of_sites_enter(two: TwoSites, colleague: Person, city: Unit, sign_in: SignIn) -> None:
    superuser = make_person("un.superutilisateur", unit=city, is_staff=True, is_superuser=True)
    assert sign_in(two.editor).get("/editor/").status_code == 200
    for person in (colleague, superuser):
        assert sign_in(person).get("/editor/").status_code == 403
    answer = Client().get("/editor/")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_an_editor_writes_and_publishes_a_page(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    editor, home = sign_in(two.editor), two.verdun.root_page
    add = f"/editor/pages/add/publications/sitepage/{home.pk}/"
    assert editor.get(add).status_code == 200
    answer = editor.post(add, page_form())
    assert answer.status_code == 302, answer.context["form"].errors
    page = SitePage.objects.get(slug="marche")
    assert page.content.state == State.DRAFT
    assert sign_in(colleague).get("/sites/verdun/marche/").status_code == 404
    assert sign_in(two.editor).get("/sites/verdun/marche/").status_code == 200
    edit = f"/editor/pages/{page.pk}/edit/"
    form = page_form(french="Ouvert le dimanche.", **{"action-publish": "yes"}, **_opened(editor, page.pk))
    assert editor.post(edit, form).status_code == 302
    page.content.refresh_from_db()
    assert page.content.state == State.PUBLISHED
    assert "Ouvert le dimanche." in sign_in(colleague).get("/sites/verdun/marche/").content.decode()
    # What is being written is nobody's to read.
    editor.post(edit, page_form("Marché secret", french="En préparation.", **_opened(editor, page.pk)))
    read = sign_in(colleague).get("/sites/verdun/marche/").content.decode()
    assert "En préparation." not in read and "Marché secret" not in read
    assert PageContent.objects.get(page=page).title == "Le marché"
    editor.post(f"/editor/pages/{page.pk}/unpublish/")
    assert sign_in(colleague).get("/sites/verdun/marche/").status_code == 404


def test_the_policy_of_languages_is_the_gate(two: TwoSites, sign_in: SignIn) -> None:
    editor, home = sign_in(two.editor), two.verdun.root_page
    add = f"/editor/pages/add/publications/sitepage/{home.pk}/"
    empty = page_form(**{"action-publish": "yes"})
    empty = {key: value for key, value in empty.items() if not key.startswith("body_fr")} | stream("body_fr", [])
    answer = editor.post(add, empty)
    assert answer.status_code == 200 and "La version française manque" in answer.content.decode()
    type(two.verdun).objects.filter(pk=two.verdun.pk).update(languages="both")
    answer = editor.post(add, page_form(**{"action-publish": "yes"}))
    assert "La version anglaise manque" in answer.content.decode()
    english = {"title_en": "The market", **stream("body_en", [("text", written("Open on Saturday."))])}
    answer = editor.post(add, page_form(**{"action-publish": "yes"}, **english))
    assert "La version anglaise est un brouillon" in answer.content.decode()
    assert (
        editor.post(add, page_form(**{"action-publish": "yes", "translation_ready": "on"}, **english)).status_code
        == 302
    )
    page = SitePage.objects.get(slug="marche")
    assert page.content.title_translated == "The market"
    # The original changes: the translation is out of date until it is said to be right again.
    changed = page_form(french="Fermé.", **{"action-publish": "yes"}, **english, **_opened(editor, page.pk))
    assert (
        "La version anglaise n’est plus à jour"
        in editor.post(f"/editor/pages/{page.pk}/edit/", changed).content.decode()
    )


def test_the_second_of_two_editors_overwrites_nothing(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page().page
    second = name_editor(two.verdun, "sonia.seconde")
    mine, theirs = sign_in(two.editor), sign_in(second)
    opened_mine, opened_theirs = _opened(mine, page.pk), _opened(theirs, page.pk)
    edit = f"/editor/pages/{page.pk}/edit/"
    assert theirs.post(edit, page_form(french="La version de Sonia.", **opened_theirs)).status_code == 302
    for _again in range(2):
        refused = mine.post(edit, page_form(french="La version d'Édith.", **{"action-publish": "yes"}, **opened_mine))
        assert refused.status_code == 409
        html = refused.content.decode()
        assert "Sonia Seconde" in html and "Rien n" in html
        # Saving again from there is refused again.
        opened_mine["loaded_revision_created_at"] = html.partition('name="loaded_revision_created_at" value="')[
            2
        ].partition('"')[0]
        opened_mine["loaded_revision_id"] = html.partition('name="loaded_revision_id" value="')[2].partition('"')[0]
    latest = SitePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert "La version de Sonia." in str(latest.body_fr)
    assert mine.post(edit, page_form(french="Ensemble.", **_opened(mine, page.pk))).status_code == 302


def test_two_editors_see_each_other(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page().page
    second = name_editor(two.verdun, "sonia.seconde")
    ping = f"/editor/editing-sessions/ping/publications/sitepage/{page.pk}/0/"
    sign_in(second).post(ping, {"is_editing": "1"})
    answer = sign_in(two.editor).post(ping)
    assert [one["user"] for one in answer.json()["other_sessions"]] == ["Sonia Seconde"]
    assert sign_in(two.other).post(ping).status_code == 404


def _addresses(two: TwoSites, page: Any, image: SiteImage) -> list[str]:
    """Every address of the desk that names a page or an image."""
    pk, home = page.pk, two.verdun.root_page_id
    revision = page.latest_revision_id
    pages = f"/editor/pages/{pk}"
    return [
        f"/editor/pages/{home}/",
        f"/editor/pages/{home}/results/",
        f"/editor/pages/add/publications/sitepage/{home}/",
        f"/editor/pages/add/publications/sitepage/{home}/preview/",
        f"{pages}/edit/",
        f"{pages}/edit/preview/",
        f"{pages}/view_draft/",
        f"{pages}/add_subpage/",
        f"{pages}/delete/",
        f"{pages}/unpublish/",
        f"{pages}/convert_alias/",
        f"{pages}/usage/",
        f"{pages}/move/",
        f"{pages}/move/{two.lachine.root_page_id}/confirm/",
        f"{pages}/set_position/",
        f"{pages}/copy/",
        f"{pages}/privacy/",
        f"{pages}/lock/",
        f"{pages}/unlock/",
        f"{pages}/revisions/",
        f"{pages}/revisions/{revision}/view/",
        f"{pages}/revisions/{revision}/revert/",
        f"{pages}/revisions/{revision}/unschedule/",
        f"{pages}/revisions/compare/live...latest/",
        f"{pages}/workflow_history/",
        f"{pages}/history/",
        f"{pages}/history/results/",
        f"/editor/choose-page/{home}/",
        f"/editor/images/{image.pk}/",
        f"/editor/images/{image.pk}/delete/",
        f"/editor/images/{image.pk}/generate_url/",
        f"/editor/images/usage/{image.pk}/",
        f"/editor/images/chooser/{image.pk}/",
        f"/editor/images/chooser/{image.pk}/select-format/",
        f"/editor/api/main/pages/{pk}/",
        f"/editor/bulk/wagtailcore/page/delete/?id={pk}",
        f"/editor/bulk/publications/siteimage/delete/?id={image.pk}",
    ]


def test_another_boroughs_editor_reaches_nothing(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page("Plan confidentiel").page
    client = sign_in(two.editor)
    form = {"title": "Photo", "file": picture(), "space": two.verdun.space_id, "description": "Un quai"}
    sent = client.post("/editor/images/add/", form)
    assert sent.status_code == 302, sent.context["form"].errors
    image = SiteImage.objects.get()
    stranger = sign_in(two.other)
    for address in _addresses(two, page, image):
        for method in ("get", "post"):
            answer = getattr(stranger, method)(address)
            assert answer.status_code == 404, (method, address, answer.status_code)
            assert "Plan confidentiel" not in answer.content.decode()
    before = Page.objects.get(pk=page.pk)
    assert before.live and before.path == page.path
    # Lists, choosers and search hold one's own alone.
    for address in (
        "/editor/",
        "/editor/pages/",
        "/editor/pages/search/?q=confidentiel",
        "/editor/pages/search/results/?q=confidentiel",
        "/editor/choose-page/",
        "/editor/choose-page/search/?q=confidentiel",
        "/editor/images/",
        "/editor/images/results/",
        "/editor/images/chooser/",
        "/editor/images/chooser/results/",
        f"/editor/images/chooser/chosen-multiple/?id={image.pk}",
        f"/editor/pages/{two.lachine.root_page_id}/",
    ):
        answer = stranger.get(address, follow=True)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert "Plan confidentiel" not in html and "Photo" not in html and str(image.uuid) not in html, address


def test_moves_and_copies_stay_among_ones_own_sites(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page().page
    editor, foreign = sign_in(two.editor), two.lachine.root_page_id
    assert editor.get(f"/editor/pages/{page.pk}/move/{foreign}/confirm/").status_code == 404
    assert editor.post(f"/editor/pages/{page.pk}/move/", {"new_parent_page": foreign}).status_code == 200
    copy = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": foreign, "alias": "on"}
    assert editor.post(f"/editor/pages/{page.pk}/copy/", copy).status_code == 200
    assert not SitePage.objects.filter(slug="copie").exists()
    assert "Lachine" not in editor.get(f"/editor/pages/{page.pk}/copy/").content.decode()
    copy["new_parent_page"] = two.verdun.root_page_id
    assert editor.post(f"/editor/pages/{page.pk}/copy/", copy).status_code == 302
    made = SitePage.objects.get(slug="copie")
    assert made.alias_of_id is None and made.content.space_id == two.verdun.space_id


def test_a_page_moved_to_another_site_has_that_sites_readers(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page().page
    both = name_editor(two.verdun, "bea.deux", role=30)
    two.lachine.space.memberships.create(person=both, role=30)
    answer = sign_in(both).post(f"/editor/pages/{page.pk}/move/{two.lachine.root_page_id}/confirm/")
    assert answer.status_code == 302
    content = PageContent.objects.get(page=page)
    assert content.space_id == two.lachine.space_id
    assert SitePage.objects.get(pk=page.pk).url == "/sites/lachine/marche/"


@pytest.mark.parametrize(
    "address",
    [
        "/editor/users/",
        "/editor/groups/",
        "/editor/collections/",
        "/editor/workflows/list/",
        "/editor/reports/site-history/",
        "/editor/reports/aging-pages/",
        "/editor/snippets/",
        "/editor/api/main/pages/",
        "/editor/api/main/images/",
        "/editor/failwhale/",
        "/editor/block-preview/",
        "/editor/tag-autocomplete/",
        "/editor/pages/usage/publications/sitepage/",
        "/editor/password_reset/",
    ],
)
def test_what_is_not_ours_does_not_answer(two: TwoSites, city: Unit, sign_in: SignIn, address: str) -> None:
    superuser = name_editor(two.verdun, "une.puissante", city)
    Person.objects.filter(pk=superuser.pk).update(is_superuser=True, is_staff=True)
    for person in (two.editor, Person.objects.get(pk=superuser.pk)):
        assert sign_in(person).get(address).status_code == 404
    assert sign_in(superuser).get(f"/editor/pages/{two.lachine.root_page_id}/edit/").status_code == 404


def test_nothing_hostile_survives(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    hostile = (
        '<p onclick="alert(1)">Bonjour<script>alert(1)</script><a href="javascript:alert(1)">ici</a>'
        '<img src=x onerror=alert(1)><iframe src="//evil.example"></iframe><svg><script>1</script></svg></p>'
        '<p class="MsoNormal" style="mso-bidi:x"><o:p></o:p><span style="color:red">Texte de Word</span></p>'
        '<a id="1" linktype="page">racine</a><a id="9" linktype="page" href="javascript:1">x</a>'
    )
    from publications.starting import block, text

    link = {"label": "<b>x</b>", "address": "javascript:alert(1)", "note": ""}
    faq = {"question": "<script>2</script>", "answer": hostile}
    two.page(
        body=[
            text(hostile),
            block("links", {"title": "<script>3</script>", "links": [link]}),
            block("faq", {"title": "", "questions": [faq]}),
        ]
    )
    html = sign_in(colleague).get("/sites/verdun/marche/").content.decode()
    body = html.partition('class="site-page__body"')[2].partition("frame__rail")[0]
    assert "Texte de Word" in body and "Bonjour" in body
    for trace in ("<script", "onclick", "onerror", "javascript:", "<iframe", "mso", "style=", "<img", "evil.example"):
        assert trace not in body, trace


def test_the_editor_is_sent_only_addresses_that_are_safe(two: TwoSites, sign_in: SignIn) -> None:
    link = {
        "body_fr-0-value-title": "",
        "body_fr-0-value-links-count": "1",
        "body_fr-0-value-links-0-deleted": "",
        "body_fr-0-value-links-0-order": "0",
        "body_fr-0-value-links-0-id": "",
        "body_fr-0-value-links-0-value-label": "Ici",
        "body_fr-0-value-links-0-value-address": "javascript:alert(1)",
        "body_fr-0-value-links-0-value-note": "",
    }
    fields = {key: value for key, value in stream("body_fr", [("links", "")]).items() if key != "body_fr-0-value"}
    form = {key: value for key, value in page_form().items() if not key.startswith("body_fr")}
    add = f"/editor/pages/add/publications/sitepage/{two.verdun.root_page_id}/"
    answer = sign_in(two.editor).post(add, {**form, **fields, **link})
    assert answer.status_code == 200 and not SitePage.objects.filter(slug="marche").exists()


def test_a_preview_is_the_editors_in_a_frame_of_the_desk(two: TwoSites, sign_in: SignIn) -> None:
    page = two.page().page
    client = sign_in(two.editor)
    preview = f"/editor/pages/{page.pk}/edit/preview/"
    sent = client.post(preview, page_form(french="Aperçu du texte."))
    assert json.loads(sent.content)["is_valid"], sent.content
    shown = client.get(preview + "?mode=fr")
    assert "Aperçu du texte." in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    editor = client.get(f"/editor/pages/{page.pk}/edit/")
    assert editor["X-Frame-Options"] == "DENY"
    policy = editor["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in client.get("/editor/")["Content-Security-Policy"]
    html = editor.content.decode()
    assert all(
        " src=" in tag.partition(">")[0] or 'type="application/json"' in tag.partition(">")[0]
        for tag in html.split("<script")[1:]
    )


def test_addresses_of_the_portal_are_not_taken(two: TwoSites, sign_in: SignIn) -> None:
    add = f"/editor/pages/add/publications/sitepage/{two.verdun.root_page_id}/"
    answer = sign_in(two.editor).post(add, page_form(slug="settings"))
    assert answer.status_code == 200 and "prise par le portail" in answer.content.decode()
    home = two.verdun.root_page
    form = page_form("Verdun", slug="ailleurs", **_opened(sign_in(two.editor), home.pk))
    sign_in(two.editor).post(f"/editor/pages/{home.pk}/edit/", form)
    assert Page.objects.get(pk=home.pk).slug == "verdun"
