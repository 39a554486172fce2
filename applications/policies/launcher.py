"""Who may put applications in the launcher of others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import Position, Unit
from foundation.audiences.policies import Allowed, Answer, Denied, ask, rule
from foundation.spaces.models import Role
from foundation.spaces.policies import role_in
from foundation.spaces.querysets import edited_space_ids

from ..models import Application


@dataclass(frozen=True)
class Placing:
    """One application, and the principal whose holders are given it."""

    application: Application
    principal: str


@rule("applications.place")
def can_place(person: Any, placing: Placing) -> Answer:
    """The editors of the register, for anybody; whoever leads a unit or one above it, for that unit.

    SECURITY: asked of an application one sees; it shows to nobody who does not see it anyway.
    """
    if role_in(person, placing.application.space) >= Role.EDITOR:
        return Allowed()
    prefix, _sep, key = placing.principal.partition(":")
    if prefix == "unit":
        unit = Unit.objects.filter(pk=int(key)).first()
        if unit is not None and ask(person, "directory.change_unit", unit):
            return Allowed()
        return Denied(_("Only those who lead this unit, and the editors of the register, may do this."))
    return Denied(_("Only the editors of the register may do this for everyone."))


def can_place_somewhere(person: Any, registers: Iterable[int]) -> bool:
    """Whether to show `person` the way there. registers: keys of the spaces that hold the applications they see."""
    if person.is_staff or not set(registers).isdisjoint(edited_space_ids(person)):
        return True
    # Asked of managers alone: the launcher of everybody else spares the query.
    return person.is_manager and Position.objects.current().heads().filter(person_id=person.pk).exists()
