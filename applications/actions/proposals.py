"""What systems propose: made by `manifests`, approved or refused here, by people."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import MANIFEST_APPLIED, PROPOSAL_APPROVED, PROPOSAL_REFUSED, PROPOSAL_WAITING
from ..models import Application, Proposal, Registration
from .writing import write_changes, write_new


@transaction.atomic
def apply_at_once(
    registration: Registration, version: str, values: Mapping[str, Any], before: Mapping[str, Any], *, actor: Any
) -> Proposal:
    """Write what needs nobody, in the name of the system's keeper; kept as a proposal that was applied.

    Raises Refused, ValidationError.
    """
    registrar = registration.registrar
    if registration.application is None:
        application = write_new(registration, registrar.space, values, actor=actor)
    else:
        application = write_changes(registration, values, actor=actor)
    registration.settled = {**registration.settled, **values}
    registration.save()
    now = timezone.now()
    proposal = Proposal.objects.create(
        registrar=registrar,
        application=application,
        key=registration.key,
        version=version,
        values=dict(values),
        before=dict(before),
        state=Proposal.State.APPLIED,
        decided=now,
        by=actor,
    )
    record(MANIFEST_APPLIED, application, actor=actor, data=_said(proposal))
    return proposal


@transaction.atomic
def propose(
    registration: Registration,
    version: str,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    *,
    application: Application | None,
    actor: Any,
) -> Proposal | None:
    """Have `values` wait for somebody, in place of what waited under the same key; nothing waits when they are empty.

    `application`: that of the registration, or one entered by hand that it would take over; null for a new one.

    The editors of the register are told when something begins to wait, not each time it is proposed anew.
    """
    waiting = Proposal.objects.select_for_update().filter(key=registration.key, state=Proposal.State.WAITING).first()
    if waiting is not None and values and (waiting.values, waiting.before) == (values, before):
        return waiting
    if waiting is not None:
        waiting.state, waiting.decided = Proposal.State.SUPERSEDED, timezone.now()
        waiting.save(update_fields=["state", "decided"])
    if not values:
        return None
    proposal = Proposal.objects.create(
        registrar=registration.registrar,
        application=application,
        key=registration.key,
        version=version,
        values=dict(values),
        before=dict(before),
    )
    if waiting is None:
        record(PROPOSAL_WAITING, registration.registrar.space, actor=actor, data=_said(proposal))
    return proposal


@transaction.atomic
def approve(proposal: Proposal, *, actor: Any) -> Application:
    """Write what was proposed, in the name of `actor`, who answers for it from now on as if they had typed it.

    Once: of two people at the same moment the second is refused. Raises Refused, and ValidationError by field for what
    is no longer possible.
    """
    row, registration = _locked(proposal, actor)
    # Entered by hand before its system knew of it: from now on it is the system's.
    registration.application = registration.application or row.application
    if registration.application is None:
        application = write_new(registration, row.registrar.space, row.values, actor=actor)
    else:
        application = write_changes(registration, row.values, actor=actor)
    registration.settled = {**registration.settled, **row.values}
    registration.save()
    row.state, row.application, row.by, row.decided = Proposal.State.APPROVED, application, actor, timezone.now()
    row.save(update_fields=["state", "application", "by", "decided"])
    record(PROPOSAL_APPROVED, application, actor=actor, data=_said(row))
    return application


@transaction.atomic
def refuse(proposal: Proposal, reason: str, *, actor: Any) -> None:
    """Leave the register as it is, with a word for whoever keeps the system. The same values are not proposed again.

    Raises Refused.
    """
    row, registration = _locked(proposal, actor)
    registration.settled = {**registration.settled, **row.values}
    registration.save(update_fields=["settled"])
    row.state, row.by, row.decided, row.reason = Proposal.State.REFUSED, actor, timezone.now(), reason.strip()[:1000]
    row.save(update_fields=["state", "by", "decided", "reason"])
    record(PROPOSAL_REFUSED, row.application or row.registrar.space, actor=actor, data=_said(row))


def _locked(proposal: Proposal, actor: Any) -> tuple[Proposal, Registration]:
    """In the order in which what comes in locks them."""
    registrations = Registration.objects.select_for_update(of=("self",)).select_related("application__space")
    registration = registrations.get(key=proposal.key)
    rows = Proposal.objects.select_for_update(of=("self",))
    row = rows.select_related("registrar__space", "application__space").get(pk=proposal.pk)
    require(actor, "applications.decide", row)
    return row, registration


def _said(proposal: Proposal) -> dict[str, Any]:
    """Names and keys alone: the values are in the proposal."""
    registrar = proposal.registrar
    return {
        "registrar": str(registrar.uuid),
        "name": registrar.name,
        "keeper": registrar.keeper_id,
        "space": registrar.space_id,
        "proposal": str(proposal.uuid),
        "key": proposal.key,
        "version": proposal.version,
        "changed": sorted(proposal.values),
    }
