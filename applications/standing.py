"""How an application stands, for the system that registers it."""

from typing import Any

from .models import Proposal, Registrar


def standing_of(registrar: Registrar, key: str) -> dict[str, Any] | None:
    """What the register has under `key`, what waits, what was decided last; None for what is not this system's."""
    registration = registrar.registrations.select_related("application__space").filter(key=key[:60]).first()
    if registration is None:
        return None
    proposals = registrar.proposals.filter(key=registration.key).newest_first()
    waiting = proposals.waiting().first()
    decided = proposals.filter(state__in=(Proposal.State.APPROVED, Proposal.State.REFUSED)).first()
    application = registration.application
    return {
        "key": registration.key,
        "version": registration.version,
        "seen": registration.seen,
        "id": application.uuid if application else None,
        "url": application.get_absolute_url() if application else None,
        "stage": application.stage if application else None,
        "status": application.status if application else None,
        "pending": _pending(waiting) if waiting else None,
        "last_decision": decided.state if decided else None,
        "last_reason": decided.reason if decided else None,
    }


def _pending(proposal: Proposal) -> dict[str, Any]:
    changes = [
        {"field": name, "before": proposal.before.get(name), "after": value, "waits": True}
        for name, value in proposal.values.items()
    ]
    return {"id": proposal.uuid, "created": proposal.created, "changes": changes}
