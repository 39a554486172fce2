"""People as LDAP tells them, written many at a time. Signing in uses the same code for one.

Nothing here lets anybody in or shuts anybody out: who should leave or come back is answered, the caller decides.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import CharField, Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, Left

from ..entries import PersonEntry, Problem
from ..models import Person
from ..querysets import folded
from .ldap_positions import keep_ldap_positions
from .ldap_units import places_of
from .photos import keep_ldap_photos
from .words import refresh_words

# Fields an entry gives as they are.
_PLAIN = (
    *("username", "entry_uuid", "employee_number", "kind", "given_name", "family_name", "title_fr", "title_en"),
    *("email", "phone", "mobile", "notes_name", "site", "room", "job_class"),
)
_OWNED = (
    *(*_PLAIN, "search_name", "unit", "borough", "manager"),
    *("ldap_dn", "ldap_unit", "ldap_manager", "ldap_digest"),
)


def search_name_of(given_name: str, family_name: str) -> str:
    """What `Person.search_name` holds."""
    return folded(f"{family_name} {given_name}")


@dataclass
class Weighed:
    """What a batch of entries means for the people we know. Counts, entries still to write, ids of people."""

    unchanged: int = 0
    new: list[PersonEntry] = field(default_factory=list)
    changed: list[PersonEntry] = field(default_factory=list)
    # LDAP shuts them out, or lets them in again.
    leaving: list[int] = field(default_factory=list)
    returning: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Written:
    """What a batch of entries changed: ids of people. `renamed`: known under another distinguished name than before."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    renamed: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


# User names by the key of the entry that claims them, of the entries read so far in one run.
Claims = dict[str, UUID]


def weigh_people(entries: Sequence[PersonEntry], claims: Claims, *, say_all: bool = False) -> Weighed:
    """Which entries are new or changed, in one query. `say_all`: problems of unchanged entries too."""
    fields = ("entry_uuid", "pk", "ldap_digest", "username", "is_active", "is_suspended")
    rows = Person.objects.filter(entry_uuid__in=[one.entry_uuid for one in entries if one.entry_uuid])
    known = {row[0]: row[1:] for row in rows.values_list(*fields)}
    found = Weighed()
    for entry in entries:
        pk, digest, username, is_active, is_suspended = known.get(entry.entry_uuid, (None, "", "", False, False))
        if pk is None and entry.is_disabled:
            # Who never came in does not come in shut out.
            found.unchanged += 1
            continue
        if is_active and entry.is_disabled:
            found.leaving.append(pk)
        elif pk is not None and not is_active and not is_suspended and not entry.is_disabled:
            found.returning.append(pk)
        is_changed = pk is None or digest != entry.digest or username != entry.username
        if is_changed or say_all:
            found.problems += entry.problems
        if pk is None:
            found.new.append(entry)
        elif is_changed:
            found.changed.append(entry)
        else:
            found.unchanged += 1
            claims.setdefault(entry.username, entry.entry_uuid)  # type: ignore[arg-type]
    return found


@transaction.atomic
def write_people(entries: Sequence[PersonEntry], claims: Claims) -> Written:
    """Bring these people up to date, or in: all that LDAP owns, with unit, borough, manager, position, photo, words.

    An entry whose user name cannot be theirs is a problem and left as it was. A bounded number of queries.
    """
    keys, names = [one.entry_uuid for one in entries if one.entry_uuid], [one.username for one in entries]
    rows = list(Person.objects.select_for_update().filter(Q(entry_uuid__in=keys) | Q(username__in=names)))
    by_key = {row.entry_uuid: row for row in rows if row.entry_uuid}
    holders = {row.username: row for row in rows}
    places = places_of({one.unit_code for one in entries} | {one.borough_code for one in entries})
    managers, nameless = _managers_by_dn(entries), _managers_without_dn(entries)
    written, accepted, freed = Written(), [], list[int]()
    for entry in entries:
        row = by_key.get(entry.entry_uuid) if entry.entry_uuid else None
        holder = holders.get(entry.username)
        if holder is not None and holder is not row:
            refusal = _refusal(entry, row, holder, claims)
            if refusal:
                written.problems.append(Problem(refusal, entry.dn, {"username": entry.username}))
                continue
            if holder.entry_uuid is None and row is None:
                # Prepared for their first sign-in.
                row = holder
            else:
                # SECURITY: a user name given to somebody new does not bring along what its former holder may see.
                freed.append(holder.pk)
        if entry.entry_uuid:
            claims[entry.username] = entry.entry_uuid
        if row is not None and holders.get(row.username) == row and row.username != entry.username:
            del holders[row.username]
            freed.append(row.pk)
        row = row if row is not None else _new_person(entry)
        holders[entry.username] = row
        if row.pk and row.ldap_dn != entry.dn:
            written.renamed.append(row.pk)
        _fill(row, entry, places, managers.get(entry.manager_dn) or nameless.get(entry.manager_username))
        accepted.append((row, entry))
    if freed:
        _free_names(freed)
    new = [row for row, _entry in accepted if not row.pk]
    known = [row for row, _entry in accepted if row.pk]
    _create(new)
    if known:
        Person.objects.bulk_create(known, update_conflicts=True, update_fields=_OWNED, unique_fields=["pk"])
    written.added, written.changed = [row.pk for row in new], [row.pk for row in known]
    _finish(accepted, written)
    return written


def _create(new: Sequence[Person]) -> None:
    """Write new people, managers before those they lead, so that few are written again when they are linked."""
    waiting, ids = list(new), dict[str, int]()
    while waiting:
        names = {row.ldap_dn for row in waiting}
        ready = [row for row in waiting if row.ldap_manager not in names or row.ldap_manager in ("", row.ldap_dn)]
        # Of a ring of managers nobody is ready: `link_managers` and `drop_manager_loops` see to it.
        ready = ready or waiting
        for row in ready:
            if row.ldap_manager in ids:
                row.manager_id = ids[row.ldap_manager]
        Person.objects.bulk_create(ready)
        ids |= {row.ldap_dn: row.pk for row in ready if row.ldap_dn}
        waiting = [row for row in waiting if not row.pk]


def _finish(accepted: list[tuple[Person, PersonEntry]], written: Written) -> None:
    """What hangs on the rows just written."""
    ids = [row.pk for row, _entry in accepted]
    names = {row.ldap_dn for row, _entry in accepted if row.ldap_dn}
    # Somebody gone may have had the name that somebody new has.
    Person.objects.filter(ldap_dn__in=names).exclude(pk__in=ids).update(ldap_dn="")
    link_managers(ids, names)
    keep_ldap_positions(ids)
    photos = {row.pk: entry.photo or None for row, entry in accepted if _has_other_photo(row, entry)}
    refused = set(keep_ldap_photos(photos)) if photos else set()
    written.problems += [Problem("photo_bad", entry.dn, {}) for row, entry in accepted if row.pk in refused]
    refresh_words(written.changed)
    refresh_words(written.added, are_new=True)


def _refusal(entry: PersonEntry, row: Person | None, holder: Person, claims: Claims) -> str:
    """Why the entry cannot have the user name that `holder` has; empty when it can."""
    if holder.entry_uuid is None:
        # SECURITY: an account with a password of its own is not the directory's to take over.
        return "username_kept_here" if holder.has_usable_password() else ""
    if entry.entry_uuid is None:
        return "no_key"
    if claims.get(entry.username, entry.entry_uuid) != entry.entry_uuid:
        return "username_taken"
    # Two entries, one name, and nothing new: it stays with whoever has it.
    return "username_taken" if row is not None and row.ldap_digest == entry.digest else ""


def _new_person(entry: PersonEntry) -> Person:
    # What `set_unusable_password` does, at a tenth of its cost: a first sync makes everybody.
    return Person(language=entry.language, password=f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_urlsafe(30)}")


def _managers_by_dn(entries: Sequence[PersonEntry]) -> dict[str, int]:
    """Managers who were there before, by distinguished name. `link_managers` has the last word: this saves writing
    nearly everybody a second time."""
    names = {one.manager_dn for one in entries if one.manager_dn and one.manager_dn != one.dn}
    return dict(Person.objects.filter(ldap_dn__in=names).values_list("ldap_dn", "pk")) if names else {}


def _managers_without_dn(entries: Sequence[PersonEntry]) -> dict[str, int]:
    """Managers by their user name, of those whose distinguished name we do not know yet."""
    names = {one.manager_username for one in entries if one.manager_username}
    return dict(Person.objects.filter(username__in=names, ldap_dn="").values_list("username", "pk")) if names else {}


def _fill(row: Person, entry: PersonEntry, places: dict[str, Any], manager_id: int | None) -> None:
    """Give a row what its entry says."""
    for name in _PLAIN:
        setattr(row, name, getattr(entry, name))
    row.search_name = search_name_of(entry.given_name, entry.family_name)
    # SECURITY: of an unknown unit no unit, rather than the former one, whose audiences they would keep.
    unit, borough = places.get(entry.unit_code), places.get(entry.borough_code)
    row.unit_id = unit.pk if unit else None
    row.borough_id = borough.pk if borough else unit.borough_id if unit else None
    if row.ldap_manager != entry.manager_dn or not entry.manager_dn:
        # `link_managers` corrects it when the manager comes with this batch or after it.
        row.manager_id = manager_id if manager_id != row.pk and entry.manager_dn != entry.dn else None
    row.ldap_dn, row.ldap_unit, row.ldap_manager = entry.dn, entry.unit_code, entry.manager_dn
    row.ldap_digest = entry.digest


def _free_names(person_ids: Collection[int]) -> None:
    """Take from these people user names that change hands, before anybody else is given them."""
    marked = Concat(Left("username", 60), Value("~"), Cast("pk", CharField()))
    Person.objects.filter(pk__in=person_ids).update(username=marked)


def _has_other_photo(row: Person, entry: PersonEntry) -> bool:
    """Whether LDAP's photo is not the one we have of it, which goes by its hash."""
    return (hashlib.sha256(entry.photo).hexdigest() if entry.photo else None) != row.ldap_photo_id


@transaction.atomic
def link_managers(person_ids: Collection[int], names: Collection[str]) -> None:
    """Link these people with their managers, and with these distinguished names those who have them as manager."""
    below = Person.objects.filter(Q(pk__in=person_ids) | Q(ldap_manager__in=names)).exclude(ldap_manager="")
    wanted = list(below.values_list("pk", "ldap_manager", "manager_id"))
    found = Person.objects.filter(ldap_dn__in={dn for _pk, dn, _manager in wanted})
    managers = dict(found.values_list("ldap_dn", "pk"))
    wrong = [pk for pk, dn, now in wanted if dn in managers and managers[dn] not in (now, pk)]
    manager = Person.objects.filter(ldap_dn=OuterRef("ldap_manager")).values("pk")[:1]
    for start in range(0, len(wrong), 1000):
        Person.objects.filter(pk__in=wrong[start : start + 1000]).update(manager_id=Subquery(manager))


@transaction.atomic
def drop_manager_loops() -> list[Problem]:
    """Let nobody be above themselves: one link of each ring of managers goes. Answers a problem for each."""
    above = dict(Person.objects.filter(manager__isnull=False).values_list("pk", "manager_id"))
    settled: set[int] = set()
    rings: list[list[int]] = []
    for start in above:
        trail: dict[int, None] = {}
        one: int | None = start
        while one is not None and one not in settled and one not in trail:
            trail[one] = None
            one = above.get(one)
        if one is not None and one in trail:
            path = list(trail)
            rings.append(path[path.index(one) :])
        settled.update(trail)
    if not rings:
        return []
    people = {one.pk: one for one in Person.objects.filter(pk__in={pk for ring in rings for pk in ring})}
    problems = []
    for ring in rings:
        first = min(ring)
        Person.objects.filter(pk=first).update(manager=None)
        turned = ring[ring.index(first) :] + ring[: ring.index(first)] + [first]
        names = " → ".join(people[pk].username for pk in turned)
        problems.append(Problem("manager_loop", people[first].ldap_dn, {"people": names}))
    return problems


@transaction.atomic
def mark_managers(person_ids: Collection[int] | None = None) -> None:
    """Say of these people (of everybody) whether they have active people below."""
    people = Person.objects.all() if person_ids is None else Person.objects.filter(pk__in=person_ids)
    reports = Exists(Person.objects.filter(manager_id=OuterRef("pk"), is_active=True))
    people.filter(reports, is_manager=False, is_active=True).update(is_manager=True)
    people.filter(~reports, is_manager=True).update(is_manager=False)


def unresolved(person_ids: Collection[int] | None) -> list[Problem]:
    """What could not be linked, of these people (of everybody): units, managers; and employee numbers held twice."""
    wanted = None if person_ids is None else set(person_ids)

    def among(pk: int) -> bool:
        return wanted is None or pk in wanted

    people = Person.objects.filter(is_active=True, entry_uuid__isnull=False)
    problems = []
    lost = people.filter(unit__isnull=True).exclude(ldap_unit="").order_by("pk")
    for pk, dn, code in lost.values_list("pk", "ldap_dn", "ldap_unit"):
        if among(pk):
            problems.append(Problem("unit_unknown", dn, {"unit": code}))
    orphans = people.filter(manager__isnull=True).exclude(ldap_manager="").order_by("pk")
    named = [one for one in orphans.values_list("pk", "ldap_dn", "ldap_manager") if among(one[0])]
    # A manager who is known and not linked was a ring: `drop_manager_loops` has said so.
    known = set(Person.objects.filter(ldap_dn__in={one[2] for one in named}).values_list("ldap_dn", flat=True))
    for _pk, dn, manager in named:
        if manager == dn:
            problems.append(Problem("manager_self", dn, {}))
        elif manager not in known:
            problems.append(Problem("manager_unknown", dn, {"manager": manager}))
    counted = people.exclude(employee_number="").values("employee_number").annotate(held=Count("pk")).filter(held__gt=1)
    twice = people.filter(employee_number__in=[one["employee_number"] for one in counted]).order_by("pk")
    for pk, dn, number in twice.values_list("pk", "ldap_dn", "employee_number"):
        if among(pk):
            problems.append(Problem("number_twice", dn, {"number": number}))
    return problems


@transaction.atomic
def forget_entries(person_ids: Collection[int]) -> None:
    """LDAP has no entry of these people any more: their names there may be given again."""
    Person.objects.filter(pk__in=person_ids).update(ldap_dn="", ldap_digest="")
