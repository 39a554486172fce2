"""Memberships as principals: who belongs to space 7 holds `space:7`."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from foundation.audiences.principals import holders_of, principal, resolved
from foundation.audiences.sql import among, rows, table, vendor

from .models import Membership, Space
from .querysets import MySpace

_MINE = f"""
SELECT s.id, m.best, s.kind, s.slug, s.name_fr, s.name_en, s.archived IS NOT NULL FROM (
    SELECT space_id, MAX(role) AS best FROM {table(Membership)} WHERE person_id = %s OR {{held}} GROUP BY space_id
) AS m JOIN {table(Space)} s ON s.id = m.space_id
"""


class SpacePrincipals:
    """Asked last: a membership may be held by a principal that another provider gives."""

    order = 100
    prefixes = frozenset({"space"})

    def principals_of(self, person: Any, known: frozenset[str]) -> Iterable[str]:
        held, params = among("principal", sorted(known), "text", vendor())
        mine = resolved(
            person, "my_spaces", lambda: [MySpace(*row) for row in rows(_MINE.format(held=held), [person.pk, *params])]
        )
        return {principal("space", one.pk) for one in mine}

    def holders(self, principals: Iterable[str]) -> Q:
        ids = [int(one.partition(":")[2]) for one in principals]
        condition = Q(pk__in=Membership.objects.filter(space_id__in=ids, person__isnull=False).values("person_id"))
        # Memberships held by principals are few per space: they are read, then asked of their own providers.
        # Those of spaces are left out, as when a person's own are resolved: a space cannot be its own member.
        by_principal = Membership.objects.filter(space_id__in=ids, person__isnull=True)
        held = set(by_principal.exclude(principal__startswith="space:").values_list("principal", flat=True))
        return condition | holders_of(held) if held else condition

    def label(self, principal: str) -> str:
        space = Space.objects.filter(pk=principal.partition(":")[2]).first()
        return space.name if space else principal
