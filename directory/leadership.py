"""Who leads a unit on a day: its head, who stands in, or that the place is vacant.

A head or a vacancy entered here goes before LDAP's head for as long as it lasts. An acting head is shown beside the
head who is away or the place that is vacant.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from .models import Absence, Position
from .privacy import may_read


@dataclass(frozen=True)
class Lead:
    """Who leads one unit. `head.person` is None where the place is vacant; `head` is None where nobody was named."""

    head: Position | None = None
    acting: Position | None = None
    # The head is away, and the reader may know it.
    is_away: bool = False

    @property
    def is_vacant(self) -> bool:
        return self.head is not None and self.head.person_id is None


NOBODY = Lead()


def leads_of(reader: Any, unit_ids: Collection[int] | None = None, *, on: date | None = None) -> dict[int, Lead]:
    """Who leads each of these units (all of them: None), by unit id, in one query. Units nobody leads are left out."""
    positions = Position.objects.visible_to(reader).current(on).heads().with_people()
    if unit_ids is not None:
        positions = positions.filter(unit_id__in=unit_ids)
    away = Absence.objects.current(on).filter(person=OuterRef("person"))
    heads: dict[int, Position] = {}
    acting: dict[int, Position] = {}
    # The last one wins: those entered here ("portal") after LDAP's, then the newest.
    for position in positions.annotate(is_person_away=Exists(away)).order_by("source", "starts", "pk"):
        (acting if position.kind == Position.Kind.ACTING_HEAD else heads)[position.unit_id] = position
    return {
        unit_id: Lead(head=heads.get(unit_id), acting=acting.get(unit_id), is_away=_is_away(reader, heads.get(unit_id)))
        for unit_id in heads.keys() | acting.keys()
    }


def _is_away(reader: Any, head: Any) -> bool:
    # SECURITY: an absence is each person's own to show.
    return bool(head is not None and head.person and head.is_person_away and may_read(reader, head.person, "absences"))
