"""Who may draft, change, review, publish and withdraw notices. Where, is decided by each site: its memberships.

A contributor drafts (managers of the unit are contributors by their group), an editor reviews and works on everybody's
drafts, an owner approves and publishes. With `Site.four_eyes` nobody approves or publishes what they wrote.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.models import State
from foundation.content.policies import author_or_members
from foundation.spaces.models import Role, Space
from foundation.spaces.policies import members_of, role_in

from ..models import JOURNAL, Notice, RoleTask, Site, Stage

# Who approves what is published, and so may publish it directly.
PUBLISHER = Role.OWNER


def site_of(space: Space) -> Site | None:
    """What the space is to publications, if anything."""
    return getattr(space, "site", None)


@rule("publications.draft", candidates=members_of)
def can_draft(person: Any, space: Space) -> Answer:
    """Contributors of a site."""
    if site_of(space) is None:
        return Denied(_("Notices are published from the site of a borough or a service."))
    if space.archived:
        return Denied(_("This site is archived: nothing new is published there."))
    if role_in(person, space) < Role.CONTRIBUTOR:
        return Denied(_("You do not publish for this site: ask its editors."))
    return Allowed()


@rule("publications.change_notice", candidates=author_or_members)
def can_change(person: Any, notice: Notice) -> Answer:
    """Its author, and the editors of its site. While others review it, its reviewers alone."""
    if notice.space.archived:
        return Denied(_("This site is archived: it can be read, not written in."))
    if notice.state == State.TRASHED:
        return Denied(_("This notice is in the trash: restore it first."))
    if notice.state == State.ARCHIVED:
        return Denied(_("This notice is archived: it is kept as it was."))
    if notice.stage == Stage.EXPIRED:
        return Denied(_("This notice is no longer in force: reopen it before changing it."))
    role = role_in(person, notice.space)
    is_author = person.pk in (notice.author_id, notice.owner_id) and role >= Role.CONTRIBUTOR
    if not is_author and role < Role.EDITOR:
        return Denied(_("Only its author and the editors of this site may change this notice."))
    if notice.stage == Stage.SCHEDULED:
        return Denied(_("This notice is scheduled: take it back to a draft before changing it."))
    if role < Role.EDITOR and _is_in_review(notice):
        return Denied(_("This notice is being reviewed: take it back before changing it."))
    return Allowed()


@rule("publications.change_files", candidates=author_or_members)
def can_change_files(person: Any, notice: Notice) -> Answer:
    """Whoever changes the notice. SECURITY: files are no part of a revision: on what is public they are seen at once,
    without approval, and are the editors' alone."""
    if notice.is_public and role_in(person, notice.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may do this."))
    return can_change(person, notice)


def _is_in_review(notice: Notice) -> bool:
    state = notice.current_workflow_state
    return state is not None and state.status == state.STATUS_IN_PROGRESS


def step_of(notice: Notice) -> TaskState | None:
    """The step under way, with what decides on it; None when nobody is asked."""
    state = notice.current_workflow_state
    if state is None or state.status != state.STATUS_IN_PROGRESS:
        return None
    return state.current_task_state


@rule("publications.submit", candidates=author_or_members)
def can_submit(person: Any, notice: Notice) -> Answer:
    """Whoever may change a draft may ask for its approval."""
    if _is_in_review(notice):
        return Denied(_("This notice is already being reviewed."))
    if notice.live and not notice.has_unpublished_changes:
        return Denied(_("There is nothing to approve: this is what is published."))
    return can_change(person, notice)


@rule("publications.take_back", candidates=author_or_members)
def can_take_back(person: Any, notice: Notice) -> Answer:
    """Its author and the editors, while it is reviewed or scheduled."""
    if not (_is_in_review(notice) or notice.stage == Stage.SCHEDULED or notice.approved_schedule):
        return Denied(_("This notice is neither being reviewed nor scheduled."))
    role = role_in(person, notice.space)
    if role >= Role.EDITOR or (person.pk in (notice.author_id, notice.owner_id) and role >= Role.CONTRIBUTOR):
        return Allowed()
    return Denied(_("Only its author and the editors of this site may take this notice back."))


@rule("publications.review", candidates=lambda notice: members_of(notice.space))
def can_review(person: Any, notice: Notice) -> Answer:
    """Whoever does the step under way."""
    step = step_of(notice)
    if step is None:
        return Denied(_("Nobody is asked to review this notice now."))
    task = step.task.specific
    if isinstance(task, RoleTask) and task.is_reviewer(notice, person):
        return Allowed()
    site = site_of(notice.space)
    if site is not None and site.four_eyes and person.pk == notice.author_id:
        return Denied(_("Somebody else approves what you wrote."))
    return Denied(_("This step is for people with another role in this site."))


@rule("publications.publish", candidates=lambda notice: members_of(notice.space))
def can_publish(person: Any, notice: Notice) -> Answer:
    """Owners of the site; with four eyes, not their own."""
    if notice.space.archived:
        return Denied(_("This site is archived: nothing new is published there."))
    if notice.state in (State.TRASHED, State.ARCHIVED):
        return Denied(_("What is archived or in the trash is not published again: make a new notice of it."))
    if role_in(person, notice.space) < PUBLISHER:
        return Denied(_("Only the people who approve for this site may publish."))
    site = site_of(notice.space)
    if site is None:
        return Denied(_("Notices are published from the site of a borough or a service."))
    if site.four_eyes and person.pk == notice.author_id and notice.genre not in JOURNAL:
        return Denied(_("Somebody else approves what you wrote."))
    return Allowed()


@rule("publications.withdraw", candidates=lambda notice: members_of(notice.space))
def can_withdraw(person: Any, notice: Notice) -> Answer:
    """End, archive or reopen what is published: the editors of the site."""
    if role_in(person, notice.space) < Role.EDITOR:
        return Denied(_("Only the editors of this site may do this."))
    return Allowed()


@rule("publications.history", candidates=author_or_members)
def can_read_history(person: Any, notice: Notice) -> Answer:
    """Its author and the editors of its site see every version, at every stage."""
    role = role_in(person, notice.space)
    if role >= Role.EDITOR or (person.pk in (notice.author_id, notice.owner_id) and role >= Role.CONTRIBUTOR):
        return Allowed()
    return Denied(_("Only its author and the editors of this site see its versions."))


def _editors(_nothing: Any) -> Q:
    return Q(is_active=True)


@rule("publications.keep_subjects", candidates=_editors)
def can_keep_subjects(person: Any, _nothing: Any) -> Answer:
    """The list of subjects is kept by the editors of the city's own site."""
    site = Site.objects.filter(is_city=True).select_related("space").first()
    if person.is_staff or (site is not None and role_in(person, site.space) >= Role.EDITOR):
        return Allowed()
    return Denied(_("The list of subjects is kept by the communications team."))
