"""Local news and the whole city: proposed by a site's editors, decided by the city's."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import NEWS_ACCEPTED, NEWS_DECLINED, NEWS_PROPOSED
from ..models import CityProposal, Notice, Site


@transaction.atomic
def propose_to_city(notice: Notice, *, actor: Any) -> CityProposal:
    """Ask the city's editors to show a local notice to everybody who may read it. Again, after a refusal, asks again.
    Raises Refused, and ValidationError where there is no site of the city."""
    require(actor, "publications.propose_to_city", notice)
    city = Site.objects.filter(is_city=True).first()
    if city is None:
        raise ValidationError(_("There is no site of the City yet."))
    proposal = CityProposal.objects.select_for_update().filter(notice=notice).first()
    if proposal is not None and proposal.state != CityProposal.State.DECLINED:
        return proposal
    proposal = proposal or CityProposal(notice=notice)
    proposal.state, proposal.by, proposal.created = CityProposal.State.WAITING, actor, timezone.now()
    proposal.decided, proposal.decided_by, proposal.reason = None, None, ""
    proposal.save()
    record(NEWS_PROPOSED, notice, actor=actor, data={"space": city.space_id})
    return proposal


@transaction.atomic
def accept_proposal(proposal: CityProposal, *, actor: Any) -> None:
    """Show the notice among the city's news. Its readers stay its own. Raises Refused."""
    _decide(proposal, CityProposal.State.ACCEPTED, "", actor)
    record(NEWS_ACCEPTED, proposal.notice, actor=actor, data={"person": str(proposal.by.uuid)})


@transaction.atomic
def decline_proposal(proposal: CityProposal, *, actor: Any, reason: str = "") -> None:
    """Leave the notice to its own site, or take it back there. Raises Refused."""
    _decide(proposal, CityProposal.State.DECLINED, reason, actor)
    record(NEWS_DECLINED, proposal.notice, actor=actor, data={"person": str(proposal.by.uuid)})


def _decide(proposal: CityProposal, state: str, reason: str, actor: Any) -> None:
    require(actor, "publications.decide_proposal", proposal)
    proposal.state, proposal.reason = state, reason.replace("\x00", "").strip()[:400]
    proposal.decided, proposal.decided_by = timezone.now(), actor
    proposal.save(update_fields=["state", "reason", "decided", "decided_by"])
