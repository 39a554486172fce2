"""What somebody who means harm, or two people at once, may not get out of publications."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from directory.models import Person
from foundation.audiences.policies import Refused
from foundation.content.actions import narrow, restore, trash
from foundation.content.models import Content, State
from foundation.spaces.models import Membership, Role, Space
from foundation.ui.rich_text import clean_rich_text
from publications.actions import approve, publish_due, publish_now, save_draft, submit
from publications.comparing import compare
from publications.models import Notice, Stage
from tests.conftest import fresh

from .conftest import ENGLISH, FRENCH

SignIn = Callable[..., Client]


def text(body: str) -> dict[str, str]:
    return {"title": "", "summary": "", "body": body}


def test_comparing_texts_made_to_be_slow_takes_no_time() -> None:
    """Texts full of what is alike: each took from 20 seconds to minutes."""
    pairs = [
        ("".join(f"<p>{one}</p>" for one in "ab" * 6000), "".join(f"<p>{one}</p>" for one in "ba" * 6000 + "c")),
        ("".join(f"<p>{n}</p>" for n in range(15000)), "".join(f"<p>{n - n % 2}</p>" for n in range(15000))),
        (f"<p>{'a b ' * 370}</p>" * 40, f"<p>{'b c a ' * 240}</p>" * 40),
    ]
    for old, new in pairs:
        begun = time.process_time()
        [*_lines, body] = compare(text(old), text(new))
        assert time.process_time() - begun < 4
        assert "<del>" in body.html and "<ins>" in body.html


def test_comparing_still_tells_the_words() -> None:
    [*_lines, body] = compare(
        text(f"<p>{'bien ' * 2000}lundi {'assez ' * 2000}</p><p>Trois</p>"),
        text(f"<p>{'bien ' * 2000}mardi {'assez ' * 2000}</p><p>Deux</p><p>Trois</p>"),
    )
    assert "<del>lundi</del><ins>mardi</ins>" in body.html
    assert "<p><ins>Deux</ins></p><p>Trois</p>" in body.html


def test_what_is_approved_is_what_was_read(
    draft: Notice, manager: Person, editor: Person, approver: Person, sign_in: SignIn
) -> None:
    """Somebody writes on between the moment a reviewer opens the page and the moment they press the button."""
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    client = sign_in(approver)
    page = client.get(f"/notices/{draft.uuid}/").content.decode()
    [read] = set(re.findall(r'name="revision" value="(\d+)"', page))
    save_draft(draft, {"body": "<p>Tout autre chose.</p>", "translation_ready": True}, actor=fresh(editor))
    answer = client.post(f"/notices/{draft.uuid}/step/", {"do": "approve", "revision": read}, follow=True)
    assert "a été modifié depuis" in answer.content.decode()
    assert Notice.objects.get(pk=draft.pk).stage == Stage.REVIEW
    page = client.get(f"/notices/{draft.uuid}/").content.decode()
    [read] = set(re.findall(r'name="revision" value="(\d+)"', page))
    client.post(f"/notices/{draft.uuid}/step/", {"do": "approve", "revision": read})
    done = Notice.objects.get(pk=draft.pk)
    assert (done.stage, done.body) == (Stage.PUBLISHED, "<p>Tout autre chose.</p>")


def test_what_is_published_is_what_was_read(draft: Notice, manager: Person, approver: Person, sign_in: SignIn) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    read = Notice.objects.get(pk=draft.pk).latest_revision_id
    save_draft(draft, {"body": "<p>Autre chose.</p>", "translation_ready": True}, actor=fresh(manager))
    client = sign_in(approver)
    client.post(f"/notices/{draft.uuid}/step/", {"do": "publish", "revision": read})
    assert Notice.objects.get(pk=draft.pk).stage == Stage.DRAFT


def test_the_api_does_not_go_around_four_eyes(site: Space, approver: Person, sign_in: SignIn) -> None:
    """What the journal brings in is published by its keeper alone; nobody makes such a thing by hand."""
    data = {"site": "verdun", "genre": "public_notice", **FRENCH, **ENGLISH}
    answer = sign_in(approver).post("/api/v1/notices", data, content_type="application/json")
    assert answer.status_code == 422
    assert not Notice.objects.exists()


def test_what_was_put_in_the_trash_is_not_published_by_the_clock(
    draft: Notice, manager: Person, approver: Person
) -> None:
    at = timezone.now() + timedelta(hours=1)
    save_draft(draft, {**ENGLISH, "go_live_at": at}, actor=fresh(manager))
    publish_now(draft, actor=fresh(approver))
    with pytest.raises(Refused):
        trash(draft.content_ptr, actor=fresh(manager))
    # However it came there.
    Content.objects.filter(pk=draft.pk).update(state=State.TRASHED, state_before_trash=State.DRAFT)
    with time_machine.travel(at + timedelta(minutes=1)):
        publish_due()
    assert Notice.objects.get(pk=draft.pk).state == State.TRASHED


def test_an_approval_publishes_nothing_in_an_archived_site(
    draft: Notice, site: Space, manager: Person, approver: Person
) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    Space.objects.filter(pk=site.pk).update(archived=timezone.now())
    with pytest.raises(Refused):
        approve(draft, actor=fresh(approver))
    assert Notice.objects.get(pk=draft.pk).state == State.DRAFT


@pytest.mark.parametrize(
    "body",
    [
        '<table><tr><td colspan="1000000000">x</td></tr></table>',
        f"<table><tr>{'<td colspan=100>x</td>' * 4000}</tr></table>",
        "<blockquote>" * 190 + "x",
        "<ul><li>" * 190 + "x",
    ],
)
def test_a_text_made_to_be_slow_is_drawn_at_once(body: str) -> None:
    """Each took from half a minute to hours, or found no end to its depth."""
    cleaned = clean_rich_text(body)
    assert clean_rich_text(cleaned) == cleaned
    assert sum(map(int, re.findall(r'(?:col|row)span="(\d+)"', cleaned))) <= 1000
    assert max(cleaned.count(f"<{tag}>") for tag in ("blockquote", "ul", "li")) <= 100


def test_tables_keep_their_spans() -> None:
    html = '<table><tbody><tr><td colspan="2" rowspan="3">a</td></tr></tbody></table>'
    assert clean_rich_text(html) == html


def test_a_text_of_countless_parts_is_refused(draft: Notice, manager: Person) -> None:
    for body in ("<p>a</p>" * 20000, f"<p>{'<' * 150_000}</p>"):
        with pytest.raises(ValidationError):
            save_draft(draft, {"body": body}, actor=fresh(manager))


def test_files_are_closed_with_the_text(
    draft: Notice, site: Space, manager: Person, approver: Person, sign_in: SignIn
) -> None:
    """What is reviewed or scheduled is approved with its files; an author who writes here no more changes none."""
    at = timezone.now() + timedelta(hours=1)
    save_draft(draft, {**ENGLISH, "go_live_at": at}, actor=fresh(manager))
    client, address = sign_in(manager), f"/content/{draft.uuid}/attachments/"
    client.post(address, {"files": SimpleUploadedFile("plan.txt", b"plan")})
    [kept] = draft.attachments.all()
    submit(draft, actor=fresh(manager))
    assert client.post(address, {"files": SimpleUploadedFile("autre.txt", b"autre")}).status_code == 403
    assert client.post(f"/attachments/{kept.uuid}/remove/").status_code == 403
    approve(draft, actor=fresh(approver))
    assert client.post(address, {"files": SimpleUploadedFile("autre.txt", b"autre")}).status_code == 403
    with time_machine.travel(at + timedelta(minutes=1)):
        publish_due()
    Membership.objects.filter(space=site, person=manager).update(role=Role.READER)
    assert client.post(address, {"files": SimpleUploadedFile("autre.txt", b"autre")}).status_code == 403
    assert client.post(f"/attachments/{kept.uuid}/remove/").status_code == 403
    assert [one.name for one in draft.attachments.all()] == ["plan.txt"]


def test_what_is_published_is_not_its_writers_to_take_away_or_narrow(
    draft: Notice, manager: Person, approver: Person, publish: Callable[[Notice], Notice]
) -> None:
    """The general actions on content ask the rule of notices too."""
    trash(draft, actor=fresh(manager))
    restore(Content.objects.get(pk=draft.pk), actor=fresh(manager))
    publish(Notice.objects.get(pk=draft.pk))
    for content in (Notice.objects.get(pk=draft.pk), Content.objects.get(pk=draft.pk)):
        with pytest.raises(Refused):
            trash(content, actor=fresh(manager))
        with pytest.raises(Refused):
            narrow(content, None, actor=fresh(manager))
    trash(Content.objects.get(pk=draft.pk), actor=fresh(approver))
