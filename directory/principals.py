"""What the directory tells the floor about people: the city, its elected officials, units with ancestors, groups."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.audiences.principals import ELECTED, EVERYONE, principal

from .models import Group, Person, Unit


class DirectoryPrincipals:
    """Asked first."""

    order = 0
    prefixes = frozenset({EVERYONE, ELECTED, "unit", "group", "person"})

    def principals_of(self, person: Any, known: frozenset[str]) -> Iterable[str]:
        found = {principal("person", person.pk)}
        # SECURITY: an external is never "everyone"; they see what names them, their groups or their spaces.
        if person.kind != Person.Kind.EXTERNAL:
            found.add(EVERYONE)
        if person.kind == Person.Kind.ELECTED:
            found.add(ELECTED)
        if person.unit_id:
            found |= {principal("unit", one) for one in person.unit.ancestor_ids}
        held = Group.members.through.objects.filter(person_id=person.pk, group__is_active=True)
        groups = held.values_list("group_id", flat=True)
        return found | {principal("group", one) for one in groups}

    def holders(self, principals: Iterable[str]) -> Q:
        condition = Q(pk__in=[])
        for one in principals:
            prefix, _sep, key = one.partition(":")
            if prefix == EVERYONE:
                condition |= ~Q(kind=Person.Kind.EXTERNAL)
            elif prefix == ELECTED:
                condition |= Q(kind=Person.Kind.ELECTED)
            elif prefix == "unit":
                condition |= Q(unit__path__contains=f"/{int(key)}/")
            elif prefix == "group":
                held = Group.members.through.objects.filter(group_id=int(key), group__is_active=True)
                condition |= Q(pk__in=held.values("person_id"))
            elif prefix == "person":
                condition |= Q(pk=int(key))
        return condition

    def label(self, principal: str) -> str:
        prefix, _sep, key = principal.partition(":")
        if prefix == EVERYONE:
            return _("All staff and elected officials")
        if prefix == ELECTED:
            return _("Elected officials")
        model: Any = {"unit": Unit, "group": Group, "person": Person}[prefix]
        found = model.objects.filter(pk=int(key)).first()
        return str(found) if found else principal
