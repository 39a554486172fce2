"""What is put among the favourites of everyone, of elected officials, or of a unit."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.audiences.principals import provider_of

from ..activities import DEFAULT_PLACED, DEFAULT_WITHDRAWN
from ..models import Application, LauncherDefault
from ..policies.launcher import Placing

# For one principal: more would be nobody's favourites.
MOST_DEFAULTS = 20


@transaction.atomic
def place_default(application: Application, principal: str, *, actor: Any, is_forced: bool = False) -> LauncherDefault:
    """Put it among the favourites of the holders of `principal`, after what is there; or change whether they may take
    it out. Raises Refused, and ValidationError for a principal nobody knows or past `MOST_DEFAULTS`."""
    try:
        provider_of(principal)
    except LookupError as error:
        raise ValidationError({"principal": _("Choose for whom.")}) from error
    require(actor, "applications.place", Placing(application, principal))
    theirs = LauncherDefault.objects.of([principal]).select_for_update()
    row = theirs.filter(application=application).first()
    if row is None:
        if theirs.count() >= MOST_DEFAULTS:
            most = {"most": MOST_DEFAULTS}
            raise ValidationError({"application": _("At most %(most)d: remove one of theirs first.") % most})
        last = theirs.aggregate(last=Max("position"))["last"] or 0
        row = LauncherDefault(application=application, principal=principal, position=last + 1)
    row.is_forced, row.by = is_forced, actor
    row.save()
    record(DEFAULT_PLACED, application, actor=actor, data={"principal": principal, "is_forced": is_forced})
    return row


@transaction.atomic
def move_default(row: LauncherDefault, step: int, *, actor: Any) -> None:
    """One place up (-1) or down (1) among those of its principal that are as firm. At the end, nothing happens. Raises
    Refused."""
    require(actor, "applications.place", Placing(row.application, row.principal))
    rows = list(LauncherDefault.objects.of([row.principal]).select_for_update().in_order())
    theirs = [one for one in rows if one.is_forced == row.is_forced]
    place = [one.pk for one in theirs].index(row.pk)
    if not 0 <= place + step < len(theirs):
        return
    theirs.insert(place + step, theirs.pop(place))
    for number, one in enumerate(theirs, 1):
        one.position = number
    LauncherDefault.objects.bulk_update(theirs, ["position"])
    record(DEFAULT_PLACED, row.application, actor=actor, data={"principal": row.principal, "moved": step})


@transaction.atomic
def withdraw_default(row: LauncherDefault, *, actor: Any) -> None:
    """No longer put it there. Who put it in order themselves keeps it. Raises Refused."""
    require(actor, "applications.place", Placing(row.application, row.principal))
    application, principal = row.application, row.principal
    row.delete()
    record(DEFAULT_WITHDRAWN, application, actor=actor, data={"principal": principal})
