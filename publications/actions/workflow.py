"""The steps between a draft and its publication: submit, review, approve, ask for changes, take back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import TaskState, Workflow, WorkflowTask

from foundation.activity.actions import record
from foundation.audiences.policies import ask, require
from foundation.spaces.models import Role

from ..activities import CHANGES_ASKED, NOTICE_SUBMITTED, NOTICE_TAKEN_BACK, STEP_APPROVED, TRANSLATION_ASKED
from ..errors import Conflict, GateClosed
from ..models import Notice, RoleTask, Stage
from ..policies.notices import step_of
from .notices import locked

COMMENT_MAX = 2000


def _comment(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > COMMENT_MAX:
        raise ValidationError({"comment": _("This is too long: at most %(max)s characters.") % {"max": COMMENT_MAX}})
    return text


def _set_stage(notice: Notice, stage: str) -> None:
    """Of what is published already, the stage is that of what people read."""
    if not notice.is_public:
        notice.stage = stage
        notice.save(update_fields=["stage"])


def set_up_workflows() -> Workflow:
    """The workflows every city begins with: review then approval, the default; and approval alone. Answers the first.

    They can be renamed and others added at the editors' desk; each site may choose its own.
    """
    review = RoleTask.objects.create(name="Relecture", role=Role.EDITOR)
    approval = RoleTask.objects.create(name="Approbation", role=Role.OWNER)
    both = Workflow.objects.create(name="Relecture et approbation")
    alone = Workflow.objects.create(name="Approbation seule")
    for workflow, tasks in ((both, (review, approval)), (alone, (approval,))):
        for order, task in enumerate(tasks):
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    return both


@transaction.atomic
def submit(notice: Notice, *, actor: Any) -> Notice:
    """Ask for the approval of the latest revision. Raises Refused and GateClosed."""
    row = locked(notice)
    require(actor, "publications.submit", row)
    missing = row.draft().missing()
    if missing:
        raise GateClosed(missing)
    workflow, state = row.get_workflow() or set_up_workflows(), row.current_workflow_state
    if state is not None and state.status == state.STATUS_NEEDS_CHANGES:
        state.resume(user=actor)
    else:
        workflow.start(row, actor)
    _set_stage(row, Stage.REVIEW)
    record(NOTICE_SUBMITTED, row, actor=actor)
    return row


@transaction.atomic
def approve(notice: Notice, *, actor: Any, comment: str = "", seen: int | None = None) -> Notice:
    """Do the step under way, and the following ones that are `actor`'s too. The last one publishes, or schedules.

    `seen`: the revision that was read. Raises Refused, GateClosed, and Conflict when another one was saved since.
    """
    row, comment = locked(notice), _comment(comment)
    require(actor, "publications.review", row)
    # SECURITY: what is approved is what was read: editors may write on while others review.
    if seen is not None and row.latest_revision_id != seen:
        raise Conflict(row.latest_revision)
    step = step_of(row)
    while step is not None and ask(actor, "publications.review", row):
        missing = step.revision.as_object().missing()
        if missing:
            raise GateClosed(missing)
        step.task.specific.on_action(step, actor, "approve", comment=comment)
        # The workflow's last step publishes the row: it is read again.
        row, comment = locked(row), ""
        step = step_of(row)
    if step is not None:
        record(STEP_APPROVED, row, actor=actor)
    return row


@transaction.atomic
def ask_changes(notice: Notice, comment: str, *, actor: Any) -> Notice:
    """Send it back to its author, with what to change. Raises Refused, and ValidationError without a word."""
    row, comment = locked(notice), _comment(comment)
    require(actor, "publications.review", row)
    if not comment:
        raise ValidationError({"comment": _("Say what should change.")})
    step = step_of(row)
    assert step is not None
    step.task.specific.on_action(step, actor, "reject", comment=comment)
    _set_stage(row, Stage.CHANGES)
    record(CHANGES_ASKED, row, actor=actor, data={"comment": comment})
    return row


@transaction.atomic
def take_back(notice: Notice, *, actor: Any) -> Notice:
    """A draft again: out of review, or off the schedule. Raises Refused."""
    row = locked(notice)
    require(actor, "publications.take_back", row)
    state = row.current_workflow_state
    if state is not None:
        state.cancel(user=actor)
    for revision in row.revisions.filter(approved_go_live_at__isnull=False):
        revision.approved_go_live_at = None
        revision.save(user=actor, update_fields=["approved_go_live_at"])
    row.approved_by = None
    row.save(update_fields=["approved_by"])
    _set_stage(row, Stage.DRAFT)
    record(NOTICE_TAKEN_BACK, row, actor=actor)
    return row


@transaction.atomic
def ask_translation(notice: Notice, *, actor: Any) -> None:
    """Tell the editors of the site that the other language is wanted. Raises Refused."""
    row = locked(notice)
    require(actor, "publications.change_notice", row)
    record(TRANSLATION_ASKED, row, actor=actor)


def comments_of(notice: Notice) -> list[TaskState]:
    """What reviewers said, the latest first, each with its step and who said it."""
    states = TaskState.objects.for_instance(notice).exclude(comment="")
    return list(states.select_related("finished_by", "task").order_by("-finished_at", "-pk")[:20])
