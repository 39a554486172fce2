"""Saying where what was in Notes is now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.content.models import Content
from foundation.ui.notes_links import SPECIAL, NotesLinkError, read_replica, read_unid

from ..activities import NOTES_PLACE_MOVED, NOTES_PLACE_REMOVED, NOTES_PLACES_MOVED
from ..models import NotesPlace
from ..notes_sheets import Line
from ..notes_targets import Target, targets_of

NOWHERE = gettext_lazy("This address leads to no page, and to no space, that you may see in the portal.")
SOMEBODYS_OWN = gettext_lazy("Everyone has a database of their own with this replica ID: it does not move.")
BATCH = 500
SAID = ["content", "space", "moved", "by"]


@dataclass
class Report:
    """What a sheet did, or would do: lines by what became of them, and those left out with the reason."""

    added: int = 0
    changed: int = 0
    same: int = 0
    problems: list[tuple[int, str | Promise]] = field(default_factory=list)

    @property
    def moved(self) -> int:
        return self.added + self.changed


@transaction.atomic
def move_place(replica: str, unid: str, address: str, *, actor: Any) -> NotesPlace:
    """A document of a Notes database, or the whole database when `unid` is empty, is now at `address` in the portal.

    A second time, it is there instead. Raises Refused, and ValidationError by field for what is no identifier or no
    address of content, or of a space, that `actor` may see.
    """
    require(actor, "applications.keep_notes_places", None)
    errors: dict[str, Any] = {}
    values = {"replica": replica, "unid": unid}
    for name, read in (("replica", read_replica), ("unid", read_unid)):
        try:
            values[name] = read(values[name]) if values[name].strip() or name == "replica" else ""
        except NotesLinkError as error:
            errors[name] = str(error)
    if values["replica"] in SPECIAL:
        errors["replica"] = SOMEBODYS_OWN
    target = targets_of([address], reader=actor).get(address)
    if target is None:
        errors["address"] = NOWHERE
    if errors:
        raise ValidationError(errors)
    assert target is not None
    said = {**_where(target), "moved": timezone.now(), "by": actor}
    place, _made = NotesPlace.objects.update_or_create(replica=values["replica"], unid=values["unid"], defaults=said)
    record(NOTES_PLACE_MOVED, target, actor=actor, data=values)
    return place


@transaction.atomic
def move_many(lines: Sequence[Line], *, actor: Any, only_check: bool = False) -> Report:
    """The same for each line of a sheet. Lines that cannot be are left out and reported; of two lines about one thing
    the last counts. `only_check`: nothing is written. Raises Refused."""
    require(actor, "applications.keep_notes_places", None)
    report = Report()
    targets = targets_of({one.address for one in lines if not one.problem}, reader=actor)
    wanted: dict[tuple[str, str], Target] = {}
    for one in lines:
        target = targets.get(one.address)
        problem = one.problem or (SOMEBODYS_OWN if one.replica in SPECIAL else "" if target else NOWHERE)
        if problem:
            report.problems.append((one.number, problem))
        elif target is not None:
            wanted[one.replica, one.unid] = target
    replicas = sorted({replica for replica, _unid in wanted})
    known: dict[tuple[str, str], NotesPlace] = {}
    for at in range(0, len(replicas), BATCH):
        rows = NotesPlace.objects.filter(replica__in=replicas[at : at + BATCH])
        known |= {(one.replica, one.unid): one for one in rows}
    added, changed = [], []
    for key, target in wanted.items():
        place = known.get(key)
        where = _where(target)
        if place is None:
            added.append(NotesPlace(replica=key[0], unid=key[1], by=actor, **where))
        elif (place.content_id, place.space_id) != tuple(one.pk if one else None for one in where.values()):
            place.content, place.space, place.moved, place.by = where["content"], where["space"], timezone.now(), actor
            changed.append(place)
    report.added, report.changed = len(added), len(changed)
    report.same = len(wanted) - report.moved
    if not only_check and report.moved:
        # Somebody else may add the same meanwhile.
        NotesPlace.objects.bulk_create(
            added, batch_size=BATCH, update_conflicts=True, unique_fields=["replica", "unid"], update_fields=SAID
        )
        NotesPlace.objects.bulk_update(changed, SAID, batch_size=BATCH)
        data = {"added": report.added, "changed": report.changed, "replicas": _some(key[0] for key in wanted)}
        record(NOTES_PLACES_MOVED, None, actor=actor, data=data)
    return report


@transaction.atomic
def remove_place(place: NotesPlace, *, actor: Any) -> None:
    """Links lead to Notes again. Raises Refused; twice does nothing."""
    require(actor, "applications.keep_notes_places", None)
    row = NotesPlace.objects.select_for_update(of=("self",)).filter(pk=place.pk).first()
    if row is None:
        return
    data = {"replica": row.replica, "unid": row.unid}
    target = row.target
    row.delete()
    record(NOTES_PLACE_REMOVED, target, actor=actor, data=data)


def _where(target: Target) -> dict[str, Any]:
    is_content = isinstance(target, Content)
    return {"content": target if is_content else None, "space": None if is_content else target}


def _some(replicas: Iterable[str]) -> list[str]:
    return sorted(set(replicas))[:20]
