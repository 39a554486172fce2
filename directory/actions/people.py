"""Bringing people in, and shutting them out."""

import logging
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..entries import GroupEntry, PersonEntry
from ..models import Group, Person, Unit
from ..querysets import canonical_username, folded
from .sign_in import end_sessions

logger = logging.getLogger(__name__)


class SignInRefused(Exception):
    """The directory says yes, we say no; the text is for the log."""


def search_name_of(given_name: str, family_name: str) -> str:
    """What `Person.search_name` holds."""
    return folded(f"{family_name} {given_name}")


@transaction.atomic
def create_person(*, username: str, password: str | None = None, **fields: Any) -> Person:
    """A person who lives here only (an emergency account, a demo account). Without password they sign in by LDAP."""
    person = Person(username=canonical_username(username), **fields)
    person.search_name = search_name_of(person.given_name, person.family_name)
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    return person


def bring_in(entry: PersonEntry, groups: Collection[GroupEntry]) -> Person:
    """The person of a directory entry, created or brought up to date with their unit, manager and groups.

    Raises SignInRefused for a person deactivated here, or a name that an account of our own holds. Writes nothing when
    nothing changed.
    """
    try:
        return _bring_in(entry, groups)
    except IntegrityError:
        # Their other device came first by a moment: now the row is there.
        return _bring_in(entry, groups)


@transaction.atomic
def _bring_in(entry: PersonEntry, groups: Collection[GroupEntry]) -> Person:
    person = _person_of(entry)
    is_new = person is None
    if person is None:
        person = Person(language=entry.language)
        person.set_unusable_password()
    # SECURITY: who was deactivated stays out until the sync or an administrator says otherwise.
    elif not person.is_active:
        raise SignInRefused(f"person {person.pk} is deactivated")
    values: dict[str, Any] = {
        "username": entry.username,
        "entry_uuid": entry.entry_uuid,
        "employee_number": entry.employee_number,
        "kind": entry.kind,
        "given_name": entry.given_name,
        "family_name": entry.family_name,
        "title_fr": entry.title_fr,
        "title_en": entry.title_en,
        "email": entry.email,
        "phone": entry.phone,
        "site": entry.site,
        "room": entry.room,
        "mobile": entry.mobile,
        "notes_name": entry.notes_name,
        "job_class": entry.job_class,
        "search_name": search_name_of(entry.given_name, entry.family_name),
        "unit_id": _unit_id_of(entry),
        "manager_id": _manager_id_of(entry),
    }
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, values[name])
    if is_new:
        person.save(force_insert=True)
    elif changed:
        person.save(update_fields=[name.removesuffix("_id") for name in changed])
    _mirror_groups(person, groups)
    return person


def _person_of(entry: PersonEntry) -> Person | None:
    """By the directory's stable key, so that a new user name is still the same person."""
    namesake = Person.objects.filter(username=entry.username).first()
    known = Person.objects.filter(entry_uuid=entry.entry_uuid).first() if entry.entry_uuid else None
    if namesake is None or namesake == known:
        return known
    if namesake.entry_uuid is None:
        # SECURITY: an account with a password of its own is not the directory's to take over.
        if namesake.has_usable_password():
            raise SignInRefused(f"the user name of person {namesake.pk} belongs to an account kept here")
        if known is None:
            # Prepared for their first sign-in.
            return namesake
    elif entry.entry_uuid is None:
        raise SignInRefused(f"the entry of person {namesake.pk} has lost its stable key")
    # SECURITY: a user name given to somebody new does not bring along what its former holder may see.
    namesake.username = f"{namesake.username[:60]}~{namesake.pk}"
    namesake.save(update_fields=["username"])
    return known


def _unit_id_of(entry: PersonEntry) -> int | None:
    unit_id = (
        Unit.objects.filter(code=entry.unit_code).values_list("pk", flat=True).first() if entry.unit_code else None
    )
    if entry.unit_code and unit_id is None:
        # SECURITY: no unit rather than the former one, whose audiences they would keep.
        logger.warning("the directory names a unit nobody knows: %r", entry.unit_code)
    return unit_id


def _manager_id_of(entry: PersonEntry) -> int | None:
    name = entry.manager_username
    if not name or name == entry.username:
        return None
    return Person.objects.filter(username=name).values_list("pk", flat=True).first()


def _mirror_groups(person: Person, groups: Collection[GroupEntry]) -> None:
    """Make the person's LDAP groups those of the directory; groups kept by hand stay as they are."""
    wanted = {group.ldap_name: group for group in groups}
    known = {group.ldap_name: group for group in Group.objects.filter(ldap_name__in=wanted)}
    for name, entry in wanted.items():
        group = known.get(name)
        if group is None:
            known[name] = Group.objects.create(ldap_name=name, name_fr=entry.name_fr, name_en=entry.name_en)
        elif (group.name_fr, group.name_en) != (entry.name_fr, entry.name_en):
            group.name_fr, group.name_en = entry.name_fr, entry.name_en
            group.save(update_fields=["name_fr", "name_en"])
    theirs = {group.pk for group in known.values()}
    mine = set(Group.objects.from_ldap().filter(members=person).values_list("pk", flat=True))
    membership = Group.members.through.objects
    membership.bulk_create(
        [Group.members.through(group_id=one, person_id=person.pk) for one in theirs - mine], ignore_conflicts=True
    )
    if mine - theirs:
        membership.filter(person_id=person.pk, group_id__in=mine - theirs).delete()


@transaction.atomic
def deactivate(person: Person) -> None:
    """Shut somebody out at once: the account, every open session, every token. What the person wrote stays.

    By an administrator's hand: the sync does not let them in again, `reactivate` does.
    """
    person.is_active, person.is_suspended, person.left = False, True, timezone.localdate()
    person.save(update_fields=["is_active", "is_suspended", "left"])
    person.tokens.all().delete()
    end_sessions(person)
