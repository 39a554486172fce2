"""Asking for acknowledgements, asking again after a change, and no longer asking."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content.models import Content, State

from .. import schedules
from ..activities import ASKED, CHANGED, CLOSED, RENEWED
from ..models import Mode, Request, Version, default_reminders
from ..signals import unsettled

LANGUAGES = ("fr", "en")


def digest(text: str) -> str:
    """The sha256, in hexadecimal, of exactly the text shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(texts: Mapping[str, str]) -> dict[str, str]:
    if not texts or any(language not in LANGUAGES or not text for language, text in texts.items()):
        raise ValidationError({"texts": _("There is no text to acknowledge.")})
    return {language: digest(text) for language, text in texts.items()}


@transaction.atomic
def ask(
    content: Content,
    *,
    actor: Any,
    mode: str,
    due: datetime | None,
    texts: Mapping[str, str],
    reminders: Sequence[int] | None = None,
    escalate_after: int | None = None,
    tell: bool = True,
) -> Request:
    """Ask everyone who reads `content` to acknowledge it. Raises Refused and ValidationError.

    texts: language -> exactly the text shown, which is hashed. reminders: days after the due date (negative: before).
    escalate_after: days after the due date until managers are told; None for never. tell: False when the caller's own
    announcement reaches the readers already.

    Writes a constant number of rows: the people are written down by a task, right after the commit.
    """
    require(actor, "acknowledgements.manage", content)
    if content.state != State.PUBLISHED:
        raise ValidationError(_("Publish this first: what nobody reads nobody can acknowledge."))
    if mode not in Mode.values:
        raise ValidationError({"mode": _("Choose what people declare: that they have read, or that they agree.")})
    if due is not None and due <= timezone.now():
        raise ValidationError({"due": _("Choose a date to come.")})
    if escalate_after is not None and (due is None or not 0 <= escalate_after <= 365):
        raise ValidationError({"escalate_after": _("Managers are told at most a year after a due date.")})
    try:
        days = schedules.cleaned(default_reminders() if reminders is None else reminders)
    except ValueError as error:
        raise ValidationError({"reminders": _("At most ten reminders, within a year of the due date.")}) from error
    hashes = _hashes(texts)
    try:
        with transaction.atomic():
            request = Request.objects.create(
                content_id=content.pk,
                mode=mode,
                due=due,
                reminders=days,
                escalate_after=escalate_after,
                asked_by=actor,
            )
    except IntegrityError as error:
        raise ValidationError(_("Acknowledgements are already being asked for.")) from error
    request.current = Version.objects.create(request=request, number=1, hashes=hashes, by=actor)
    request.save(update_fields=["current"])
    unsettled.send(Request, request=request)
    record(ASKED, content, actor=actor, data={"request": request.pk, "mode": mode, "tell": tell})
    return request


def _open_request(content: Content) -> Request:
    """The open request, locked: two changes at once must not have one number."""
    found = Request.objects.open().on(content).select_for_update(of=("self",)).select_related("current").first()
    if found is None:
        raise ValidationError(_("Nobody is asked to acknowledge this."))
    return found


@transaction.atomic
def renew(
    content: Content,
    *,
    actor: Any,
    texts: Mapping[str, str],
    material: bool,
    note_fr: str = "",
    note_en: str = "",
    due: datetime | None = None,
    tell: bool = True,
) -> Version:
    """The text changed. Raises Refused and ValidationError.

    When `material`, everyone must acknowledge again, by `due` or, unless said, by the earlier date but with at least a
    week; when not, those who did stay done, and the register shows which version each one saw.
    """
    require(actor, "acknowledgements.manage", content)
    request = _open_request(content)
    assert request.current is not None
    hashes = _hashes(texts)
    if not material and hashes == request.current.hashes:
        return request.current
    version = Version.objects.create(
        request=request,
        number=request.current.number + 1,
        hashes=hashes,
        is_material=material,
        note_fr=note_fr.strip()[:300],
        note_en=note_en.strip()[:300],
        by=actor,
    )
    request.current = version
    data = {"request": request.pk, "version": version.number}
    if not material:
        request.save(update_fields=["current"])
        record(CHANGED, content, actor=actor, data=data)
        return version
    request.required = version.number
    request.due = due or schedules.due_for(request.due, timezone.now(), joined=True)
    _unsettle(request, "current", "required", "due")
    record(RENEWED, content, actor=actor, data={**data, "tell": tell})
    return version


@transaction.atomic
def close(content: Content, *, actor: Any) -> None:
    """No longer ask. The register stays. Raises Refused and ValidationError."""
    require(actor, "acknowledgements.manage", content)
    request = _open_request(content)
    request.closed, request.closed_by = timezone.now(), actor
    _unsettle(request, "closed", "closed_by")
    record(CLOSED, content, actor=actor, data={"request": request.pk})


def _unsettle(request: Request, *changed: str) -> None:
    """The targets no longer agree with the request: the work begins again, whatever was under way."""
    request.swept, request.swept_to, request.settled = timezone.now(), 0, None
    request.save(update_fields=[*changed, "swept", "swept_to", "settled"])
    unsettled.send(Request, request=request)
