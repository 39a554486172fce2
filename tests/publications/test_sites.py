"""Sites: opened from a template, read by those who may, looked after by their editors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import Group, Person, Unit
from foundation.activity.models import Notification
from foundation.content.models import State
from foundation.spaces.actions import change_access
from foundation.spaces.models import Membership, Role, Space
from publications.actions.pages import remind_reviews
from publications.models import PageContent, PageProblem, PageVote, Site
from publications.starting import block, text
from tests.conftest import fresh, make_person

from .sites import TwoSites

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def two(city: Unit, borough: Unit) -> TwoSites:
    return TwoSites(city, borough)


def test_a_site_opens_from_a_template_with_its_readers_and_managers(
    city: Unit, borough: Unit, colleague: Person, sign_in: SignIn
) -> None:
    admin = make_person("une.administratrice", is_staff=True, unit=city)
    manager = make_person("mona.gestionnaire", unit=borough, is_manager=True)
    form = {
        "unit": borough.pk,
        "name_fr": "Verdun",
        "name_en": "Verdun",
        "code": "ver",
        "template": "borough",
        "slug": "",
    }
    answer = sign_in(admin).post("/sites/new/", form)
    assert answer.status_code == 302
    site = Site.objects.get(unit=borough)
    assert (site.code, site.space.slug, site.space.kind) == ("VER", "verdun", Space.Kind.SITE)
    states = dict(PageContent.objects.in_space(site.space).values_list("page__slug", "state"))
    assert states["verdun"] == states["equipe"] == State.PUBLISHED
    assert states["services"] == states["faq"] == State.DRAFT
    roles = dict(site.space.memberships.exclude(principal="").values_list("principal", "role"))
    group = Group.objects.get(name_fr="Gestionnaires – Verdun")
    assert roles == {f"unit:{borough.pk}": Role.READER, f"group:{group.pk}": Role.CONTRIBUTOR}
    assert list(group.members.all()) == [manager]
    page = sign_in(colleague).get("/sites/verdun/").content.decode()
    assert "Notre équipe" in page and "Nos services" not in page
    assert sign_in(colleague).get("/sites/new/").status_code == 403


def test_a_page_is_read_in_one_language_and_the_other_is_said(
    two: TwoSites, colleague: Person, sign_in: SignIn
) -> None:
    two.page("Le marché", title_en="The market", body_en=[text("<p>Open on Saturday.</p>")])
    english = sign_in(colleague, "en").get("/sites/verdun/marche/").content.decode()
    assert "The market" in english and "Open on Saturday" in english and "Ouvert le samedi" not in english
    two.page("La patinoire", slug="patinoire")
    only_french = sign_in(colleague, "en").get("/sites/verdun/patinoire/").content.decode()
    assert "La patinoire" in only_french and "not available in English yet" in only_french
    # The menu names each page in the language it has.
    assert "The market" in only_french


def test_an_outsider_finds_it_nowhere(two: TwoSites, outsider: Person, sign_in: SignIn) -> None:
    content = two.page()
    client = sign_in(outsider)
    for address in (
        "/sites/verdun/",
        "/sites/verdun/marche/",
        content.get_absolute_url(),
        f"/api/v1/sites/{two.verdun.space.uuid}/pages",
        f"/sites/pages/{content.uuid}/problem/",
        f"/sites/pages/{content.uuid}/settings/",
        "/sites/verdun/desk/",
        "/sites/verdun/settings/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(f"/sites/pages/{content.uuid}/useful/", {"useful": "yes"}).status_code == 404
    assert "Verdun" not in client.get("/sites/").content.decode()
    assert client.get("/api/v1/sites").json()["items"] == []
    assert client.get("/editor/").status_code == 403


def test_closing_the_site_hides_its_pages_at_once(
    two: TwoSites, colleague: Person, host: Person, sign_in: SignIn
) -> None:
    content = two.page()
    stranger = make_person("zoe.ailleurs", unit=two.lachine_unit)
    assert sign_in(stranger).get("/sites/verdun/marche/").status_code == 200
    change_access(two.verdun.space, Space.Access.HIDDEN, actor=fresh(two.admin))
    assert sign_in(stranger).get("/sites/verdun/marche/").status_code == 404
    assert sign_in(stranger).get(content.get_absolute_url()).status_code == 404
    assert sign_in(colleague).get("/sites/verdun/marche/").status_code == 200


def test_readers_say_whether_it_was_useful_without_names(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    content = two.page()
    client, address = sign_in(colleague), f"/sites/pages/{content.uuid}/useful/"
    client.post(address, {"useful": "yes"})
    client.post(address, {"useful": "no"})
    vote = PageVote.objects.get()
    assert not vote.is_useful
    assert str(colleague.uuid) not in vote.voter and str(colleague.pk) != vote.voter
    page = client.get(content.get_absolute_url()).content.decode()
    assert "Vous n’avez pas trouvé cette page utile" in page
    client.post(address, {"useful": "undo"})
    assert not PageVote.objects.exists()
    assert client.post(address, {"useful": "maybe"}).status_code == 404


def test_a_problem_goes_to_its_owner_and_editors_who_close_it(
    two: TwoSites, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    content = two.page()
    answer = sign_in(colleague).post(f"/sites/pages/{content.uuid}/problem/", {"text": "Le numéro a changé."})
    assert answer.status_code == 302
    deliver()
    told = set(
        Notification.objects.filter(activity__verb="publications.problem_reported").values_list("person", flat=True)
    )
    assert told == {two.editor.pk, two.admin.pk}
    listed = sign_in(two.editor).get("/sites/verdun/desk/problems/")
    assert "Le numéro a changé." in listed.content.decode()
    assert sign_in(two.other).get("/sites/verdun/desk/problems/").status_code == 403
    problem = PageProblem.objects.get()
    assert sign_in(two.other).post(f"/sites/pages/problems/{problem.uuid}/close/").status_code == 404
    sign_in(two.editor).post(f"/sites/pages/problems/{problem.uuid}/close/", {"answer": "Corrigé."})
    problem.refresh_from_db()
    assert problem.closed_by == two.editor
    deliver()
    assert Notification.objects.filter(activity__verb="publications.problem_closed", person=colleague).exists()


def test_the_owner_is_reminded_once_ahead_and_once_on_the_day(two: TwoSites, deliver: Any, sign_in: SignIn) -> None:
    content = two.page()
    today = timezone.localdate()
    PageContent.objects.filter(pk=content.pk).update(review_due=today + timedelta(days=10))
    assert [remind_reviews(), remind_reviews()] == [1, 0]
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        assert [remind_reviews(), remind_reviews()] == [1, 0]
        deliver()
        items = sign_in(two.admin).get("/api/v1/notifications").json()["items"]
        about = [item for item in items if item["url"] == content.get_absolute_url()]
        assert len(about) == 2
        page = sign_in(two.editor).get("/sites/verdun/desk/").content.decode()
        assert "Toujours exact" in page
        sign_in(two.editor).post(f"/sites/pages/{content.uuid}/review/")
        assert remind_reviews() == 0
    assert PageContent.objects.get(pk=content.pk).review_due > today + timedelta(days=300)


def test_what_is_put_away_comes_back(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    content = two.page()
    editor, reader = sign_in(two.editor), sign_in(colleague)
    assert reader.post(f"/sites/pages/{content.uuid}/put-away/", {"where": "trash"}).status_code == 403
    editor.post(f"/sites/pages/{content.uuid}/put-away/", {"where": "archive"})
    archived = reader.get("/sites/verdun/marche/")
    assert archived.status_code == 200 and "archivée" in archived.content.decode()
    assert "/sites/verdun/marche/" not in reader.get("/sites/verdun/").content.decode()
    editor.post(f"/sites/pages/{content.uuid}/restore/")
    editor.post(f"/sites/pages/{content.uuid}/put-away/", {"where": "trash"})
    assert reader.get("/sites/verdun/marche/").status_code == 404
    assert "Le marché" in editor.get("/sites/verdun/desk/").content.decode()
    editor.post(f"/sites/pages/{content.uuid}/restore/")
    assert reader.get("/sites/verdun/marche/").status_code == 200
    home = PageContent.objects.get(page__slug="verdun")
    assert editor.post(f"/sites/pages/{home.uuid}/put-away/", {"where": "trash"}).status_code == 403


def test_settings_are_the_owners(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    form = {"name_fr": "Verdun", "name_en": "Verdun", "code": "VDN", "languages": "both", "four_eyes": "on"}
    assert Membership.objects.filter(space=two.verdun.space, principal__startswith="group:").count() == 1
    assert sign_in(two.editor).post("/sites/verdun/settings/", form).status_code == 403
    assert sign_in(two.admin).post("/sites/verdun/settings/", form).status_code == 302
    two.verdun.refresh_from_db()
    assert (two.verdun.code, two.verdun.languages, two.verdun.managers_draft) == ("VDN", "both", False)
    assert not Membership.objects.filter(space=two.verdun.space, principal__startswith="group:").exists()
    sign_in(two.admin).post("/sites/verdun/settings/", {**form, "managers_draft": "on"})
    assert Membership.objects.filter(space=two.verdun.space, principal__startswith="group:").count() == 1
    taken = sign_in(two.admin).post("/sites/verdun/settings/", {**form, "code": "LAC"})
    assert taken.status_code == 422
    named = sign_in(two.admin).post("/sites/verdun/members/add/", {"people": colleague.username, "role": Role.EDITOR})
    assert named.status_code == 302
    assert Membership.objects.get(space=two.verdun.space, person=colleague).role == Role.EDITOR
    sign_in(two.admin).post(f"/sites/verdun/members/{colleague.uuid}/remove/")
    assert not Membership.objects.filter(space=two.verdun.space, person=colleague).exists()


def test_a_page_has_an_owner_who_can_read_it(
    two: TwoSites, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    content = two.page()
    address = f"/sites/pages/{content.uuid}/settings/"
    form = {"owner": colleague.username, "review_due": "2027-03-01", "contact": ""}
    assert sign_in(colleague).get(address).status_code == 403
    assert sign_in(two.editor).post(address, form).status_code == 302
    content.refresh_from_db()
    assert content.owner == colleague
    assert sign_in(two.editor).post(address, {**form, "owner": outsider.username}).status_code == 422


def test_more_blocks_cost_the_same_queries(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    def body(count: int) -> list[dict[str, Any]]:
        people = [two.editor.pk, colleague.pk]
        link = {"label": "Un lien", "address": "/people/", "note": ""}
        question = {"question": "Quand ?", "answer": "<p>Demain.</p>"}
        return [
            *(text(f"<h2>Titre {one}</h2><p>Texte</p>") for one in range(count)),
            *(block("people", {"title": f"Équipe {one}", "people": people[: one + 1]}) for one in range(count)),
            *(block("links", {"title": "", "links": [link] * (one + 1)}) for one in range(count)),
            *(block("faq", {"title": "", "questions": [question] * (one + 1)}) for one in range(count)),
            *(block("files", {"title": "Fichiers"}) for _one in range(count)),
            *(block("communities", {"title": "", "communities": ["/communities/beton/"]}) for _one in range(count)),
            *(
                block("place", {"name": "Mairie", "lines": "1, rue", "hours": "", "phone": "", "email": ""})
                for _ in "a"
            ),
        ]

    two.page("Une", slug="une", body=body(1))
    two.page("Plusieurs", slug="plusieurs", body=body(4))
    client = sign_in(colleague)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    queries("/sites/verdun/une/")
    assert queries("/sites/verdun/une/") == queries("/sites/verdun/plusieurs/")


def test_the_api_lists_sites_and_pages(two: TwoSites, colleague: Person, sign_in: SignIn) -> None:
    two.page()
    client = sign_in(colleague)
    first = client.get("/api/v1/sites?limit=1").json()
    second = client.get(f"/api/v1/sites?limit=1&cursor={first['next']}").json()
    assert {one["title"] for one in first["items"] + second["items"]} == {"Verdun", "Lachine"}
    pages = client.get(f"/api/v1/sites/{two.verdun.space.uuid}/pages?limit=100").json()["items"]
    assert "/sites/verdun/marche/" in {one["path"] for one in pages}
