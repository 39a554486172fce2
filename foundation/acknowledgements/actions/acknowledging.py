"""Declaring that one has read."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.audiences.policies import Denied, Refused, require
from foundation.content.models import Content

from .. import schedules
from ..models import Acknowledgement, Request, Target


@transaction.atomic
def acknowledge(content: Content, *, actor: Any, language: str, version: int) -> Acknowledgement:
    """`actor` declares what is asked of them, of version number `version` as shown in `language`.

    Raises Refused (not visible, or no longer asked) and ValidationError (the text changed meanwhile, or does not exist
    in that language): then nothing is recorded. Twice changes nothing.

    Not announced: the proof is itself the append-only record, and 28,000 activities would drown the audit log.
    """
    # SECURITY: asked of the database at this moment, not of the page that was shown.
    require(actor, "acknowledgements.acknowledge", content)
    request = Request.objects.open().on(content).select_related("current").first()
    if request is None or request.current is None:
        raise Refused(Denied(_("This is no longer asked.")))
    current = request.current
    if version != current.number:
        raise ValidationError(_("The text has changed since you opened it. Read it again: nothing was recorded."))
    if language not in current.hashes:
        raise ValidationError({"language": _("This text does not exist in that language.")})
    target = _target(request, actor)
    proof, is_new = Acknowledgement.objects.get_or_create(
        version=current,
        person=actor,
        defaults={
            "request": request,
            "target": target,
            "language": language,
            "content_hash": current.hashes[language],
            "mode": request.mode,
        },
    )
    if is_new:
        # The row is locked: `required` is what it is, even while a material change goes through the targets.
        target.done, target.last, target.left = current.number, proof, None
        target.required = max(target.required, request.required)
        target.is_pending = target.done < target.required
        target.save(update_fields=["done", "last", "left", "required", "is_pending"])
    return proof


def _target(request: Request, person: Any) -> Target:
    """The person's row, locked. Who reads it and is not written down yet joined since, or came before the task."""
    now = timezone.now()
    due = schedules.due_for(request.due, now, joined=request.frozen is not None)
    made = {"since": now, "due": due, "required": request.required}
    target, is_new = Target.objects.get_or_create(request=request, person=person, defaults=made)
    return target if is_new else Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
