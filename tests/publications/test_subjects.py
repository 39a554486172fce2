"""The list of subjects: kept by the communications team, read by everybody."""

from collections.abc import Callable

from django.test import Client

from directory.models import Person
from foundation.spaces.models import Role, Space
from publications.actions import save_draft
from publications.models import Notice, Tag
from tests.conftest import fresh

from .conftest import member_of

SignIn = Callable[..., Client]


def test_communications_keeps_the_list(
    city_site: Space, draft: Notice, editor: Person, colleague: Person, sign_in: SignIn
) -> None:
    assert sign_in(editor).get("/notices/subjects/").status_code == 403, "an editor of a borough is not the city's"
    keeper = member_of(city_site, colleague, Role.EDITOR)
    client = sign_in(keeper)
    assert "Aucun sujet" in client.get("/notices/subjects/").content.decode()
    client.post("/notices/subjects/", {"name_fr": "Santé et sécurité", "name_en": "Health and safety"})
    subject = Tag.objects.get(slug="sante-et-securite")
    again = client.post("/notices/subjects/", {"name_fr": "santé et sécurité"})
    assert again.status_code == 422 and "existe déjà" in again.content.decode()
    assert client.post("/notices/subjects/", {"name_fr": "…"}).status_code == 422
    client.post(f"/notices/subjects/{subject.slug}/", {"name_fr": "Santé-sécurité", "name_en": ""})
    subject.refresh_from_db()
    assert (subject.slug, subject.name_fr) == ("sante-et-securite", "Santé-sécurité")
    save_draft(draft, {"tags": [subject.slug]}, actor=fresh(editor))
    kept = client.post(f"/notices/subjects/{subject.slug}/withdraw/", follow=True).content.decode()
    assert Tag.objects.exists() and "plutôt" in kept
    save_draft(draft, {"tags": []}, actor=fresh(editor))
    assert sign_in(editor).post(f"/notices/subjects/{subject.slug}/withdraw/").status_code == 403
    client.post(f"/notices/subjects/{subject.slug}/withdraw/")
    assert not Tag.objects.exists()
