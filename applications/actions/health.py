"""What keepers do: have an application checked, and say what happens when it does not work."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.outgoing.problems import Problem

from ..activities import (
    CHECK_ADDED,
    CHECK_CHANGED,
    CHECK_DELETED,
    OUTAGE_CLOSED,
    OUTAGE_DECLARED,
    OUTAGE_NOTED,
)
from ..checks import parts_of, refuse_target
from ..models import Application, Check, Outage, Status
from ..models.health import CHECKS_MOST, sentence_of
from .status import settle

# What may be said of a check.
SAID = (
    *("kind", "address", "host", "port", "status_from", "status_to", "expected_text", "every", "timeout"),
    *("slow_after", "failures_to_down", "successes_to_up", "days_warned"),
)
# What makes it another look: its history no longer speaks of it.
AIM = ("kind", "address", "host", "port", "status_from", "status_to", "expected_text")
# SECURITY: looks asked for by hand, one's own and of one application: a check is no scanner.
ASKED_MOST, ASKED_SECONDS = 10, 600
# A name or an address of a machine, and nothing else.
MACHINE = re.compile(r"[0-9A-Za-zÀ-ÿ_-]+(?:\.[0-9A-Za-zÀ-ÿ_-]+)*|[0-9A-Fa-f:.]+:[0-9A-Fa-f:.]*")


def add_check(application: Application, *, actor: Any, **said: Any) -> Check:
    """Have something looked at regularly. `said`: of `SAID`. Raises Refused, and ValidationError by field."""
    require(actor, "applications.keep", application)
    _spend(application, actor)
    check = Check(application=application, **{name: said[name] for name in SAID if name in said})
    # Before the transaction: a name may take seconds to resolve, and nobody else could write meanwhile.
    _clean(check)
    return _add(check, actor)


@transaction.atomic
def _add(check: Check, actor: Any) -> Check:
    held = Application.objects.select_for_update(of=("self",)).get(pk=check.application_id)
    if held.checks.count() >= CHECKS_MOST:
        raise ValidationError(_("An application has at most %(count)s checks.") % {"count": CHECKS_MOST})
    check.save()
    record(CHECK_ADDED, held, actor=actor, data={"check": str(check.uuid), "target": check.target})
    return check


def change_check(check: Check, changes: Mapping[str, Any], *, actor: Any) -> Check:
    """Change what is looked at, or how often. A look that is under way no longer counts.

    Raises Refused, and ValidationError by field.
    """
    require(actor, "applications.keep", check.application)
    wanted = Check.objects.select_related("application__space").get(pk=check.pk)
    before = {name: getattr(wanted, name) for name in SAID}
    for name in SAID:
        if name in changes:
            setattr(wanted, name, changes[name])
    idle = ("host", "port") if wanted.kind == Check.Kind.HTTP else ("address", "expected_text")
    if any(getattr(wanted, name) != before[name] for name in AIM if name not in idle):
        _spend(wanted.application, actor)
    # Before the transaction, as above.
    _clean(wanted)
    changed = {name: getattr(wanted, name) for name in SAID if getattr(wanted, name) != before[name]}
    return _change(wanted.pk, changed, actor) if changed else wanted


@transaction.atomic
def _change(pk: int, changed: Mapping[str, Any], actor: Any) -> Check:
    row = Check.objects.select_for_update(of=("self",)).select_related("application__space").get(pk=pk)
    aimed = bool(set(changed) & set(AIM))
    if aimed:
        row.outcomes, row.held, row.problem, row.problem_data, row.certificate_until = "", 0, "", {}, None
        row.state, row.last_ms = Status.UNKNOWN, None
    for name, value in changed.items():
        setattr(row, name, value)
    row.lease_holder, row.lease_until = "", None
    # SECURITY: at once only when it was counted as a look asked for by hand.
    row.next_at = timezone.now() if aimed else min(row.next_at, timezone.now() + timedelta(minutes=row.every))
    row.save()
    outage = settle(row.application_id, is_told=False) if aimed else ""
    data = {"check": str(row.uuid), "target": row.target, "changed": sorted(changed), "outage": outage}
    record(CHECK_CHANGED, row.application, actor=actor, data=data)
    return row


@transaction.atomic
def pause_check(check: Check, *, actor: Any, resume: bool = False) -> None:
    """Look no more, or again. What a paused check found no longer counts.

    Raises Refused, and ValidationError when it was resumed too often: each time it is looked at.
    """
    require(actor, "applications.keep", check.application)
    if resume:
        _spend(check.application, actor)
    row = Check.objects.select_for_update(of=("self",)).select_related("application__space").get(pk=check.pk)
    if row.is_active == resume:
        return
    row.is_active, row.outcomes, row.held, row.state = resume, "", 0, Status.UNKNOWN
    row.lease_holder, row.lease_until, row.next_at = "", None, timezone.now()
    row.save()
    outage = settle(row.application_id, is_told=False)
    data = {"check": str(row.uuid), "target": row.target, "active": resume, "outage": outage}
    record(CHECK_CHANGED, row.application, actor=actor, data=data)


@transaction.atomic
def delete_check(check: Check, *, actor: Any) -> None:
    """Delete a check and its history. Raises Refused."""
    application, data = check.application, {"check": str(check.uuid), "target": check.target}
    require(actor, "applications.keep", application)
    Check.objects.filter(pk=check.pk).delete()
    outage = settle(application.pk, is_told=False)
    record(CHECK_DELETED, application, actor=actor, data={**data, "outage": outage})


@transaction.atomic
def check_now(check: Check, *, actor: Any) -> None:
    """Have it looked at within seconds. Raises Refused, and ValidationError when it was asked too often."""
    require(actor, "applications.keep", check.application)
    if not check.is_active:
        raise ValidationError(_("The check is paused: resume it first."))
    if check.is_example:
        raise ValidationError(_("Its machine is an example, which belongs to nobody: it is not asked."))
    _spend(check.application, actor)
    Check.objects.filter(pk=check.pk).update(next_at=timezone.now())


@transaction.atomic
def declare_outage(application: Application, *, actor: Any, note_fr: str, note_en: str = "") -> Outage:
    """Say that an application does not work, whatever its checks find, until it is said that it does again.

    Where it is known already, what is said is added to that. Raises Refused, ValidationError.
    """
    require(actor, "applications.keep", application)
    held = Application.objects.select_for_update(of=("self",)).select_related("space").get(pk=application.pk)
    known = held.outages.current().first()
    if known is not None:
        return note_outage(known, actor=actor, note_fr=note_fr, note_en=note_en)
    now = timezone.now()
    outage = Outage(
        application=held,
        began=now,
        is_declared=True,
        note_fr=note_fr,
        note_en=note_en,
        acknowledged_by=actor,
        acknowledged=now,
    )
    outage.full_clean(exclude=["application", "acknowledged_by", "acknowledged", "ended"])
    outage.save()
    settle(held.pk, is_told=False)
    record(OUTAGE_DECLARED, held, actor=actor, data={"outage": str(outage.uuid)})
    return outage


@transaction.atomic
def note_outage(outage: Outage, *, actor: Any, note_fr: str, note_en: str = "") -> Outage:
    """Say what is happening. The first who does looks after it, before everyone. Raises Refused, ValidationError."""
    row = Outage.objects.select_for_update(of=("self",)).select_related("application__space").get(pk=outage.pk)
    require(actor, "applications.keep", row.application)
    if row.ended:
        raise ValidationError(_("It works again already."))
    row.note_fr, row.note_en = note_fr, note_en
    if row.acknowledged_by_id is None:
        row.acknowledged_by, row.acknowledged = actor, timezone.now()
    row.full_clean(exclude=["application", "acknowledged_by", "acknowledged", "ended"])
    row.save()
    record(OUTAGE_NOTED, row.application, actor=actor, data={"outage": str(row.uuid)})
    return row


@transaction.atomic
def end_outage(outage: Outage, *, actor: Any) -> None:
    """Say that what was declared is over. What the checks found ends when they find it over.

    Raises Refused, ValidationError.
    """
    row = Outage.objects.select_for_update(of=("self",)).select_related("application__space").get(pk=outage.pk)
    require(actor, "applications.keep", row.application)
    if row.ended:
        return
    if not row.is_declared:
        raise ValidationError(_("The checks found it: it ends when they find that it works, or when they are paused."))
    Outage.objects.filter(pk=row.pk).update(ended=timezone.now())
    settle(row.application_id, is_told=False)
    record(OUTAGE_CLOSED, row.application, actor=actor, data={"outage": str(row.uuid)})


def _spend(application: Application, actor: Any) -> None:
    """Count one look asked for by hand. SECURITY: of the application and of the person, or one would take the other."""
    for key in (f"applications.asked.a{application.pk}", f"applications.asked.p{actor.pk}"):
        cache.add(key, 0, ASKED_SECONDS)
        try:
            count = cache.incr(key)
        except ValueError:
            # The window closed between the two lines.
            cache.set(key, 1, ASKED_SECONDS)
            count = 1
        if count > ASKED_MOST:
            raise ValidationError(_("That is enough for the moment: ask again in ten minutes."))


def _clean(check: Check) -> None:
    """What its kind needs, nothing of the other kinds, and a machine that may be asked. ValidationError by field."""
    is_page = check.kind == Check.Kind.HTTP
    place = "address" if is_page else "host"
    try:
        if is_page:
            check.address = check.address.strip()
            check.host, check.port = parts_of(check.address)
        else:
            check.address, check.expected_text, check.host = "", "", check.host.strip().rstrip(".").lower()
        if not is_page and not MACHINE.fullmatch(check.host):
            raise ValidationError({place: _("Give the name of a machine, without https:// and without a page.")})
        check.full_clean(exclude=["application"])
        if check.status_to < check.status_from:
            raise ValidationError({"status_to": _("It comes before the first code.")})
        # SECURITY: at each look again: what a name leads to may change between the two.
        refuse_target(check.host, check.port)
    except Problem as problem:
        raise ValidationError({place: sentence_of(problem.code, problem.data)}) from None
