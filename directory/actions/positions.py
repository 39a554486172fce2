"""Positions entered here: heads, acting heads, vacancies and second positions. LDAP's own are the sync's."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import POSITION_ADDED, POSITION_ENDED, POSITION_REOPENED
from ..models import Person, Position, Unit

# How far from today a date may be: a slip in the year is a typing error, not a position.
YEARS = 60


def name_head(
    unit: Unit, person: Person, *, actor: Any, starts: date, ends: date | None = None, **titles: str
) -> Position:
    """`person` leads the unit, whatever LDAP says, while it lasts; it ends the head or vacancy entered before.

    titles: `title_fr`, `title_en`. Raises Refused and ValidationError.
    """
    return _add(unit, Position.Kind.HEAD, person, actor=actor, starts=starts, ends=ends, **titles)


def declare_vacancy(unit: Unit, *, actor: Any, starts: date, ends: date | None = None) -> Position:
    """Nobody leads the unit; it ends the head entered before. Raises Refused and ValidationError."""
    return _add(unit, Position.Kind.HEAD, None, actor=actor, starts=starts, ends=ends)


def name_acting_head(
    unit: Unit, person: Person, *, actor: Any, starts: date, ends: date | None = None, **titles: str
) -> Position:
    """`person` stands in for the head; it ends the acting one entered before. Raises Refused and ValidationError."""
    return _add(unit, Position.Kind.ACTING_HEAD, person, actor=actor, starts=starts, ends=ends, **titles)


def add_position(
    unit: Unit, person: Person, *, actor: Any, starts: date, ends: date | None = None, **titles: str
) -> Position:
    """A second position of somebody, in this unit too. It gives no rights. Raises Refused and ValidationError."""
    return _add(unit, Position.Kind.MEMBER, person, actor=actor, starts=starts, ends=ends, **titles)


@transaction.atomic
def end_position(position: Position, *, actor: Any) -> bool:
    """It held until yesterday. One that had not begun by then is withdrawn altogether: answers False.

    Raises Refused, also for what LDAP says.
    """
    _require_by_hand(position, actor)
    yesterday = timezone.localdate() - timedelta(days=1)
    data = _said(position)
    has_held = position.starts <= yesterday
    if has_held:
        position.ends = min(yesterday, position.ends) if position.ends else yesterday
        position.save(update_fields=["ends"])
    else:
        position.delete()
    record(POSITION_ENDED, None, actor=actor, data=data)
    return has_held


@transaction.atomic
def reopen_position(position: Position, *, actor: Any) -> None:
    """It goes on, without a last day. Raises Refused, and ValidationError when another one took its place."""
    _require_by_hand(position, actor)
    if position.ends is None:
        return
    if position.person is not None and not position.person.is_active:
        raise ValidationError(_("%(name)s has left the City.") % {"name": position.person.name})
    position.ends = None
    if _rivals(position).exclude(pk=position.pk).exists():
        raise ValidationError(_("Another one took its place since: end that one first."))
    position.save(update_fields=["ends"])
    record(POSITION_REOPENED, None, actor=actor, data=_said(position))


@transaction.atomic
def _add(
    unit: Unit,
    kind: str,
    person: Person | None,
    *,
    actor: Any,
    starts: date,
    ends: date | None,
    title_fr: str = "",
    title_en: str = "",
) -> Position:
    require(actor, "directory.change_unit", unit)
    _check(unit, person, starts, ends)
    position = Position(
        unit=unit,
        person=person,
        kind=kind,
        title_fr=title_fr.replace("\x00", "").strip(),
        title_en=title_en.replace("\x00", "").strip(),
        source=Position.Source.PORTAL,
        starts=starts,
        ends=ends,
    )
    position.clean_fields()
    ended = _make_room(position)
    position.save()
    record(POSITION_ADDED, None, actor=actor, data={**_said(position), "ended": ended})
    return position


def _check(unit: Unit, person: Person | None, starts: date, ends: date | None) -> None:
    if not unit.is_active:
        raise ValidationError(_("This unit is closed: nothing is entered in it any more."))
    # SECURITY: leading a unit gives rights over it, and externals are none of the City's staff.
    if person is not None and (not person.is_active or person.kind == Person.Kind.EXTERNAL):
        raise ValidationError({"person": _("Only staff and elected officials of the City hold positions.")})
    today = timezone.localdate()
    if ends is not None and ends < starts:
        raise ValidationError({"ends": _("The last day comes before the first one.")})
    if any(one is not None and abs((one - today).days) > YEARS * 366 for one in (starts, ends)):
        raise ValidationError({"starts": _("Check the year of this date.")})


def _rivals(position: Position) -> Any:
    """What was entered here and cannot hold at the same time: one head, one acting head, one same second position."""
    found = Position.objects.by_hand().filter(unit_id=position.unit_id, kind=position.kind)
    if position.kind == Position.Kind.MEMBER:
        found = found.filter(person=position.person)
    return found.overlapping(position.starts, position.ends)


def _make_room(position: Position) -> list[str]:
    """End what holds until then, the day before. Answers the uuids. ValidationError for what begins later."""
    ended = []
    for rival in _rivals(position).select_for_update():
        if rival.starts >= position.starts or rival.kind == Position.Kind.MEMBER:
            raise ValidationError(
                {"starts": _("One is entered already from %(date)s: end it first.") % {"date": rival.starts}}
            )
        rival.ends = position.starts - timedelta(days=1)
        rival.save(update_fields=["ends"])
        ended.append(str(rival.uuid))
    return ended


def _require_by_hand(position: Position, actor: Any) -> None:
    require(actor, "directory.change_unit", position.unit)
    # SECURITY: what LDAP says is put right in LDAP, or overridden here, never rewritten.
    if position.source != Position.Source.PORTAL:
        raise ValidationError(_("This position comes from the City's directory: it is changed there."))


def _said(position: Position) -> dict[str, Any]:
    return {
        "unit": str(position.unit.uuid),
        "person": str(position.person.uuid) if position.person else None,
        "position": str(position.uuid),
        "kind": position.kind,
        "title_fr": position.title_fr,
        "title_en": position.title_en,
        "starts": position.starts.isoformat(),
        "ends": position.ends.isoformat() if position.ends else None,
    }
