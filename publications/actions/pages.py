"""What one does to pages of sites. Wagtail's own actions write the text; these keep the content row in step with it,
and do all that Wagtail does not know of: archive, trash, reviews, what readers say."""

import json
import logging
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.activity.verbs import Verb
from foundation.audiences.policies import Denied, Refused, require
from foundation.content.models import Content, State

from ..activities import (
    PAGE_ARCHIVED,
    PAGE_DESCRIBED,
    PAGE_MOVED,
    PAGE_PUBLISHED,
    PAGE_RESTORED,
    PAGE_REVIEWED,
    PAGE_TRASHED,
    PAGE_UNPUBLISHED,
    PAGE_WRITTEN,
    PROBLEM_CLOSED,
    PROBLEM_REPORTED,
    REVIEW_COMING,
    REVIEW_DUE,
)
from ..models import PageContent, PageProblem, PageVote, SitePage
from ..pairs import READABLE, other_of, state_of
from ..starting import StartingPage

logger = logging.getLogger(__name__)

# Days from writing to review, from the reminder to the review, and of problems one person may have open on a page.
REVIEW_AFTER, REMIND_AHEAD = 365, 14
OPEN_PROBLEMS = 5
PROBLEM_MAX = 1000


@transaction.atomic
def write_page(parent: Any, text: StartingPage, *, actor: Any, in_menu: bool = True) -> PageContent:
    """Add a page below another one of a site. For programs: people write at the desk.

    Whoever calls has asked whether `actor` may. Raises ValidationError, also when it cannot be published.
    """
    return begin(place_page(parent, text, actor=actor, in_menu=in_menu), text, actor=actor)


@transaction.atomic
def place_page(parent: Any, text: StartingPage, *, actor: Any, in_menu: bool = True) -> SitePage:
    """Put a page in the tree, with nothing else of it yet: `begin` follows."""
    page = SitePage(slug=text.slug, owner=actor, live=False, has_unpublished_changes=True, show_in_menus=in_menu)
    parent.add_child(instance=fill(page, text))
    return page


def fill(page: SitePage, text: StartingPage) -> SitePage:
    """Put a text on a page, which is not saved here."""
    page.title, page.title_en = text.title_fr, text.title_en
    page.lead_fr, page.lead_en = text.lead_fr, text.lead_en
    page.body_fr, page.body_en = json.dumps(list(text.body_fr)), json.dumps(list(text.body_en))  # type: ignore[assignment]
    return page


@transaction.atomic
def begin(page: SitePage, text: StartingPage, *, actor: Any) -> PageContent:
    """The first revision of a page, its content row and, when it is ready, its publication."""
    if page.title_en and page.body_en:
        page.translated_from = page.original
    page.save()
    revision = page.save_revision(user=actor, changed=True, clean=False)
    content = keep_in_step(page, actor=actor)
    if text.is_ready:
        # `receivers` does the rest when Wagtail says that it is published.
        page.publish(revision, user=actor)
        content.refresh_from_db()
    return content


@transaction.atomic
def keep_in_step(page: Any, *, actor: Any, verb: Verb | None = None) -> PageContent:
    """Make the content row of a page what the page is now, and record what happened to it.

    Called by Wagtail's signals and hooks once it has written. What readers get is the live row, never a draft.
    """
    now = timezone.now()
    page = SitePage.objects.get(pk=page.pk)
    content = PageContent.objects.filter(page=page).first()
    is_new = content is None
    if content is None:
        review = timezone.localdate() + timedelta(days=REVIEW_AFTER)
        content = PageContent(page=page, author=actor, owner=actor, state=State.DRAFT, review_due=review)
    content.space = page.space
    content.language = page.language
    content.title = page.original["title"] or page.translation["title"]
    readable = state_of(page, other_of(page.language)) in READABLE
    content.title_translated = page.translation["title"] if readable else ""
    if verb is PAGE_PUBLISHED:
        content.state, content.updated = State.PUBLISHED, now
        content.state_before_trash = ""
        content.published = content.published or now
    elif verb is PAGE_UNPUBLISHED:
        content.state, content.updated = State.DRAFT, now
    content.save()
    if is_new or verb is not None:
        record(verb or PAGE_WRITTEN, content, actor=actor)
    return content


@transaction.atomic
def keep_tree_in_step(page: Any, *, actor: Any) -> None:
    """After a move or a copy: every page from `page` down has its row, in the space of the site it is now in."""
    for one in SitePage.objects.filter(path__startswith=page.path).order_by("path"):
        known = PageContent.objects.filter(page=one).exists()
        if known:
            keep_in_step(one, actor=actor, verb=PAGE_MOVED)
        else:
            # A copy goes online as its original was, where the gate of its new site lets it.
            keep_in_step(one, actor=actor, verb=PAGE_PUBLISHED if one.live and not one.missing() else None)


def _tree(content: PageContent) -> list[PageContent]:
    """The page and those below it, on the same site."""
    found = PageContent.objects.in_space(content.space).under(content.page)
    return list(found.select_related("space", "page").in_tree_order())


def _require_not_home(content: PageContent) -> None:
    if content.page.is_home:
        raise Refused(Denied(_("The home page stays: a site has one.")))


@transaction.atomic
def archive_page(content: PageContent, *, actor: Any) -> int:
    """Out of the menu and marked as archived, with the pages below it; its address still answers. Answers how many.
    Raises Refused."""
    require(actor, "publications.edit_page", content)
    _require_not_home(content)
    changed = [one for one in _tree(content) if one.state == State.PUBLISHED]
    for one in changed:
        one.state = State.ARCHIVED
        one.save(update_fields=["state"])
        record(PAGE_ARCHIVED, one, actor=actor)
    return len(changed)


@transaction.atomic
def trash_page(content: PageContent, *, actor: Any) -> int:
    """In the trash, with the pages below it: seen there alone. Answers how many. Raises Refused."""
    require(actor, "publications.edit_page", content)
    _require_not_home(content)
    changed = [one for one in _tree(content) if one.state != State.TRASHED]
    for one in changed:
        one.state_before_trash, one.state = one.state, State.TRASHED
        one.save(update_fields=["state", "state_before_trash"])
        record(PAGE_TRASHED, one, actor=actor)
    return len(changed)


@transaction.atomic
def restore_page(content: PageContent, *, actor: Any) -> int:
    """Back from the archive or the trash, with what went there below it. Answers how many. Raises Refused."""
    require(actor, "publications.edit_page", content)
    was = content.state
    changed = [one for one in _tree(content) if one.state == was and was in (State.ARCHIVED, State.TRASHED)]
    for one in changed:
        before = one.state_before_trash if was == State.TRASHED else State.PUBLISHED
        one.state, one.state_before_trash = before or State.DRAFT, ""
        one.save(update_fields=["state", "state_before_trash"])
        record(PAGE_RESTORED, one, actor=actor)
    return len(changed)


@transaction.atomic
def describe_page(
    content: PageContent, *, actor: Any, owner: Any, review_due: date | None, contact: Any = None
) -> None:
    """Who answers for it, until when it was checked, whom to ask. Raises Refused and ValidationError."""
    require(actor, "publications.edit_page", content)
    # SECURITY: to own is not to see. Nobody becomes responsible for what they may not read.
    if not Content.objects.filter(pk=content.pk).visible_to(owner).exists():
        raise ValidationError({"owner": _("This person cannot read the page: choose somebody else.")})
    content.owner, content.contact, content.review_due = owner, contact, review_due
    content.save(update_fields=["owner", "contact", "review_due"])
    record(PAGE_DESCRIBED, content, actor=actor)


@transaction.atomic
def confirm_review(content: PageContent, *, actor: Any) -> None:
    """Say that the page is still right: it is good for another year. Raises Refused."""
    require(actor, "publications.edit_page", content)
    content.review_due = timezone.localdate() + timedelta(days=REVIEW_AFTER)
    content.save(update_fields=["review_due"])
    record(PAGE_REVIEWED, content, actor=actor)


def remind_reviews() -> int:
    """Remind whoever answers for a page of its review, once ahead of it and once on the day. The worker's upkeep calls
    it; calling it again reminds nobody twice. Answers how many."""
    today = timezone.localdate()
    count = 0
    for pk in PageContent.objects.to_review(today + timedelta(days=REMIND_AHEAD)).values_list("pk", flat=True)[:1000]:
        try:
            count += _remind(pk, today)
        except Exception:
            # One that cannot be told of must not keep the others from being told.
            logger.exception("nobody can be reminded of page %s", pk)
    return count


@transaction.atomic
def _remind(pk: int, today: date) -> int:
    content = PageContent.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    due = content.review_due
    if due is None or content.reminded_due == due or (due > today and content.reminded_before == due):
        return 0
    content.reminded_before = due
    if due <= today:
        content.reminded_due = due
    content.save(update_fields=["reminded_before", "reminded_due"])
    record(REVIEW_DUE if due <= today else REVIEW_COMING, content, actor=content.owner)
    return 1


def voter_of(content: PageContent, person: Any) -> str:
    """What is kept of who found a page useful: a digest that no name can be read from, and another for each page."""
    return salted_hmac("publications.vote", f"{content.uuid}:{person.uuid}", algorithm="sha256").hexdigest()


@transaction.atomic
def say_useful(content: PageContent, is_useful: bool | None, *, actor: Any) -> None:
    """Say that a page was useful, or not; None takes it back. Counted without names, and so announced to nobody.
    Whoever calls has found the page through `visible_to`."""
    voter = voter_of(content, actor)
    if is_useful is None:
        PageVote.objects.filter(content=content, voter=voter).delete()
        return
    PageVote.objects.update_or_create(content=content, voter=voter, defaults={"is_useful": is_useful})


@transaction.atomic
def report_problem(content: PageContent, text: str, *, actor: Any) -> PageProblem:
    """Tell whoever looks after the page what is wrong with it. The same words twice are one report. Raises Refused and
    ValidationError."""
    require(actor, "publications.report_problem", content)
    text = text.replace("\x00", "").strip()
    if not text:
        raise ValidationError({"text": _("Say what the problem is.")})
    if len(text) > PROBLEM_MAX:
        raise ValidationError({"text": _("This is too long: at most %(max)s characters.") % {"max": PROBLEM_MAX}})
    mine = list(PageProblem.objects.filter(content=content, by=actor).open()[:OPEN_PROBLEMS])
    same = next((one for one in mine if one.text == text), None)
    if same:
        return same
    if len(mine) >= OPEN_PROBLEMS:
        raise ValidationError({"text": _("You reported several problems here already: they are being looked at.")})
    problem = PageProblem.objects.create(content=content, text=text, by=actor)
    record(PROBLEM_REPORTED, content, actor=actor, data={"problem": str(problem.uuid)})
    return problem


@transaction.atomic
def close_problem(problem: PageProblem, *, actor: Any, answer: str = "") -> None:
    """Say that a problem is dealt with; whoever reported it is told. Raises Refused. Twice changes nothing."""
    require(actor, "publications.edit_page", problem.content)
    if problem.closed is not None:
        return
    problem.closed, problem.closed_by, problem.answer = timezone.now(), actor, answer.replace("\x00", "").strip()[:400]
    problem.save(update_fields=["closed", "closed_by", "answer"])
    data = {"problem": str(problem.uuid), "person": str(problem.by.uuid)}
    record(PROBLEM_CLOSED, problem.content, actor=actor, data=data)
