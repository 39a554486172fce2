"""What manifests say of health becomes checks of the register, which its keepers then keep."""

import logging

from django.core.exceptions import ValidationError
from django.db.models import F

from foundation.audiences.policies import Refused

from ..models import Check, Registration
from .health import add_check, change_check

logger = logging.getLogger(__name__)


def follow_health_addresses() -> int:
    """Have the health of applications asked where their systems now say, in the name of each system's keeper.

    Called by the worker, outside the transaction that wrote the register: a name may take seconds to resolve. Each
    address is tried once; one that may not be asked is logged. Answers how many checks were made or changed.
    """
    waiting = Registration.objects.exclude(health_address=F("health_followed")).exclude(application=None)
    done = 0
    for registration in waiting.select_related("application__space", "registrar__keeper").order_by("pk")[:100]:
        try:
            done += _follow(registration)
        except (Refused, ValidationError) as refusal:
            logger.warning("the health of %s is not asked where its system says: %s", registration.key, refusal)
        Registration.objects.filter(pk=registration.pk).update(health_followed=registration.health_address)
    return done


def _follow(registration: Registration) -> int:
    application, address = registration.application, registration.health_address
    assert application is not None
    checks = Check.objects.filter(application=application, kind=Check.Kind.HTTP)
    former = checks.filter(address=registration.health_followed).first() if registration.health_followed else None
    if not address or checks.filter(address=address).exists():
        return 0
    keeper = registration.registrar.keeper
    if former is not None:
        change_check(former, {"address": address}, actor=keeper)
    else:
        add_check(application, actor=keeper, kind=Check.Kind.HTTP, address=address)
    return 1
