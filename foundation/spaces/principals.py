"""Memberships as principals: who belongs to space 7 holds `space:7`, and who edits it `editors:7` too.

The second is for what is narrowed to others and must still be seen by those who answer for it: an official notice.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from foundation.audiences.principals import Known, by_provider, holders_of, principal, resolved, uuids_of
from foundation.audiences.sql import among, rows, table, vendor

from .models import Membership, Role, Space
from .querysets import MySpace, readable_space_ids

_HELD = f"""
SELECT m.person_id, m.principal, s.id, m.role, s.kind, s.slug, s.name_fr, s.name_en, s.archived IS NOT NULL
FROM {table(Membership)} m JOIN {table(Space)} s ON s.id = m.space_id WHERE {{by_name}} OR {{held}}
"""

# The role that each prefix asks for.
LEAST = {"space": Role.READER, "editors": Role.EDITOR}


class SpacePrincipals:
    """Asked last: a membership may be held by a principal that another provider gives."""

    order = 100
    prefixes = frozenset(LEAST)

    def principals_of(self, people: Sequence[Any], known: Sequence[frozenset[str]]) -> Iterable[Iterable[str]]:
        by_name, names = among("m.person_id", [one.pk for one in people], "bigint", vendor())
        held, principals = among("m.principal", sorted(frozenset().union(*known)), "text", vendor())
        found: dict[int | str, list[MySpace]] = {}
        for pk, through, *row in rows(_HELD.format(by_name=by_name, held=held), [*names, *principals]):
            found.setdefault(through if pk is None else pk, []).append(MySpace(*row))
        return [
            self._principals_of(one, chain.from_iterable(found.get(key, ()) for key in (one.pk, *theirs)))
            for one, theirs in zip(people, known, strict=True)
        ]

    @staticmethod
    def _principals_of(person: Any, memberships: Iterable[MySpace]) -> set[str]:
        best: dict[int, MySpace] = {}
        for one in memberships:
            if one.pk not in best or one.role > best[one.pk].role:
                best[one.pk] = one
        mine = resolved(person, "my_spaces", lambda: list(best.values()))
        edited = {principal("editors", one.pk) for one in mine if one.role >= Role.EDITOR}
        return edited.union(principal("space", one.pk) for one in mine)

    def holders(self, principals: Iterable[str]) -> Q:
        wanted: dict[str, set[int]] = {}
        for prefix, pk in _parts(principals).values():
            wanted.setdefault(prefix, set()).add(pk)
        held = _held(pk for ids in wanted.values() for pk in ids)
        condition = Q(pk__in=[])
        for prefix, ids in wanted.items():
            condition |= _members(ids, LEAST[prefix], held)
        return condition

    def label(self, principal: str) -> str:
        prefix, _colon, pk = principal.partition(":")
        space = Space.objects.filter(pk=pk).first()
        if space is None:
            return principal
        return _label(prefix, space)

    def known(self, reader: Any, principals: Iterable[str], keys: Iterable[str]) -> Iterable[Known]:
        """Nobody shares with a personal space, which is one person."""
        asked = {one.partition(":")[::2] for one in principals}
        named: dict[str, list[UUID]] = {prefix: uuids_of(keys, prefix) for prefix in sorted(self.prefixes)}
        ids, uuids = {int(pk) for _prefix, pk in asked}, {one for some in named.values() for one in some}
        if not ids and not uuids:
            return
        seen = Space.objects.visible_to(reader).exclude(kind=Space.Kind.PERSONAL)
        fields = ("uuid", "kind", "slug", "name_fr", "name_en")
        for one in seen.filter(Q(pk__in=ids) | Q(uuid__in=uuids)).only(*fields):
            for prefix in sorted(self.prefixes):
                if (prefix, str(one.pk)) in asked or one.uuid in named[prefix]:
                    yield Known(
                        principal(prefix, one.pk),
                        f"{prefix}:{one.uuid}",
                        _label(prefix, one),
                        "users-group",
                        one.get_kind_display(),
                        one.get_absolute_url(),
                    )

    def head_counts(self, principals: Iterable[str]) -> Mapping[str, int]:
        """Two queries: spaces that a unit or a group belongs to count the people in them."""
        parts = _parts(principals)
        held = _held(pk for _prefix, pk in parts.values())
        counts = {one: Count("pk", filter=_members({pk}, LEAST[prefix], held)) for one, (prefix, pk) in parts.items()}
        found = (
            get_user_model()
            ._default_manager.filter(is_active=True)
            .aggregate(**{f"of_{place}": counted for place, counted in enumerate(counts.values())})
        )
        return dict(zip(counts, found.values(), strict=True))

    def closed_to(self, reader: Any, principals: Iterable[str]) -> Iterable[str]:
        """Who reads a space reads who belongs to it by name, and not who is in the groups that do."""
        parts, readable = _parts(principals), set(readable_space_ids(reader))
        held = _held(pk for _prefix, pk in parts.values() if pk in readable)
        closed = {
            group
            for provider, theirs in by_provider(one for _pk, _role, one in held)
            for group in provider.closed_to(reader, theirs)
        }
        through = {pk for pk, _role, one in held if one in closed}
        return [one for one, (_prefix, pk) in parts.items() if pk not in readable or pk in through]


def _parts(principals: Iterable[str]) -> dict[str, tuple[str, int]]:
    """The principals with the prefix and the space of each."""
    return {one: (one.partition(":")[0], int(one.partition(":")[2])) for one in principals}


def _held(space_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """Memberships that principals hold in these spaces, few in each: space, role, principal.

    Those of spaces are left out, as when a person's own are resolved: a space cannot be its own member.
    """
    found = Membership.objects.filter(space_id__in=set(space_ids), person__isnull=True)
    asked = found.exclude(principal__startswith="space:").exclude(principal__startswith="editors:")
    return list(asked.values_list("space_id", "role", "principal"))


def _members(space_ids: set[int], role: int, held: Iterable[tuple[int, int, str]]) -> Q:
    """Whoever has at least `role` in one of the spaces. `held`: of these spaces at least."""
    by_name = Membership.objects.filter(space_id__in=space_ids, person__isnull=False)
    if role > Role.READER:
        by_name = by_name.filter(role__gte=role)
    condition = Q(pk__in=by_name.values("person_id"))
    theirs = {one for pk, least, one in held if pk in space_ids and least >= role}
    return condition | holders_of(theirs) if theirs else condition


def _label(prefix: str, space: Space) -> str:
    return _("Editors of %(space)s") % {"space": space.name} if prefix == "editors" else space.name
