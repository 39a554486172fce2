"""What the directory tells the floor about people: the city, its elected officials, units with ancestors, groups."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from foundation.audiences.principals import ELECTED, EVERYONE, Known, principal, uuids_of
from foundation.audiences.sql import among, rows, table, vendor

from .models import Group, Person, Unit
from .policies import members_hidden_from

MODELS: dict[str, Any] = {"unit": Unit, "group": Group, "person": Person}
ICONS = {"unit": "sitemap", "group": "users-group", "person": "user"}

# Written out: it is asked for every page and every socket (decision 25).
_HELD = f"""
SELECT m.person_id, m.group_id FROM {table(Group.members.through)} m JOIN {table(Group)} g ON g.id = m.group_id
WHERE {{theirs}} AND g.is_active
"""


class DirectoryPrincipals:
    """Asked first."""

    order = 0
    prefixes = frozenset({EVERYONE, ELECTED, "unit", "group", "person"})

    def principals_of(self, people: Sequence[Any], known: Sequence[frozenset[str]]) -> Iterable[Iterable[str]]:
        theirs, params = among("m.person_id", [one.pk for one in people], "bigint", vendor())
        groups: dict[int, list[int]] = {}
        for pk, group in rows(_HELD.format(theirs=theirs), params):
            groups.setdefault(pk, []).append(group)
        return [self._principals_of(one, groups.get(one.pk, ())) for one in people]

    def _principals_of(self, person: Any, groups: Iterable[int]) -> set[str]:
        found = {principal("person", person.pk)}
        # SECURITY: an external is never "everyone"; they see what names them, their groups or their spaces.
        if person.kind != Person.Kind.EXTERNAL:
            found.add(EVERYONE)
        if person.kind == Person.Kind.ELECTED:
            found.add(ELECTED)
        if person.unit_id:
            found |= {principal("unit", one) for one in person.unit.ancestor_ids}
        return found.union(principal("group", one) for one in groups)

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
        found = MODELS[prefix].objects.filter(pk=int(key)).first()
        return str(found) if found else principal

    def known(self, reader: Any, principals: Iterable[str], keys: Iterable[str]) -> Iterable[Known]:
        """SECURITY: the doors of units, groups and people; externals, who are not "everyone", do not address it."""
        asked, named = set(principals), set(keys)
        for whole in (EVERYONE, ELECTED):
            if whole in asked | named and reader.is_active and reader.kind != Person.Kind.EXTERNAL:
                yield Known(whole, whole, self.label(whole), "building-community")
        for prefix, model in MODELS.items():
            ids = [int(one.partition(":")[2]) for one in asked if one.startswith(f"{prefix}:")]
            uuids = uuids_of(named, prefix)
            if not ids and not uuids:
                continue
            seen = model.objects.visible_to(reader).filter(Q(pk__in=ids) | Q(uuid__in=uuids))
            for one in seen.select_related("unit").for_rows() if model is Person else seen:
                yield Known(
                    principal(prefix, one.pk),
                    f"{prefix}:{one.uuid}",
                    str(one),
                    ICONS[prefix],
                    _note(one),
                    one.get_absolute_url(),
                    one if model is Person else None,
                )

    def head_counts(self, principals: Iterable[str]) -> Mapping[str, int]:
        """At most one query for each form of principal."""
        asked = set(principals)
        ids = {
            prefix: {int(one.partition(":")[2]) for one in asked if one.startswith(f"{prefix}:")} for prefix in MODELS
        }
        active = Person.objects.filter(is_active=True).order_by()
        found = {one: active.filter(self.holders([one])).count() for one in (EVERYONE, ELECTED) if one in asked}
        if ids["unit"]:
            below = active.filter(self.holders(principal("unit", pk) for pk in ids["unit"]))
            there = list(below.values_list("unit__path").annotate(people=Count("pk")))
            for pk in ids["unit"]:
                found[principal("unit", pk)] = sum(people for path, people in there if f"/{pk}/" in path)
        if ids["group"]:
            counts = Group.objects.active().filter(pk__in=ids["group"]).member_counts()
            found |= {principal("group", pk): counts.get(pk, 0) for pk in ids["group"]}
        if ids["person"]:
            known = set(active.filter(pk__in=ids["person"]).values_list("pk", flat=True))
            found |= {principal("person", pk): int(pk in known) for pk in ids["person"]}
        return found

    def closed_to(self, reader: Any, principals: Iterable[str]) -> Iterable[str]:
        return members_hidden_from(reader, principals)


def _note(one: Any) -> str:
    """What tells it from others of its name."""
    if isinstance(one, Person):
        return one.title or (one.unit.name if one.unit else "")
    return _("Unit") if isinstance(one, Unit) else _("Group")
