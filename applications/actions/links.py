"""The daily trying of the register's web addresses, and what keepers do about those that lead nowhere."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content.models import State
from foundation.outgoing.problems import Problem

from ..activities import LINK_REMINDED
from ..checks import Trial, parts_of
from ..models import Application, Link, Stage
from ..models.links import FIELDS
from ..querysets.health import free_q
from .applications import change_application
from .health_runs import network_trouble, new_holder

LEASE = timedelta(minutes=2)
DAY = timedelta(hours=24)
# What was tried while the portal's own network was away is tried again soon, and not counted.
SOON = timedelta(minutes=30)
# An owner is reminded once a day of one address.
REMINDED_AGAIN = timedelta(hours=20)
BAD = (Link.State.DEAD, Link.State.MOVED)


@transaction.atomic
def gather_links(now: datetime | None = None) -> int:
    """One row for each address the register gives, none for others. Answers how many were written or went.

    The first tries are spread over an hour, each address by its own share.
    """
    now = now or timezone.now()
    shown = Application.objects.filter(state=State.PUBLISHED).exclude(stage=Stage.RETIRED).order_by()
    wanted: dict[tuple[int, str], str] = {}
    for pk, *addresses in shown.values_list("pk", *FIELDS):
        wanted |= {(pk, name): one for name, one in zip(FIELDS, addresses, strict=True) if one}
    held = {(one.application_id, one.field): one for one in Link.objects.all()}
    gone = [one.pk for key, one in held.items() if wanted.get(key) != one.address]
    Link.objects.filter(pk__in=gone).delete()
    rows = []
    for (pk, name), address in wanted.items():
        known = held.get((pk, name))
        if known is None or known.address != address:
            later = timedelta(seconds=pk * 7919 % 3600)
            rows.append(Link(application_id=pk, field=name, address=address, host=_host(address), next_at=now + later))
    Link.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) + len(gone)


def take_links(count: int) -> list[tuple[Link, str]]:
    """Become the one who tries up to `count` of the addresses that are due, each with the name of this try."""
    if network_trouble():
        return []
    taken = []
    for pk in list(Link.objects.due().values_list("pk", flat=True)[: max(0, count)]):
        now, holder = timezone.now(), new_holder()
        if Link.objects.filter(free_q(now), pk=pk, next_at__lte=now).update(
            lease_holder=holder, lease_until=now + LEASE
        ):
            taken += [(one, holder) for one in Link.objects.filter(pk=pk)]
    return taken


@transaction.atomic
def write_trial(pk: int, holder: str, found: Trial) -> bool:
    """What a try found. Answers whether it was written: False when another worker took over."""
    link = Link.objects.select_for_update().filter(pk=pk, lease_holder=holder).first()
    if link is None:
        return False
    now = timezone.now()
    link.lease_holder, link.lease_until = "", None
    if found.state in BAD and network_trouble():
        link.next_at = now + SOON
        link.save()
        return True
    link.last_at, link.next_at = now, now + DAY
    if found.state not in BAD:
        link.days, link.since, link.reminded = 0, None, None
    else:
        # In a row, whether it is away or has moved.
        link.days, link.since = link.days + 1, link.since or now
    link.state, link.target = found.state, found.target
    link.problem, link.problem_data = found.problem, found.data
    link.save()
    return True


@transaction.atomic
def use_new_address(link: Link, target: str, *, actor: Any) -> Application:
    """Put where an address has moved for good in its place. `target`: what the person saw.

    Raises Refused, and ValidationError when it is no longer so. SECURITY: the address was given by another machine: it
    is taken only as it was shown, and through the register's own checks of addresses.
    """
    row = Link.objects.select_for_update(of=("self",)).select_related("application__space").filter(pk=link.pk).first()
    if row is None:
        raise ValidationError(_("The register has another address by now."))
    require(actor, "applications.keep", row.application)
    if row.state != Link.State.MOVED or not row.target or row.target != target:
        raise ValidationError(_("The machine says something else by now: look again."))
    if getattr(row.application, row.field) != row.address:
        raise ValidationError(_("The register has another address by now."))
    changed = change_application(row.application, {row.field: row.target}, actor=actor)
    Link.objects.filter(pk=row.pk).delete()
    return changed


@transaction.atomic
def remind_owner(link: Link, *, actor: Any) -> bool:
    """Tell the owner of the application. Answers False when they were told today already. Raises Refused."""
    row = Link.objects.select_for_update(of=("self",)).select_related("application__space").get(pk=link.pk)
    require(actor, "applications.keep", row.application)
    now = timezone.now()
    if row.reminded and row.reminded > now - REMINDED_AGAIN:
        return False
    Link.objects.filter(pk=row.pk).update(reminded=now)
    record(LINK_REMINDED, row.application, actor=actor, data={"link": row.pk, "field": row.field})
    return True


def _host(address: str) -> str:
    try:
        return parts_of(address)[0][:253]
    except Problem:
        return ""
