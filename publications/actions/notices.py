"""What one does to notices: draft, publish, correct, end, archive. The steps of approval are in `workflow`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision, WorkflowState

from foundation.acknowledgements.actions import ask, close, renew
from foundation.acknowledgements.models import Request
from foundation.activity.actions import follow, record
from foundation.audiences.policies import Denied, Refused, require
from foundation.content.models import Content, State
from foundation.content.sending import sending_digest, sent_once
from foundation.files.actions import attach
from foundation.spaces.models import Space

from ..activities import (
    NOTICE_ARCHIVED,
    NOTICE_CHANGED,
    NOTICE_CORRECTED,
    NOTICE_DRAFTED,
    NOTICE_EXPIRED,
    NOTICE_PUBLISHED,
    NOTICE_REOPENED,
    NOTICE_SCHEDULED,
    NOTICE_TOUCHED_UP,
)
from ..errors import Conflict, GateClosed
from ..models import Correction, Notice, Sequence, Site, Stage
from .drafts import fill, tags_named

RELATED_MAX = 20
# Days after the due date until managers are told of who has not acknowledged.
ESCALATE_AFTER = 3


def locked(notice: Notice) -> Notice:
    """The row as it is now, ours until the transaction ends."""
    return Notice.objects.select_for_update(of=("self",)).select_related("space__site").get(pk=notice.pk)


# -- drafts -----------------------------------------------------------------------------------------------------------


def start_draft(
    space: Space, values: Mapping[str, Any], *, actor: Any, sending_key: str | None = None, source_url: str = ""
) -> Notice:
    """Begin a notice in a site. Raises Refused and ValidationError. `values`: see `drafts.fill`, and `tags`, `related`.

    With a `sending_key` already used, answers the notice it made: a resent form begins nothing.
    """
    require(actor, "publications.draft", space)
    key = sending_digest(sending_key, actor)
    return sent_once(lambda: _start(space, values, actor=actor, key=key, source_url=source_url))


@transaction.atomic
def _start(space: Space, values: Mapping[str, Any], *, actor: Any, key: str | None, source_url: str) -> Notice:
    sent = Notice.objects.filter(sending_key=key, author=actor).first() if key else None
    if sent:
        return sent
    site: Site = space.site
    notice = Notice(
        space=space,
        author=actor,
        owner=actor,
        state=State.DRAFT,
        live=False,
        language=values.get("language") or "fr",
        unit_id=site.unit_id,
        sending_key=key,
        source_url=source_url,
    )
    fill(notice, values)
    notice.full_clean(exclude=["space", "audience", "author", "owner", "unit", "contact"])
    notice.save()
    notice.save_revision(user=actor, clean=False, log_action="wagtail.create")
    _classify(notice, values, actor)
    follow(notice, actor=actor)
    record(NOTICE_DRAFTED, notice, actor=actor)
    return notice


@transaction.atomic
def save_draft(
    notice: Notice,
    values: Mapping[str, Any],
    *,
    actor: Any,
    based_on: int | None = None,
    correction: Mapping[str, Any] | None = None,
) -> Notice:
    """Write on: a new revision; what is published stays until this one is published. Answers the draft.

    `based_on`: the revision the writer started from. Raises Refused, ValidationError, and Conflict when another one was
    saved since: nothing is written then. `correction`: {"note_fr", "note_en", "material", "touch_up"} for what is
    published already.
    """
    row = locked(notice)
    require(actor, "publications.change_notice", row)
    # SECURITY: two editors never overwrite each other: the row is ours, and its last revision is compared.
    if based_on is not None and row.latest_revision_id != based_on:
        raise Conflict(row.latest_revision)
    if correction is not None and row.is_public:
        row.correction = _correction(correction)
        row.save(update_fields=["correction"])
    draft = row.draft()
    fill(draft, values)
    draft.full_clean(exclude=["space", "audience", "author", "owner", "unit", "contact"])
    if not row.is_public:
        draft.save()
    draft.save_revision(user=actor, clean=False, log_action=True)
    _classify(draft, values, actor)
    record(NOTICE_CHANGED, draft, actor=actor)
    return draft


def _correction(values: Mapping[str, Any]) -> dict[str, Any]:
    notes = {name: " ".join(str(values.get(name) or "").split())[:400] for name in ("note_fr", "note_en")}
    touch_up = bool(values.get("touch_up"))
    material = bool(values.get("material"))
    if touch_up and material:
        raise ValidationError({"material": _("What changes what people must do is a correction, not a touch-up.")})
    return {**notes, "material": material, "touch_up": touch_up}


def _classify(notice: Notice, values: Mapping[str, Any], actor: Any) -> None:
    if "tags" in values:
        notice.tags.set(tags_named(values["tags"]))
    if "related" in values:
        # SECURITY: one points only to what one may see.
        wanted = list(values["related"])[:RELATED_MAX]
        notice.related.set(Content.objects.filter(uuid__in=wanted).visible_to(actor).exclude(pk=notice.pk))


@transaction.atomic
def discard_changes(notice: Notice, *, actor: Any) -> None:
    """Give up the correction being written: what is published is the draft again. Raises Refused."""
    row = locked(notice)
    require(actor, "publications.change_notice", row)
    if not row.is_public or row.live_revision is None:
        raise Refused(Denied(_("Nothing of this notice is published yet: put it in the trash instead.")))
    _cancel_workflow(row, actor)
    row.correction, row.has_unpublished_changes = {}, False
    row.save(update_fields=["correction", "has_unpublished_changes"])
    row.save_revision(user=actor, clean=False, changed=False, previous_revision=row.live_revision, log_action=True)
    record(NOTICE_CHANGED, row, actor=actor, data={"discarded": True})


@transaction.atomic
def attach_files(notice: Notice, uploads: Iterable[File], *, actor: Any) -> None:
    """Attach files, in the order given. Raises Refused and ValidationError."""
    require(actor, "publications.change_files", notice)
    for one in uploads:
        attach(notice, one, actor=actor)


# -- publishing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_now(notice: Notice, *, actor: Any, seen: int | None = None) -> Notice:
    """Publish the latest revision at once or, when it says so, at its time. `seen`: the revision that was read.

    Raises Refused, GateClosed, and Conflict when another one was saved since.
    """
    row = locked(notice)
    require(actor, "publications.publish", row)
    # SECURITY: nobody publishes a text that took the place of the one they read.
    if seen is not None and row.latest_revision_id != seen:
        raise Conflict(row.latest_revision)
    row.latest_revision.publish(user=actor, log_action=True)
    return Notice.objects.select_related("space__site").get(pk=row.pk)


def check_publishing(notice: Notice, revision: Revision, person: Any) -> bool:
    """Whether a revision may become public. Raises GateClosed and Refused; never answers no.

    SECURITY: every way to publish asks this (`Notice.publish`). The clock (no person) publishes only what somebody
    scheduled, who was asked then.
    """
    missing = notice.missing()
    if missing:
        raise GateClosed(missing)
    # SECURITY: whatever was approved before: the trash, the archive and an archived site let nothing out.
    if notice.state in (State.TRASHED, State.ARCHIVED):
        raise Refused(Denied(_("What is archived or in the trash is not published again: make a new notice of it.")))
    if notice.space.archived:
        raise Refused(Denied(_("This site is archived: nothing new is published there.")))
    if person is None:
        if revision.approved_go_live_at is None:
            raise Refused(Denied(_("Nobody approved this.")))
    elif not _is_approved(notice, revision):
        require(person, "publications.publish", notice)
    return True


def _is_approved(notice: Notice, revision: Revision) -> bool:
    """Whether the steps its site asks for have just been done for this very revision."""
    last = WorkflowState.objects.for_instance(notice).order_by("-created_at", "-pk").first()
    return (
        last is not None
        and last.status == WorkflowState.STATUS_APPROVED
        and last.current_task_state is not None
        and last.current_task_state.revision_id == revision.pk
    )


@transaction.atomic
def finish_publishing(notice: Notice, revision: Revision, *, actor: Any, before: int | None) -> None:
    """What becoming public means here: number, state, dates, correction, who is told. Called by `Notice.publish`."""
    row = locked(notice)
    actor = actor or row.approved_by or row.author
    if not row.live or (row.live_revision_id != revision.pk):
        if not row.is_public:
            row.stage = Stage.SCHEDULED
        row.approved_by = actor
        row.save(update_fields=["stage", "approved_by"])
        data = {"at": row.go_live_at.isoformat() if row.go_live_at else None}
        record(NOTICE_SCHEDULED, row, actor=actor, data=data)
        return
    now, was_public, said = timezone.now(), row.is_public, row.correction
    if row.number is None:
        _number(row, now)
    row.state, row.stage, row.updated, row.expires = State.PUBLISHED, Stage.PUBLISHED, now, row.expire_at
    row.published, row.approved_by, row.correction = row.published or now, None, {}
    changed = [
        "state",
        "stage",
        "updated",
        "published",
        "expires",
        "approved_by",
        "correction",
        "series",
        "year",
        "number",
    ]
    row.save(update_fields=changed)
    _keep_acknowledgements(row, said, actor)
    if not was_public:
        record(NOTICE_PUBLISHED, row, actor=actor)
    elif said.get("touch_up"):
        record(NOTICE_TOUCHED_UP, row, actor=actor)
    else:
        correction = Correction.objects.create(
            notice=row,
            at=now,
            by=actor,
            note_fr=said.get("note_fr", ""),
            note_en=said.get("note_en", ""),
            is_material=bool(said.get("material")),
            before=Revision.objects.filter(pk=before).first(),
            after=revision,
        )
        data = {"correction": str(correction.uuid), "material": correction.is_material}
        record(NOTICE_CORRECTED, row, actor=actor, data=data)


def _keep_acknowledgements(notice: Notice, said: Mapping[str, Any], actor: Any) -> None:
    """Ask for them, ask again after a material correction, or no longer ask, as what is published now says."""
    is_asked = Request.objects.on(notice).open().exists()
    texts = {language: shown_text(notice, language) for language in notice.readable_languages}
    if notice.acknowledgement and not is_asked:
        due = due_date(notice)
        escalate_after = ESCALATE_AFTER if due else None
        ask(
            notice,
            actor=actor,
            mode=notice.acknowledgement,
            due=due,
            texts=texts,
            escalate_after=escalate_after,
            tell=False,
        )
    elif notice.acknowledgement:
        notes = {name: said.get(name, "") for name in ("note_fr", "note_en")}
        renew(notice, actor=actor, texts=texts, material=bool(said.get("material")), tell=False, **notes)
    elif is_asked:
        close(notice, actor=actor)


def shown_text(notice: Notice, language: str) -> str:
    """Exactly what is declared read, in one language: title, summary and text."""
    text = notice.text_in(language)
    return "\n".join((text["title"], text["summary"], text["body"]))


def _number(notice: Notice, at: Any) -> None:
    """The next number of its series this year. Locked: no hole, no double, however many publish at once."""
    series = notice.space.site.series_of(notice.genre)
    year = timezone.localtime(at).year
    Sequence.objects.get_or_create(series=series, year=year)
    sequence = Sequence.objects.select_for_update().get(series=series, year=year)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    notice.series, notice.year, notice.number = series, year, sequence.last


# -- the end ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_now(notice: Notice, *, actor: Any) -> None:
    """It is no longer in force: out of the lists, still readable at its address. Raises Refused."""
    row = locked(notice)
    require(actor, "publications.withdraw", row)
    if not row.live:
        return
    row.unpublish(set_expired=True, user=actor)


@transaction.atomic
def archive(notice: Notice, *, actor: Any) -> None:
    """Keep it as it is, for the record: closed to changes. Raises Refused. Twice changes nothing."""
    row = locked(notice)
    require(actor, "publications.withdraw", row)
    if row.state == State.ARCHIVED:
        return
    if not row.is_public:
        raise Refused(Denied(_("Nothing of this notice is published yet: put it in the trash instead.")))
    _cancel_workflow(row, actor)
    row.unpublish(user=actor) if row.live else finish_ending(row, expired=False, actor=actor)


@transaction.atomic
def finish_ending(notice: Notice, *, expired: bool, actor: Any) -> None:
    """What the end of a publication means here. Called by `Notice.unpublish`."""
    row = locked(notice)
    now = timezone.now()
    if expired:
        row.stage, row.expires = Stage.EXPIRED, min(row.expires or now, now)
    else:
        row.stage, row.state = Stage.ARCHIVED, State.ARCHIVED
    row.approved_by = None
    row.save(update_fields=["stage", "state", "expires", "approved_by"])
    record(NOTICE_EXPIRED if expired else NOTICE_ARCHIVED, row, actor=actor or row.author)


@transaction.atomic
def reopen(notice: Notice, *, actor: Any, until: Any = None) -> None:
    """Put in force again what ended or was archived, as it was. Raises Refused; ValidationError for an end that is
    past."""
    row = locked(notice)
    require(actor, "publications.withdraw", row)
    if row.stage not in (Stage.EXPIRED, Stage.ARCHIVED):
        return
    if until is not None and until <= timezone.now():
        raise ValidationError({"expire_at": _("This moment is past: choose a later one.")})
    row.live, row.expired, row.expire_at, row.expires = True, False, until, until
    row.stage, row.state = Stage.PUBLISHED, State.PUBLISHED
    row.has_unpublished_changes = False
    row.save()
    row.live_revision = row.save_revision(user=actor, clean=False, changed=False)
    row.save(update_fields=["live_revision"])
    record(NOTICE_REOPENED, row, actor=actor)


def _cancel_workflow(notice: Notice, actor: Any) -> None:
    state = notice.current_workflow_state
    if state is not None:
        state.cancel(user=actor)
    notice.revisions.update(approved_go_live_at=None)


def due_date(notice: Notice) -> Any:
    """When it must have been acknowledged: the end of a day; None: no due date."""
    if not notice.acknowledge_within:
        return None
    day = timezone.localtime(timezone.now()) + timedelta(days=notice.acknowledge_within)
    return day.replace(hour=23, minute=59, second=0, microsecond=0)
