"""What the directory tells the floor about how people stand to each other: managers, stand-ins, units."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.audiences.relations import UnitGroup

from .models import Absence, Person, Unit

NOWHERE = "none"


class DirectoryRelations:
    """Managers are LDAP's, stand-ins are those named in absences, units are folded to the borough or service above."""

    unit_field = "unit_id"
    sort_field = "search_name"

    def managers_of(self, ids: Collection[int]) -> dict[int, int]:
        found = Person.objects.filter(pk__among=ids, manager__is_active=True)
        return dict(found.values_list("pk", "manager_id"))

    def reports_of(self, manager: Any) -> Q:
        return Q(manager_id=manager.pk)

    def delegates_of(self, day: date) -> dict[int, int]:
        # Nobody else is told of the absence by this: who stands in was named in it, and knows.
        away = Absence.objects.current(day).filter(replacement__is_active=True, person__is_active=True)
        return dict(away.order_by("-starts", "-pk").values_list("person_id", "replacement_id"))

    def unit_groups(self, unit_ids: Iterable[int | None]) -> dict[int | None, UnitGroup]:
        wanted = {one for one in unit_ids if one is not None}
        above = {pk: _group_in(path) for pk, path in Unit.objects.filter(pk__in=wanted).values_list("pk", "path")}
        names = {one.pk: one for one in Unit.objects.filter(pk__in=set(above.values()))}
        found: dict[int | None, UnitGroup] = {None: UnitGroup(NOWHERE, _("Without a unit"))}
        for pk, top in above.items():
            found[pk] = UnitGroup(str(names[top].uuid), names[top].name)
        return found

    def people_in(self, key: str) -> Q:
        if key == NOWHERE:
            return Q(unit__isnull=True)
        try:
            unit = Unit.objects.filter(uuid=UUID(key)).first()
        except ValueError:
            unit = None
        if unit is None:
            return Q(pk__in=[])
        # The root stands for those who are directly in it: everybody is below it.
        return Q(unit__path__contains=f"/{unit.pk}/") if unit.parent_id else Q(unit_id=unit.pk)

    def with_unit_names(self, unit_ids: Iterable[int | None]) -> dict[int | None, str]:
        wanted = {one for one in unit_ids if one is not None}
        return {None: "", **{one.pk: one.name for one in Unit.objects.filter(pk__in=wanted)}}


def _group_in(path: str) -> int:
    """The borough or service of a path: the first unit below the city, or the city for who is directly in it."""
    ids = [int(one) for one in path.strip("/").split("/") if one]
    return ids[1] if len(ids) > 1 else ids[0]
