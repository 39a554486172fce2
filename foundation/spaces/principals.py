"""Memberships as principals: who belongs to space 7 holds `space:7`, and who edits it `editors:7` too.

The second is for what is narrowed to others and must still be seen by those who answer for it: an official notice.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.audiences.principals import holders_of, principal, resolved
from foundation.audiences.sql import among, rows, table, vendor

from .models import Membership, Role, Space
from .querysets import MySpace

_MINE = f"""
SELECT s.id, m.best, s.kind, s.slug, s.name_fr, s.name_en, s.archived IS NOT NULL FROM (
    SELECT space_id, MAX(role) AS best FROM {table(Membership)} WHERE person_id = %s OR {{held}} GROUP BY space_id
) AS m JOIN {table(Space)} s ON s.id = m.space_id
"""


class SpacePrincipals:
    """Asked last: a membership may be held by a principal that another provider gives."""

    order = 100
    prefixes = frozenset({"space", "editors"})

    def principals_of(self, person: Any, known: frozenset[str]) -> Iterable[str]:
        held, params = among("principal", sorted(known), "text", vendor())
        mine = resolved(
            person, "my_spaces", lambda: [MySpace(*row) for row in rows(_MINE.format(held=held), [person.pk, *params])]
        )
        edited = {principal("editors", one.pk) for one in mine if one.role >= Role.EDITOR}
        return edited.union(principal("space", one.pk) for one in mine)

    def holders(self, principals: Iterable[str]) -> Q:
        wanted: dict[str, list[int]] = {}
        for one in principals:
            prefix, _colon, pk = one.partition(":")
            wanted.setdefault(prefix, []).append(int(pk))
        condition = Q(pk__in=[])
        for prefix, ids in wanted.items():
            condition |= self._members(ids, Role.EDITOR if prefix == "editors" else Role.READER)
        return condition

    def _members(self, space_ids: list[int], role: int) -> Q:
        """Whoever has at least `role` in one of the spaces."""
        memberships = Membership.objects.filter(space_id__in=space_ids)
        if role > Role.READER:
            memberships = memberships.filter(role__gte=role)
        condition = Q(pk__in=memberships.filter(person__isnull=False).values("person_id"))
        # Memberships held by principals are few per space: they are read, then asked of their own providers.
        # Those of spaces are left out, as when a person's own are resolved: a space cannot be its own member.
        by_principal = memberships.filter(person__isnull=True).exclude(principal__startswith="space:")
        held = set(by_principal.exclude(principal__startswith="editors:").values_list("principal", flat=True))
        return condition | holders_of(held) if held else condition

    def label(self, principal: str) -> str:
        prefix, _colon, pk = principal.partition(":")
        space = Space.objects.filter(pk=pk).first()
        if space is None:
            return principal
        return _("Editors of %(space)s") % {"space": space.name} if prefix == "editors" else space.name
