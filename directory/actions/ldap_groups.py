"""Groups as LDAP tells them: mirrored with their members, those of the groups among them included.

Groups kept by hand and groups with a rule are never touched here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ..entries import GroupEntry, Problem
from ..models import Group, GroupChange, Person

BATCH = 1000
_Member, _Subgroup = Group.members.through, Group.subgroups.through


@dataclass
class GroupsWritten:
    """What reading groups changed: ids of groups, and what was wrong."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def groups_above(group_ids: Collection[int]) -> set[int]:
    """The groups that have one of these among their members, near or far; not these, unless a ring leads back."""
    found: set[int] = set()
    now = set(group_ids)
    while now:
        above = set(_Subgroup.objects.filter(to_group_id__in=now).values_list("from_group_id", flat=True))
        now = above - found
        found |= above
    return found


def keys_of_groups(group_ids: Collection[int]) -> list[UUID]:
    """The stable keys of these groups."""
    rows = Group.objects.filter(pk__in=group_ids, entry_uuid__isnull=False)
    return [key for key in rows.values_list("entry_uuid", flat=True) if key]


def is_group_known(entry: GroupEntry) -> bool:
    """Whether the group is here just as the entry says; its members may not be."""
    return Group.objects.filter(entry_uuid=entry.entry_uuid, ldap_digest=entry.digest, is_active=True).exists()


@transaction.atomic
def write_groups(entries: Sequence[GroupEntry], *, note_changes: bool = True) -> GroupsWritten:
    """Bring these groups up to date, or in. Members who are groups count with their people: theirs as they are now,
    unless they are among `entries` too. Who is not in the portal yet is passed over: the sync comes back with them.
    """
    written = GroupsWritten()
    kept = _without_twins(entries, written.problems)
    rows = _rows_for(kept)
    for entry in kept:
        row = rows.get(entry.ldap_name)
        if row is None or (row.ldap_digest, row.is_active) != (entry.digest, True):
            rows[entry.ldap_name] = saved = _written(entry, row)
            (written.changed if row else written.added).append(saved.pk)
    direct, below = _direct(kept, rows)
    different = _keep_subgroups(below)
    different |= _keep_members(_flattened(direct, below), new=set(written.added), note_changes=note_changes)
    written.changed += sorted(different - set(written.added) - set(written.changed))
    return written


@transaction.atomic
def close_groups(group_ids: Collection[int], *, note_changes: bool = True) -> None:
    """LDAP has these groups no more: nobody belongs to them."""
    _keep_members({pk: set() for pk in group_ids}, new=set(), note_changes=note_changes)
    _keep_subgroups({pk: set() for pk in group_ids})
    Group.objects.filter(pk__in=group_ids).update(is_active=False, ldap_digest="")


@transaction.atomic
def mirror_groups(person: Person, groups: Collection[GroupEntry]) -> None:
    """Make the LDAP groups of one person those of the directory, and the groups above them."""
    kept = _without_twins(groups, [])
    rows = _rows_for(kept)
    for entry in kept:
        row = rows.get(entry.ldap_name)
        if row is None or (row.name_fr, row.name_en) != (entry.name_fr, entry.name_en):
            # Without a digest: what else the entry says, the sync reads.
            rows[entry.ldap_name] = _written(entry, row, digest="")
    theirs = {row.pk for row in rows.values()}
    theirs |= groups_above(theirs)
    mine = set(Group.objects.from_ldap().filter(members=person).values_list("pk", flat=True))
    _Member.objects.bulk_create(
        [_Member(group_id=one, person_id=person.pk) for one in theirs - mine], ignore_conflicts=True
    )
    if mine - theirs:
        _Member.objects.filter(person_id=person.pk, group_id__in=mine - theirs).delete()
    came = {one: ({person.pk}, set[int]()) for one in theirs - mine}
    _note(came | {one: (set(), {person.pk}) for one in mine - theirs})


@transaction.atomic
def leave_groups(person_ids: Collection[int]) -> None:
    """Take people who left out of the groups that LDAP keeps."""
    rows = _Member.objects.filter(person_id__in=person_ids, group__source=Group.Source.LDAP)
    out: dict[int, tuple[set[int], set[int]]] = {}
    for group_id, person_id in rows.values_list("group_id", "person_id"):
        out.setdefault(group_id, (set(), set()))[1].add(person_id)
    rows.delete()
    _note(out)


def _without_twins(entries: Iterable[GroupEntry], problems: list[Problem]) -> list[GroupEntry]:
    kept: dict[str, GroupEntry] = {}
    for entry in entries:
        if entry.ldap_name in kept:
            problems.append(Problem("group_name_twice", entry.dn, {"group": entry.ldap_name}))
        else:
            kept[entry.ldap_name] = entry
    return list(kept.values())


def _rows_for(entries: Sequence[GroupEntry]) -> dict[str, Group]:
    """The rows that entries stand for, by name: by the stable key, or by the name of a row that has no key yet."""
    keys = [one.entry_uuid for one in entries if one.entry_uuid]
    by_key = {row.entry_uuid: row for row in Group.objects.filter(entry_uuid__in=keys)}
    by_name = {row.ldap_name: row for row in Group.objects.filter(ldap_name__in=[one.ldap_name for one in entries])}
    found: dict[str, Group] = {}
    for entry in entries:
        row, namesake = by_key.get(entry.entry_uuid), by_name.get(entry.ldap_name)
        if row is None and namesake is not None and (namesake.entry_uuid is None or entry.entry_uuid is None):
            row = namesake
        elif namesake is not None and namesake is not row and namesake != row:
            # SECURITY: a group made anew under an old name does not see what was addressed to the old one.
            marked = f"{entry.ldap_name[:140]}~{namesake.pk}"
            Group.objects.filter(pk=namesake.pk).update(ldap_name=marked)
            if namesake.entry_uuid in by_key:
                by_key[namesake.entry_uuid].ldap_name = marked
        if row is not None:
            found[entry.ldap_name] = row
    return found


def _written(entry: GroupEntry, row: Group | None, digest: str | None = None) -> Group:
    group = row or Group(source=Group.Source.LDAP)
    group.source, group.is_active = Group.Source.LDAP, True
    group.ldap_name, group.name_fr, group.name_en = entry.ldap_name, entry.name_fr, entry.name_en
    if entry.entry_uuid:
        group.entry_uuid = entry.entry_uuid
    group.ldap_dn = entry.dn or group.ldap_dn
    group.ldap_digest = entry.digest if digest is None else digest
    group.save()
    return group


def _direct(entries: Sequence[GroupEntry], rows: dict[str, Group]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """The people, and the groups, directly among the members of each group, by ids."""
    people = _people_of({dn for entry in entries for dn in entry.members})
    groups = dict(Group.objects.filter(is_active=True).exclude(ldap_dn="").values_list("ldap_dn", "pk"))
    direct, below = {}, {}
    for entry in entries:
        pk = rows[entry.ldap_name].pk
        direct[pk] = {people[dn] for dn in entry.members if dn in people}
        below[pk] = {groups[dn] for dn in entry.members if dn in groups} - {pk}
    return direct, below


def _people_of(names: set[str]) -> dict[str, int]:
    """Active people by distinguished name."""
    people = Person.objects.filter(is_active=True)
    if len(names) > BATCH:
        return dict(people.exclude(ldap_dn="").values_list("ldap_dn", "pk"))
    return dict(people.filter(ldap_dn__in=names).values_list("ldap_dn", "pk"))


def _flattened(direct: dict[int, set[int]], below: dict[int, set[int]]) -> dict[int, set[int]]:
    """Everybody who belongs, through groups in groups; rings end by themselves."""
    others = {pk for groups in below.values() for pk in groups} - direct.keys()
    known = _members_of(others)
    found = {}
    for start in direct:
        seen, waiting = {start}, [start]
        members: set[int] = set()
        while waiting:
            one = waiting.pop()
            members |= direct[one] if one in direct else known[one]
            new = below.get(one, set()) - seen
            seen |= new
            waiting += new
        found[start] = members
    return found


def _members_of(group_ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for group_id, person_id in _Member.objects.filter(group_id__in=group_ids).values_list("group_id", "person_id"):
        found[group_id].add(person_id)
    return found


def _keep_members(wanted: dict[int, set[int]], *, new: set[int], note_changes: bool) -> set[int]:
    """Write who comes and who goes. Answers the groups where somebody did."""
    now = _members_of(wanted)
    changes = {pk: (people - now[pk], now[pk] - people) for pk, people in wanted.items() if people != now[pk]}
    for group_id, (added, removed) in changes.items():
        rows = [_Member(group_id=group_id, person_id=pk) for pk in sorted(added)]
        _Member.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        out = sorted(removed)
        for start in range(0, len(out), BATCH):
            _Member.objects.filter(group_id=group_id, person_id__in=out[start : start + BATCH]).delete()
    Group.objects.filter(pk__in=wanted).update(evaluated=timezone.now())
    if note_changes:
        _note({pk: change for pk, change in changes.items() if pk not in new})
    return set(changes)


def _keep_subgroups(wanted: dict[int, set[int]]) -> set[int]:
    now: dict[int, set[int]] = defaultdict(set)
    for above, below in _Subgroup.objects.filter(from_group_id__in=wanted).values_list("from_group_id", "to_group_id"):
        now[above].add(below)
    changed = {pk for pk, groups in wanted.items() if groups != now[pk]}
    for pk in changed:
        _Subgroup.objects.filter(from_group_id=pk, to_group_id__in=now[pk] - wanted[pk]).delete()
        rows = [_Subgroup(from_group_id=pk, to_group_id=one) for one in wanted[pk] - now[pk]]
        _Subgroup.objects.bulk_create(rows, ignore_conflicts=True)
    return changed


def _note(changes: dict[int, tuple[set[int], set[int]]]) -> None:
    """Keep who came and who went, by {group: (people, people)}."""
    people = {pk for added, removed in changes.values() for pk in added | removed}
    if not people:
        return
    uuids = {pk: str(one) for pk, one in Person.objects.filter(pk__in=people).values_list("pk", "uuid")}
    GroupChange.objects.bulk_create(
        GroupChange(
            group_id=pk,
            added=sorted(uuids[one] for one in added if one in uuids),
            removed=sorted(uuids[one] for one in removed if one in uuids),
        )
        for pk, (added, removed) in changes.items()
        if added or removed
    )
