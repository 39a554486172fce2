"""Notices through their actions: the gate, the steps, the number, corrections, the clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from directory.models import Person
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused
from foundation.audiences.principals import principal
from foundation.content.models import State
from foundation.spaces.models import Space
from publications.actions import (
    approve,
    archive,
    ask_changes,
    discard_changes,
    end_now,
    publish_due,
    publish_now,
    reopen,
    save_draft,
    start_draft,
    submit,
    take_back,
)
from publications.errors import Conflict, GateClosed
from publications.models import Notice, Stage
from publications.pairs import states_of
from tests.conftest import fresh

from .conftest import ENGLISH, FRENCH

Published = Callable[..., Notice]


def again(notice: Notice) -> Notice:
    return Notice.objects.select_related("space__site").get(pk=notice.pk)


def test_a_draft_is_seen_by_its_author_and_the_editors_alone(
    draft: Notice, manager: Person, editor: Person, colleague: Person, stranger: Person
) -> None:
    for person, sees in ((manager, True), (editor, True), (colleague, False), (stranger, False)):
        assert Notice.objects.visible_to(fresh(person)).filter(pk=draft.pk).exists() is sees


def test_the_gate_names_what_is_missing_and_opens(draft: Notice, manager: Person, editor: Person) -> None:
    with pytest.raises(GateClosed) as closed:
        submit(draft, actor=fresh(manager))
    assert [str(one) for one in closed.value.missing] == [
        "La version anglaise manque\u00a0: ce site publie dans les deux langues."
    ]
    save_draft(draft, {**ENGLISH, "translation_ready": False}, actor=fresh(editor))
    with pytest.raises(GateClosed, match="brouillon"):
        submit(draft, actor=fresh(manager))
    save_draft(draft, {"translation_ready": True}, actor=fresh(editor))
    assert submit(draft, actor=fresh(manager)).stage == Stage.REVIEW
    assert states_of(again(draft)) == {"fr": "current", "en": "current"}


def test_a_change_of_the_original_makes_the_translation_outdated(draft: Notice, manager: Person) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    save_draft(draft, {"body": "<p>La cour ouvre à 7 h.</p>"}, actor=fresh(manager))
    assert states_of(again(draft).draft()) == {"fr": "current", "en": "outdated"}
    with pytest.raises(GateClosed, match="plus à jour"):
        submit(draft, actor=fresh(manager))


def test_review_then_approval_publish_and_number(
    draft: Notice, manager: Person, editor: Person, approver: Person, colleague: Person, deliver: Callable[[], int]
) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    with pytest.raises(Refused):
        approve(draft, actor=fresh(manager))
    approve(draft, actor=fresh(editor), comment="Rien à dire.")
    assert again(draft).stage == Stage.REVIEW
    with pytest.raises(Refused):
        approve(draft, actor=fresh(editor))
    approve(draft, actor=fresh(approver))
    done = again(draft)
    assert (done.stage, done.state, done.reference) == (
        Stage.PUBLISHED,
        State.PUBLISHED,
        f"VER {timezone.localdate().year}-1",
    )
    assert Notice.objects.visible_to(fresh(colleague)).filter(pk=draft.pk).exists()
    deliver()
    assert (
        Notification.objects.visible_to(fresh(colleague)).filter(activity__verb="publications.published").count() == 1
    )


def test_an_owner_does_both_steps_at_once(draft: Notice, manager: Person, approver: Person) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    approve(draft, actor=fresh(approver))
    assert again(draft).stage == Stage.PUBLISHED


def test_nobody_approves_or_publishes_what_they_wrote(site: Space, approver: Person) -> None:
    mine = start_draft(site, {**FRENCH, **ENGLISH}, actor=fresh(approver))
    with pytest.raises(Refused, match="Quelqu’un d’autre"):
        publish_now(mine, actor=fresh(approver))
    submit(mine, actor=fresh(approver))
    with pytest.raises(Refused):
        approve(mine, actor=fresh(approver))
    site.site.four_eyes = False
    site.site.save()
    approve(mine, actor=fresh(approver))
    assert again(mine).stage == Stage.PUBLISHED


def test_wagtails_own_door_asks_the_same(draft: Notice, manager: Person, editor: Person) -> None:
    """SECURITY: the desk publishes through the revision itself."""
    with pytest.raises(GateClosed):
        again(draft).latest_revision.publish(user=fresh(editor))
    save_draft(draft, ENGLISH, actor=fresh(manager))
    with pytest.raises(Refused):
        again(draft).latest_revision.publish(user=fresh(editor))
    with pytest.raises(Refused):
        again(draft).latest_revision.publish()
    assert again(draft).state == State.DRAFT


def test_changes_are_asked_for_with_a_word(
    draft: Notice, manager: Person, editor: Person, deliver: Callable[[], int]
) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    with pytest.raises(Refused):
        save_draft(draft, {"title": "Autre"}, actor=fresh(manager))
    ask_changes(draft, "Dire où.", actor=fresh(editor))
    assert again(draft).stage == Stage.CHANGES
    deliver()
    assert Notification.objects.filter(person=manager, activity__verb="publications.changes_asked").exists()
    save_draft(draft, {"title": "Nouvel horaire à la cour Dupuis", "translation_ready": True}, actor=fresh(manager))
    assert submit(draft, actor=fresh(manager)).stage == Stage.REVIEW


def test_taken_back_it_is_a_draft(draft: Notice, manager: Person, approver: Person) -> None:
    save_draft(draft, ENGLISH, actor=fresh(manager))
    submit(draft, actor=fresh(manager))
    take_back(draft, actor=fresh(manager))
    assert again(draft).stage == Stage.DRAFT
    with pytest.raises(Refused):
        approve(draft, actor=fresh(approver))


def test_two_editors_never_overwrite_each_other(draft: Notice, manager: Person, editor: Person) -> None:
    base = again(draft).latest_revision_id
    save_draft(draft, {"summary": "Le premier."}, actor=fresh(editor), based_on=base)
    with pytest.raises(Conflict):
        save_draft(draft, {"summary": "Le second."}, actor=fresh(manager), based_on=base)
    assert again(draft).summary == "Le premier."


def test_a_correction_waits_is_chained_and_told(
    draft: Notice, manager: Person, approver: Person, colleague: Person, publish: Published
) -> None:
    notice = publish(draft)
    save_draft(notice, {"body": "<p>La cour ouvre à 7 h.</p>"}, actor=fresh(manager))
    assert "6\u00a0h\u00a030" in again(draft).body, "what is published stays until the correction is"
    with pytest.raises(GateClosed) as closed:
        submit(notice, actor=fresh(manager))
    assert len(closed.value.missing) == 2
    save_draft(
        notice,
        {"body_translated": "<p>The yard opens at 7 a.m.</p>", "translation_ready": True},
        actor=fresh(manager),
        correction={"note_fr": "L’heure était fausse.", "note_en": "The hour was wrong.", "material": True},
    )
    submit(notice, actor=fresh(manager))
    approve(notice, actor=fresh(approver))
    done = again(draft)
    assert "7\u00a0h" in done.body and done.number == 1
    [correction] = done.corrections.all()
    assert correction.is_material and correction.note_fr == "L’heure était fausse."
    assert "6\u00a0h\u00a030" in correction.before.content["body"]
    assert "7\u00a0h" in correction.after.content["body"]
    assert done.correction == {}


def test_a_correction_is_given_up(draft: Notice, manager: Person, publish: Published) -> None:
    notice = publish(draft)
    save_draft(notice, {"title": "Faux"}, actor=fresh(manager), correction={"note_fr": "Non."})
    discard_changes(notice, actor=fresh(manager))
    done = again(draft)
    assert not done.has_unpublished_changes and done.draft().title == FRENCH["title"]


def test_it_is_published_at_its_minute_in_order_and_once(
    site: Space, manager: Person, approver: Person, colleague: Person
) -> None:
    """The worker was down at both moments."""
    start = timezone.now()
    made = []
    for hours in (3, 1, 2):
        notice = start_draft(
            site,
            {**FRENCH, **ENGLISH, "title": f"Dans {hours} h", "go_live_at": start + timedelta(hours=hours)},
            actor=manager,
        )
        save_draft(notice, {"translation_ready": True}, actor=fresh(manager))
        submit(notice, actor=fresh(manager))
        approve(notice, actor=fresh(approver))
        made.append(again(notice))
    assert {one.stage for one in made} == {Stage.SCHEDULED}
    assert publish_due() == 0
    assert not Notice.objects.visible_to(fresh(colleague)).exists()
    with time_machine.travel(start + timedelta(hours=5)):
        assert publish_due() == 3
        assert publish_due() == 0
    order = Activity.objects.filter(verb="publications.published").order_by("pk")
    assert [one.content.title for one in order] == [f"Dans {one}\u00a0h" for one in (1, 2, 3)]
    assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert {one.actor_id for one in order} == {approver.pk}


def test_a_schedule_is_taken_back(draft: Notice, manager: Person, approver: Person) -> None:
    save_draft(draft, {**ENGLISH, "go_live_at": timezone.now() + timedelta(hours=1)}, actor=fresh(manager))
    publish_now(draft, actor=fresh(approver))
    assert again(draft).stage == Stage.SCHEDULED
    with pytest.raises(Refused):
        save_draft(draft, {"title": "Autre"}, actor=fresh(manager))
    take_back(draft, actor=fresh(manager))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert publish_due() == 0
    assert again(draft).stage == Stage.DRAFT


def test_what_may_no_longer_be_published_is_a_draft_again_and_its_author_told(
    site: Space, draft: Notice, manager: Person, approver: Person, deliver: Callable[[], int]
) -> None:
    site.site.languages = "fr"
    site.site.save()
    save_draft(draft, {"go_live_at": timezone.now() + timedelta(hours=1)}, actor=fresh(manager))
    publish_now(draft, actor=fresh(approver))
    site.site.languages = "both"
    site.site.save()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert publish_due() == 0
        assert publish_due() == 0
        assert again(draft).stage == Stage.DRAFT
        deliver()
    assert Notification.objects.filter(person=manager, activity__verb="publications.schedule_failed").count() == 1


def test_it_expires_at_its_minute_and_is_reopened(draft: Notice, approver: Person, publish: Published) -> None:
    publish(draft, expire_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert not Notice.objects.in_force().filter(pk=draft.pk).exists(), "by the clock, worker or not"
        assert publish_due() == 1
        assert again(draft).stage == Stage.EXPIRED
        assert Notice.objects.visible_to(fresh(approver)).filter(pk=draft.pk).exists()
        with pytest.raises(Refused):
            save_draft(draft, {"title": "Autre"}, actor=fresh(approver))
        reopen(draft, actor=fresh(approver))
        assert again(draft).stage == Stage.PUBLISHED
        assert Notice.objects.in_force().filter(pk=draft.pk).exists()
        assert publish_due() == 0


def test_archived_it_is_closed(draft: Notice, approver: Person, editor: Person, publish: Published) -> None:
    publish(draft)
    archive(draft, actor=fresh(editor))
    archive(draft, actor=fresh(editor))
    assert again(draft).state == State.ARCHIVED
    with pytest.raises(Refused):
        save_draft(draft, {"title": "Autre"}, actor=fresh(approver))
    reopen(draft, actor=fresh(editor))
    assert again(draft).state == State.PUBLISHED and again(draft).number == 1
    end_now(draft, actor=fresh(editor))
    assert again(draft).stage == Stage.EXPIRED


def test_hostile_html_never_comes_in(draft: Notice, manager: Person) -> None:
    save_draft(
        draft,
        {
            "body": '<p onclick="x()">Bon<script>alert(1)</script></p><img src=x onerror=alert(1)>'
            '<a href="javascript:x">l</a>'
        },
        actor=fresh(manager),
    )
    assert again(draft).body == '<p>Bon</p><a rel="noopener">l</a>'


def test_an_old_revision_takes_nothing_back(
    draft: Notice, manager: Person, approver: Person, publish: Published
) -> None:
    """State, number and owner are the row's, whatever the revision that is published knew of them."""
    notice = publish(draft)
    save_draft(
        notice,
        {"summary": "Dès mardi.", "translation_ready": True},
        actor=fresh(manager),
        correction={"touch_up": True},
    )
    Notice.objects.filter(pk=notice.pk).update(owner=approver)
    submit(notice, actor=fresh(manager))
    approve(notice, actor=fresh(approver))
    done = again(notice)
    assert (done.owner_id, done.number, done.summary) == (approver.pk, 1, "Dès mardi.")
    assert not done.corrections.exists()


@pytest.mark.parametrize("verb", ["publish_now", "approve", "submit", "archive"])
def test_strangers_are_refused(verb: str, draft: Notice, stranger: Person) -> None:
    import publications.actions as actions

    with pytest.raises(Refused):
        getattr(actions, verb)(draft, actor=fresh(stranger))


def test_editors_see_what_is_addressed_to_others(
    site: Space, manager: Person, editor: Person, approver: Person, stranger: Person, colleague: Person, publish: Any
) -> None:
    notice = start_draft(site, {**FRENCH, "audience": {principal("unit", stranger.unit_id)}}, actor=manager)
    publish(notice)
    for person, sees in ((manager, True), (editor, True), (stranger, True), (colleague, False)):
        assert Notice.objects.visible_to(fresh(person)).filter(pk=notice.pk).exists() is sees
