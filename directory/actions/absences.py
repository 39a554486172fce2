"""Absences: entering one, ending it, deleting it."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.ui import dates

from ..activities import ABSENCE_DELETED, ABSENCE_ENDED, ABSENCE_ENTERED
from ..models import Absence, Person


@transaction.atomic
def enter_absence(
    person: Person, starts: date, ends: date | None, *, actor: Any, replacement: Person | None = None
) -> Absence:
    """Say that `person` is away from a day to a day, both included (None: until further notice), and who stands in.

    Raises Refused, and ValidationError by field.
    """
    require(actor, "directory.change_absences", person)
    if ends is not None and ends < starts:
        raise ValidationError({"ends": _("The last day comes before the first one.")})
    if ends is not None and ends < timezone.localdate():
        raise ValidationError({"ends": _("This absence would be over already: choose a later last day.")})
    if replacement is not None:
        _check_replacement(person, replacement)
    # Locked, so that two who enter at once do not overlap.
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    other = person.absences.overlapping(starts, ends).order_by("starts").first()
    if other is not None:
        raise ValidationError({"starts": _overlap(other)})
    absence = Absence.objects.create(person=person, starts=starts, ends=ends, replacement=replacement, by=actor)
    record(ABSENCE_ENTERED, None, actor=actor, data={"person": str(person.uuid), "absence": str(absence.uuid)})
    return absence


def _check_replacement(person: Person, replacement: Person) -> None:
    """ValidationError unless they are an active colleague."""
    if replacement.pk == person.pk:
        raise ValidationError({"replacement": _("The replacement is somebody else than the person who is away.")})
    if not replacement.is_active or replacement.kind == Person.Kind.EXTERNAL:
        raise ValidationError({"replacement": _("The replacement is a colleague who works for the City.")})


def _overlap(other: Absence) -> str:
    if other.ends is None:
        return _("Another absence, from %(starts)s until further notice, covers these days: end it first.") % {
            "starts": dates.day(other.starts)
        }
    return _("Another absence, from %(starts)s to %(ends)s, covers some of these days: change or delete it first.") % {
        "starts": dates.day(other.starts),
        "ends": dates.day(other.ends),
    }


@transaction.atomic
def end_absence(absence: Absence, *, actor: Any) -> None:
    """They are back: yesterday was its last day. One that began today is as if it had not been. Raises Refused."""
    require(actor, "directory.change_absences", absence.person)
    data = {"person": str(absence.person.uuid), "absence": str(absence.uuid)}
    yesterday = timezone.localdate() - timedelta(days=1)
    if absence.starts > yesterday:
        absence.delete()
    elif absence.ends is None or absence.ends > yesterday:
        absence.ends = yesterday
        absence.save(update_fields=["ends"])
    record(ABSENCE_ENDED, None, actor=actor, data=data)


@transaction.atomic
def delete_absence(absence: Absence, *, actor: Any) -> None:
    """It was entered by mistake. Raises Refused."""
    require(actor, "directory.change_absences", absence.person)
    data = {"person": str(absence.person.uuid), "absence": str(absence.uuid)}
    absence.delete()
    record(ABSENCE_DELETED, None, actor=actor, data=data)
