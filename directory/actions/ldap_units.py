"""Units as LDAP tells them. They are few: whenever one changed all are read, and the tree is made again from the whole.

Flat entries name the unit above by its code; trees of names (Active Directory) by their distinguished name.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from foundation.search.actions import queue_objects

from ..entries import Problem, UnitEntry
from ..models import Person, Unit
from .words import refresh_words


class Place(NamedTuple):
    """A unit and the borough it is in, by their ids."""

    pk: int
    borough_id: int | None


@dataclass
class UnitsWritten:
    """What reading the units changed: ids of units, and what was wrong."""

    read: int = 0
    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def places_of(codes: Collection[str]) -> dict[str, Place]:
    """The units with these codes, each with its borough. Two queries."""
    found = list(Unit.objects.filter(code__in=set(codes) - {""}).only("code", "path"))
    above = {pk for unit in found for pk in unit.ancestor_ids}
    boroughs = set(Unit.objects.filter(pk__in=above, kind=Unit.Kind.BOROUGH).values_list("pk", flat=True))
    return {
        unit.code: Place(unit.pk, next((one for one in reversed(unit.ancestor_ids) if one in boroughs), None))
        for unit in found
    }


def is_unit_known(entry: UnitEntry) -> bool:
    """Whether the unit is here just as the entry says."""
    return Unit.objects.filter(entry_uuid=entry.entry_uuid, ldap_digest=entry.digest, is_active=True).exists()


@transaction.atomic
def write_units(entries: Sequence[UnitEntry], *, dry_run: bool = False, say_all: bool = False) -> UnitsWritten:
    """Make the tree that of these entries, which are all there are. No entry at all changes nothing.

    People of units that were added, renamed or moved have their entries' digests forgotten: the sync reads them again.
    """
    written = UnitsWritten(read=len(entries))
    kept = _without_twins(entries, written.problems)
    if not kept:
        return written
    units = list(Unit.objects.select_for_update().order_by("pk"))
    rows = _rows_for(kept, units)
    news = {entry.code: entry for entry in kept if rows.get(entry.code) is None}
    known = [one for one in kept if one.code in rows]
    changed = [one for one in known if (rows[one.code].ldap_digest, rows[one.code].is_active) != (one.digest, True)]
    named = {row.pk for row in rows.values()}
    gone = [one for one in units if one.is_active and one.pk not in named and (one.entry_uuid or one.ldap_digest)]
    if not (news or changed or gone or say_all):
        return written
    if dry_run:
        written.added, written.changed = [0] * len(news), [rows[one.code].pk for one in changed]
        written.gone = [one.pk for one in gone]
        return written
    before = {unit.pk: (unit.path, unit.kind, unit.name_fr, unit.name_en, unit.code) for unit in units}
    # Codes may change hands: nobody has them while they do.
    for unit in units:
        entry = next((one for one in changed if rows[one.code] is unit and unit.code != one.code), None)
        if entry:
            Unit.objects.filter(pk=unit.pk).update(code=f"~{unit.pk}")
    for entry in kept:
        rows[entry.code] = _written(entry, rows.get(entry.code))
    _place(kept, rows, written.problems)
    for unit in gone:
        unit.is_active, unit.ldap_digest = False, ""
        unit.save(update_fields=["is_active", "ldap_digest"])
    written.added = [rows[code].pk for code in news]
    written.changed = [rows[one.code].pk for one in changed]
    written.gone = [one.pk for one in gone]
    queue_objects("directory.unit", [*written.added, *written.changed, *written.gone])
    _forget_people(rows, before)
    return written


def _without_twins(entries: Sequence[UnitEntry], problems: list[Problem]) -> list[UnitEntry]:
    kept: dict[str, UnitEntry] = {}
    for entry in entries:
        if entry.entry_uuid is None:
            problems.append(Problem("no_key", entry.dn, {}))
        elif entry.code in kept:
            problems.append(Problem("unit_code_twice", entry.dn, {"unit": entry.code}))
        else:
            kept[entry.code] = entry
    return list(kept.values())


def _rows_for(entries: Sequence[UnitEntry], units: Sequence[Unit]) -> dict[str, Unit]:
    """The rows that entries stand for, by the entry's code: by the stable key, else by the code, which people know."""
    by_key = {unit.entry_uuid: unit for unit in units if unit.entry_uuid}
    by_code = {unit.code: unit for unit in units}
    keys = {entry.entry_uuid for entry in entries}
    found = {}
    for entry in entries:
        row = by_key.get(entry.entry_uuid) if entry.entry_uuid else None
        namesake = by_code.get(entry.code)
        # Its former entry is gone, or it never had one: the same unit, entered again.
        if row is None and namesake is not None and namesake.entry_uuid not in keys:
            row = namesake
        if row is not None:
            found[entry.code] = row
    # A code that a row without entry holds is taken from it.
    for entry in entries:
        namesake = by_code.get(entry.code)
        if namesake is not None and found.get(entry.code) is not namesake and namesake not in found.values():
            Unit.objects.filter(pk=namesake.pk).update(code=f"{namesake.code[:30]}~{namesake.pk}")
    return found


def _written(entry: UnitEntry, row: Unit | None) -> Unit:
    """The row of an entry, but for its place in the tree."""
    unit = row or Unit(path="")
    if unit.pk and (unit.ldap_digest, unit.is_active, unit.code) == (entry.digest, True, entry.code):
        return unit
    unit.entry_uuid, unit.code, unit.kind, unit.is_active = entry.entry_uuid, entry.code, entry.kind, True
    unit.ldap_name_fr, unit.ldap_name_en = entry.name_fr, entry.name_en
    unit.ldap_parent, unit.ldap_head = entry.parent_code, entry.head_dn
    unit.ldap_digest = entry.digest
    if not unit.has_own_name:
        unit.name_fr, unit.name_en = entry.name_fr, entry.name_en
    unit.save()
    return unit


def _place(entries: Sequence[UnitEntry], rows: dict[str, Unit], problems: list[Problem]) -> None:
    """Parents and paths. Who names an unknown parent, or is in a ring, stays where it was, or goes under the root."""
    by_name = {entry.dn: entry for entry in entries}
    parents: dict[str, str] = {}
    unknown: set[str] = set()
    for entry in entries:
        above = by_name.get(entry.parent_dn)
        if entry.parent_code and entry.parent_code not in rows:
            unknown.add(entry.code)
            problems.append(Problem("parent_unknown", entry.dn, {"unit": entry.code, "parent": entry.parent_code}))
        parents[entry.code] = entry.parent_code or (above.code if above else "")
    ringed = _rings(parents)
    for entry in entries:
        if entry.code in ringed:
            problems.append(Problem("parent_loop", entry.dn, {"unit": entry.code}))
    roots = [one for one in entries if not parents[one.code]]
    root = next((rows[one.code] for one in roots if one.kind == Unit.Kind.CITY), rows[roots[0].code] if roots else None)
    codes = {row.pk: code for code, row in rows.items()}
    for entry in entries:
        if entry.code in unknown | ringed:
            before = codes.get(rows[entry.code].parent_id or 0, "")
            inside = before in ringed or before in unknown
            parents[entry.code] = before if before and not inside else codes[root.pk] if root else ""
    _write_tree(parents, rows)


def _rings(parents: dict[str, str]) -> set[str]:
    """The codes that are above themselves."""
    found: set[str] = set()
    for start in parents:
        trail: list[str] = []
        one = start
        while one and one not in trail:
            trail.append(one)
            one = parents.get(one, "")
        if one:
            found.update(trail[trail.index(one) :])
    return found


def _write_tree(parents: dict[str, str], rows: dict[str, Unit]) -> None:
    paths: dict[str, str] = {}

    def path_of(code: str) -> str:
        if code not in paths:
            above = parents[code]
            # Placed meanwhile, should what was kept from before close a ring.
            paths[code] = f"/{rows[code].pk}/"
            paths[code] = f"{path_of(above) if above else '/'}{rows[code].pk}/"
        return paths[code]

    for code, row in rows.items():
        parent_id = rows[parents[code]].pk if parents[code] else None
        if (row.parent_id, row.path) != (parent_id, path_of(code)):
            row.parent_id, row.path = parent_id, path_of(code)
            Unit.objects.filter(pk=row.pk).update(parent_id=parent_id, path=row.path)
    _move_strangers({row.pk for row in rows.values()})


def _move_strangers(named: set[int]) -> None:
    """Units that LDAP does not name (made here, or gone from there) follow the unit they are under."""
    paths = dict(Unit.objects.values_list("pk", "path"))
    strangers = Unit.objects.exclude(pk__in=named).filter(parent__isnull=False).order_by("path")
    for pk, parent_id, path in strangers.values_list("pk", "parent_id", "path"):
        paths[pk] = f"{paths[parent_id]}{pk}/"
        if paths[pk] != path:
            Unit.objects.filter(pk=pk).update(path=paths[pk])


def _forget_people(rows: dict[str, Unit], before: dict[int, tuple[str, str, str, str, str]]) -> None:
    """Read again whoever is in a unit that is not what or where it was: their unit, their borough, how they are found.

    Their entries name its code; it may have had another.
    """
    touched = [
        unit.path
        for unit in rows.values()
        if before.get(unit.pk) != (unit.path, unit.kind, unit.name_fr, unit.name_en, unit.code)
    ]
    if not touched:
        return
    tops = sorted(touched)
    # One under another is covered by it.
    tops = [path for path in tops if not any(path != one and path.startswith(one) for one in tops)]
    inside = Q()
    for path in tops:
        inside |= Q(path__startswith=path)
    units = list(Unit.objects.filter(inside).values_list("pk", "code"))
    people = Person.objects.filter(
        Q(ldap_unit__in=[code for _pk, code in units]) | Q(unit_id__in=[pk for pk, _code in units]), is_active=True
    )
    refresh_words(list(people.filter(entry_uuid__isnull=True).values_list("pk", flat=True)))
    people.filter(entry_uuid__isnull=False).update(ldap_digest="")
