"""Notices at the editors' desk: what one writes for, and nothing of others."""

from collections.abc import Callable

from django.test import Client

from directory.models import Person
from foundation.spaces.models import Role, Space
from publications.actions import save_draft
from publications.models import Notice
from tests.conftest import fresh

from .conftest import make_site, member_of

SignIn = Callable[..., Client]


def test_the_desk_lists_what_one_edits(
    site: Space, draft: Notice, editor: Person, approver: Person, stranger: Person, sign_in: SignIn
) -> None:
    elsewhere = make_site(stranger.unit, "lachine", "LAC")
    member_of(elsewhere, stranger, Role.OWNER)
    for person, sees in ((editor, True), (approver, True), (stranger, False)):
        answer = sign_in(person).get("/editor/notices/")
        assert answer.status_code == 200
        assert (draft.title in answer.content.decode()) is sees
        assert (draft.get_absolute_url() in answer.content.decode()) is sees
    client = sign_in(editor)
    assert draft.title in client.get("/editor/notices/results/?stage=draft&genre=notice&q=cour").content.decode()
    assert draft.title not in client.get("/editor/notices/results/?stage=published").content.decode()
    assert draft.title not in client.get("/editor/notices/results/?q=introuvable").content.decode()


def test_the_list_is_exported_without_formulas(draft: Notice, editor: Person, sign_in: SignIn) -> None:
    save_draft(draft, {"title": "=1+1 cmd"}, actor=fresh(editor))
    answer = sign_in(editor).get("/editor/notices/?export=csv")
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert ",'=1+1 cmd," in text and "Numéro" in text


def test_who_edits_no_site_has_no_desk(draft: Notice, colleague: Person, manager: Person, sign_in: SignIn) -> None:
    for person in (colleague, manager):
        assert sign_in(person).get("/editor/notices/").status_code == 403


def test_nothing_is_written_there(draft: Notice, approver: Person, sign_in: SignIn) -> None:
    """The portal's pages are the one door; Wagtail's own views of notices do not answer."""
    client = sign_in(approver)
    for path in (f"edit/{draft.pk}/", f"delete/{draft.pk}/", "new/", f"history/{draft.pk}/"):
        assert client.get(f"/editor/notices/{path}").status_code == 404, path
        assert client.post(f"/editor/notices/{path}").status_code == 404, path
    for path in (
        f"/editor/snippets/publications/notice/edit/{draft.pk}/",
        "/editor/snippets/",
        "/editor/workflows/list/",
    ):
        assert client.get(path).status_code == 404, path
