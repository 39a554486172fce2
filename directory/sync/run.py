"""One run of the sync: reads everything or what changed, applies it, deactivates last, and says what it did.

Kept in batches, each whole in its own transaction; the place reached (the cookie) is stored only once everything it
stands for is done. A run that was killed is completed by the next one.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import ldap
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..actions.groups import evaluate_rules
from ..actions.ldap_groups import (
    GroupsWritten,
    close_groups,
    groups_above,
    keys_of_groups,
    leave_groups,
    mirror_groups,
    write_groups,
)
from ..actions.ldap_people import (
    Claims,
    Written,
    drop_manager_loops,
    forget_entries,
    mark_managers,
    unresolved,
    weigh_people,
    write_people,
)
from ..actions.ldap_positions import keep_heads, keep_ldap_positions
from ..actions.ldap_units import write_units
from ..actions.leaving import come_back, leave
from ..actions.sync_runs import keep_place, renew_lease
from ..entries import GroupEntry, PersonEntry, Problem, UnitEntry
from ..models import Group, Person, SyncRun, SyncState, Unit
from .report import Report
from .source import Present, Raw, Source

logger = logging.getLogger(__name__)

# However small the city, so many may leave at once.
ALWAYS_ALLOWED = 5
# After so many entries in one answer to a cookie, or so large a share of the people, we do not take the server's word
# for what was deleted: to a cookie that it does not know it sends everybody, and says that it listed what is gone.
TRUSTED = 100
TRUSTED_SHARE = 0.5

Say = Callable[[Report], None]


class Refused(Exception):
    """The guard: the text says what would have happened."""


@dataclass(frozen=True)
class Options:
    """How a run is made. `full`: everything is read again; `force`: the guard is lifted; `dry_run`: nothing changes."""

    full: bool = False
    force: bool = False
    dry_run: bool = False


class Sync:
    """Applies what a source reads. One object for one run."""

    def __init__(self, source: Source, holder: str, options: Options = Options(), say: Say | None = None) -> None:
        self.source, self.holder, self.options = source, holder, options
        self.report = Report()
        self.is_full = False
        # No run has ever got to its end: nothing of it is news.
        self.is_first = not SyncRun.objects.filter(state=SyncRun.State.DONE, is_dry_run=False).exists()
        self._say = say or (lambda _report: None)
        self._claims: Claims = {}
        self._groups: dict[UUID, GroupEntry] = {}
        self._leaving: set[int] = set()
        self._returning: set[int] = set()
        self._touched: set[int] = set()
        self._read: set[UUID] = set()
        self._known_units: set[tuple[UUID | None, str]] = set()
        self._units_moved = False

    # -- Reading -------------------------------------------------------------------------------------------------------

    def once(self, state: SyncState) -> None:
        """Everything, or what changed since the last run. Refused by the guard; ldap.LDAPError, LeaseLost."""
        source = self.source
        is_known = state.source == source.identity and not self.options.full
        offers_syncrepl = source.offers_syncrepl
        cookie = state.cookie if is_known and offers_syncrepl else ""
        modified = state.modified if is_known and not offers_syncrepl else ""
        self.is_full = not (cookie or modified)
        self.units()
        if offers_syncrepl:
            self._refresh(cookie)
            deleted = source.take_deleted()
            is_certain = bool(cookie) and source.lists_deletions and self._is_small()
            absent = None
            if not is_certain:
                absent = set(source.keys())
                # One that crashed keeps its last changes to itself until the next one comes.
                for raws in source.changed_since(source.moment) if source.moment else ():
                    self.batch(raws, only_unread=True)
            self.finish(deleted, absent, {"cookie": source.cookie, "modified": ""})
        else:
            for raws in source.changed_since(modified):
                self.batch(raws)
            newest = max(source.newest, state.modified if is_known else "")
            present = source.keys()
            if modified:
                self._read_undated(present)
            self.finish(set(), set(present), {"cookie": "", "modified": newest})

    def _is_small(self) -> bool:
        """Whether so little was read that it can only be what changed."""
        read = self.report.counts.people_read
        people = Person.objects.filter(is_active=True, entry_uuid__isnull=False)
        return read <= TRUSTED and (not read or read <= TRUSTED_SHARE * people.count())

    def _refresh(self, cookie: str) -> None:
        try:
            for raws in self.source.refresh(cookie, self._tick):
                self.batch(raws)
        except (ldap.SERVER_DOWN, ldap.TIMEOUT, ldap.CONNECT_ERROR):
            raise
        except ldap.LDAPError as error:
            if not cookie:
                raise
            # The server cannot make sense of it: as if we had none.
            logger.warning("the directory refuses the sync's cookie: %s", error)
            self.is_full = True
            for raws in self.source.refresh("", self._tick):
                self.batch(raws)

    def _tick(self) -> None:
        renew_lease(self.holder)
        self._say(self.report)

    def units(self) -> None:
        """Read all units, and make the tree theirs."""
        entries = self.source.units()
        dry_run, counts = self.options.dry_run, self.report.counts
        say_all = self.options.full
        written = write_units(entries, dry_run=dry_run, say_all=say_all)
        counts.units_read = len(entries)
        counts.units_added += len(written.added)
        counts.units_changed += len(written.changed)
        counts.units_gone += len(written.gone)
        self.report.note(written.problems)
        self._known_units = {(one.entry_uuid, one.digest) for one in entries}
        self._units_moved = False

    def batch(self, raws: list[Raw], *, only_unread: bool = False) -> None:
        """Apply entries just read: people at once, groups when everybody is there, units all together.

        `only_unread`: people whom this run has read already are passed over.
        """
        entries, problems = self.source.parse(raws)
        self.report.note(problems)
        people = []
        for entry in entries:
            if isinstance(entry, PersonEntry):
                if not only_unread or entry.entry_uuid not in self._read:
                    people.append(entry)
            elif isinstance(entry, GroupEntry) and entry.entry_uuid:
                self._groups[entry.entry_uuid] = entry
            elif isinstance(entry, UnitEntry) and (entry.entry_uuid, entry.digest) not in self._known_units:
                self._units_moved = True
        if people:
            self._people(people)
        self._tick()

    def _people(self, entries: list[PersonEntry]) -> None:
        weighed = weigh_people(entries, self._claims, say_all=self.options.full)
        counts = self.report.counts
        self._read.update(one.entry_uuid for one in entries if one.entry_uuid)
        counts.people_read += len(entries)
        counts.people_unchanged += weighed.unchanged
        self.report.note(weighed.problems)
        self._leaving.update(weighed.leaving)
        self._returning.update(weighed.returning)
        wanted = weighed.new + weighed.changed
        if self.options.dry_run:
            counts.people_added += len(weighed.new)
            counts.people_changed += len(weighed.changed)
        elif wanted:
            try:
                written = self._write(wanted)
            except DatabaseError:
                # One of them cannot be written, or came in by another door meanwhile: one after the other.
                written = self._write_one_by_one(wanted)
            counts.people_added += len(written.added)
            counts.people_changed += len(written.changed)
            self.report.note(written.problems)
            self._touched.update(written.added, written.changed)

    def _write(self, entries: list[PersonEntry]) -> Written:
        with transaction.atomic():
            renew_lease(self.holder)
            written = write_people(entries, self._claims)
            if not self.is_full:
                self._mirror({*written.added, *written.renamed})
        return written

    def _write_one_by_one(self, entries: list[PersonEntry]) -> Written:
        together = Written()
        for entry in entries:
            try:
                written = self._write([entry])
            except DatabaseError as error:
                logger.exception("the sync cannot write an entry")
                problem = Problem("unwritable", entry.dn, {"error": type(error).__name__})
                together.problems += [problem]
                continue
            together.added += written.added
            together.changed += written.changed
            together.problems += written.problems
        return together

    def _mirror(self, person_ids: Iterable[int]) -> None:
        """Find the groups of people who were not there, or under another name, when those groups were read."""
        for person in Person.objects.filter(pk__in=set(person_ids), is_active=True):
            mirror_groups(person, self.source.groups_with(person.ldap_dn))

    # -- The end of a run ----------------------------------------------------------------------------------------------

    def finish(self, deleted: set[UUID], present: set[UUID] | None, place: dict[str, str]) -> None:
        """Everything that needs everybody to be there. `present`: all keys there are, where deletions may be missing.

        Refused by the guard when the rest is done, and `place` is then not stored.
        """
        gone_units = Unit.objects.filter(entry_uuid__in=deleted, is_active=True).exists()
        if self._units_moved or gone_units:
            self.units()
        if not self.is_full and not self.options.dry_run:
            self._read_forgotten()
        absent = self._absent(deleted, present)
        leaving = (self._leaving | absent) - self._returning
        counts = self.report.counts
        counts.people_left, counts.people_returned = len(leaving), len(self._returning)
        refusal = self._refusal(leaving, present)
        if self.options.dry_run:
            self._weigh_groups(deleted, present)
        else:
            with transaction.atomic():
                renew_lease(self.holder)
                self._apply(leaving if not refusal else set(), absent, deleted, present)
                if not refusal:
                    keep_place(self.holder, source=self.source.identity, **place)
        if refusal:
            counts.people_left = 0
            raise Refused(refusal)

    def _apply(self, leaving: set[int], absent: set[int], deleted: set[UUID], present: set[UUID] | None) -> None:
        if self._returning:
            come_back(self._returning)
            keep_ldap_positions(self._returning)
            if not self.is_full:
                self._mirror(self._returning)
        self._write_groups(deleted, present)
        if leaving:
            leave(leaving)
            leave_groups(leaving)
            forget_entries(leaving & absent)
        moved = self._touched | self._returning | leaving
        counts = self.report.counts
        if moved or counts.units_added or counts.units_changed or counts.units_gone or self.is_full:
            self.report.note(drop_manager_loops())
            mark_managers()
            keep_heads()
            self.report.note(unresolved(None if self.options.full else self._touched))
        if counts.is_change:
            evaluate_rules()

    def _read_forgotten(self) -> None:
        """People whose entry must be read again although it did not change: their unit did."""
        forgotten = Person.objects.filter(ldap_digest="", entry_uuid__isnull=False, is_active=True)
        keys = list(forgotten.values_list("entry_uuid", flat=True))
        for raws in self.source.entries_with("person", keys) if keys else ():
            self.batch(raws)

    def _read_undated(self, present: dict[UUID, Present]) -> None:
        """Entries that are not as we have them although their date says nothing: a filter takes them in since, what is
        above them was renamed, a lock was set by the server itself."""
        fields = ("entry_uuid", "ldap_dn", "is_active", "is_suspended")
        people = {key: one for key, *one in Person.objects.filter(entry_uuid__isnull=False).values_list(*fields)}
        groups = Group.objects.filter(source=Group.Source.LDAP, is_active=True)
        named = dict(groups.values_list("entry_uuid", "ldap_dn"))
        wanted: dict[str, list[UUID]] = {"person": [], "group": []}
        for key, one in present.items():
            if one.kind == "group" and key not in self._groups and named.get(key) != one.dn:
                wanted["group"].append(key)
            elif one.kind == "person" and key not in self._read:
                dn, is_in, is_suspended = people.get(key, ("", False, False))
                if not is_suspended and (is_in == one.is_disabled or (is_in and dn != one.dn)):
                    wanted["person"].append(key)
        # Who cannot be taken in is met here in every run: what is wrong with them, a full one says.
        noted = len(self.report.problems)
        for kind, keys in wanted.items():
            for raws in self.source.entries_with(kind, keys):
                self.batch(raws)
        self.report.forget(noted)

    def _absent(self, deleted: set[UUID], present: set[UUID] | None) -> set[int]:
        """The active people that LDAP has no more."""
        people = Person.objects.filter(is_active=True, entry_uuid__isnull=False)
        if present is None:
            return set(people.filter(entry_uuid__in=deleted).values_list("pk", flat=True)) if deleted else set()
        rows = people.values_list("pk", "entry_uuid").iterator()
        return {pk for pk, key in rows if key not in present or key in deleted}

    def _refusal(self, leaving: set[int], present: set[UUID] | None) -> str:
        """Why the people may not all be deactivated; empty when they may."""
        if not leaving:
            return ""
        active = Person.objects.filter(is_active=True, entry_uuid__isnull=False).count()
        # SECURITY: an empty answer is a mistake of ours or the server's, whatever anybody insists on.
        if present is not None and len(leaving) == active:
            return _("The directory shows nobody: nobody was deactivated. Check the base and the filters.")
        # A watch hears of a mass deletion by and by.
        recently = recent_leavers() if present is None else 0
        allowed = settings.LDAP_SYNC_GUARD_PERCENT * (active + recently) / 100
        many = len(leaving) + recently
        if self.options.force or many <= ALWAYS_ALLOWED or many <= allowed:
            return ""
        return _(
            "%(count)s of %(active)s people would be deactivated, more than %(percent)s %%: nobody was. "
            "Check the directory; if that is right, run the sync with --force."
        ) % {"count": many, "active": active + recently, "percent": f"{settings.LDAP_SYNC_GUARD_PERCENT:g}"}

    # -- Groups --------------------------------------------------------------------------------------------------------

    def _gone_groups(self, deleted: set[UUID], present: set[UUID] | None) -> set[int]:
        mirrored = Group.objects.filter(source=Group.Source.LDAP, is_active=True)
        if present is None:
            return set(mirrored.filter(entry_uuid__in=deleted).values_list("pk", flat=True)) if deleted else set()
        rows = mirrored.values_list("pk", "entry_uuid")
        # Those without a key were made by a sign-in: a full run meets them by their names, or not at all.
        return {pk for pk, key in rows if key in deleted or (key not in present if key else self.is_full)}

    def _weigh_groups(self, deleted: set[UUID], present: set[UUID] | None) -> None:
        counts = self.report.counts
        known = dict(Group.objects.filter(entry_uuid__isnull=False).values_list("entry_uuid", "ldap_digest"))
        counts.groups_read = len(self._groups)
        counts.groups_added = sum(1 for key in self._groups if key not in known)
        counts.groups_changed = sum(1 for key, one in self._groups.items() if known.get(key, one.digest) != one.digest)
        counts.groups_gone = len(self._gone_groups(deleted, present))

    def _write_groups(self, deleted: set[UUID], present: set[UUID] | None) -> None:
        counts = self.report.counts
        counts.groups_read = len(self._groups)
        gone = {} if self.is_full else dict.fromkeys(self._gone_groups(deleted, present))
        above = set() if self.is_full else self._keys_above(set(gone))
        for raws in self.source.entries_with("group", above - self._groups.keys()):
            for entry in self.source.parse(raws)[0]:
                if isinstance(entry, GroupEntry) and entry.entry_uuid:
                    self._groups[entry.entry_uuid] = entry
        if gone:
            close_groups(gone)
        written = write_groups(list(self._groups.values()), note_changes=not self.is_first)
        if self.is_full:
            # Only now: what a sign-in made without a key has met its entry.
            gone = dict.fromkeys(self._gone_groups(deleted, present))
            close_groups(gone)
        self._count_groups(written, len(gone))

    def _count_groups(self, written: GroupsWritten, gone: int) -> None:
        counts = self.report.counts
        counts.groups_added, counts.groups_changed = len(written.added), len(written.changed)
        counts.groups_gone = gone
        self.report.note(written.problems)

    def _keys_above(self, gone: set[int]) -> set[UUID]:
        """The groups that have a changed one among their members, by what we know and by what LDAP says of new ones."""
        known = dict(Group.objects.filter(entry_uuid__in=self._groups).values_list("entry_uuid", "pk"))
        names = dict(Group.objects.filter(entry_uuid__in=self._groups).values_list("entry_uuid", "ldap_dn"))
        above = set(keys_of_groups(groups_above({*known.values(), *gone}) - gone))
        for key, entry in self._groups.items():
            if names.get(key) != entry.dn:
                near = {one.entry_uuid for one in self.source.groups_with(entry.dn) if one.entry_uuid}
                pks = Group.objects.filter(entry_uuid__in=near).values_list("pk", flat=True)
                above |= near | set(keys_of_groups(groups_above(set(pks))))
        return above


def recent_leavers() -> int:
    """How many people the watch deactivated within the last hour."""
    hour = timezone.now() - timedelta(hours=1)
    runs = SyncRun.objects.filter(mode=SyncRun.Mode.WATCH, state=SyncRun.State.DONE, started__gte=hour)
    return sum(one.get("people_left", 0) for one in runs.values_list("counts", flat=True))
