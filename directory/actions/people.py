"""Bringing people in, and shutting them out."""

import logging
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from ..entries import GroupEntry, PersonEntry
from ..models import Person
from ..querysets import canonical_username
from .ldap_groups import mirror_groups
from .ldap_people import mark_managers, search_name_of, write_people
from .ldap_positions import keep_ldap_positions
from .leaving import come_back, leave
from .words import refresh_words

logger = logging.getLogger(__name__)


class SignInRefused(Exception):
    """The directory says yes, we say no; the text is for the log."""


@transaction.atomic
def create_person(*, username: str, password: str | None = None, **fields: Any) -> Person:
    """A person who lives here only (an emergency account, a demo account). Without password they sign in by LDAP."""
    person = Person(username=canonical_username(username), **fields)
    person.search_name = search_name_of(person.given_name, person.family_name)
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    refresh_words([person.pk])
    return person


def bring_in(entry: PersonEntry, groups: Collection[GroupEntry]) -> Person:
    """The person of a directory entry who just signed in, created or brought up to date, with their groups.

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
    known = Person.objects.filter(**_key_of(entry)).first()
    # SECURITY: who was deactivated by an administrator stays out until an administrator says otherwise; and whoever the
    # directory shuts out is out, whatever filter found the entry.
    if known is not None and not known.is_active and known.is_suspended:
        raise SignInRefused(f"person {known.pk} is deactivated")
    if entry.is_disabled:
        raise SignInRefused(f"the directory shuts out {entry.username!r}")
    person = known if known is not None and _is_up_to_date(known, entry) else _write(entry)
    if not person.is_active:
        # SECURITY: adopted by name, it may be another row than `known`.
        if person.is_suspended:
            raise SignInRefused(f"person {person.pk} is deactivated")
        come_back([person.pk])
        keep_ldap_positions([person.pk])
        person.refresh_from_db()
    mirror_groups(person, groups)
    return person


def _key_of(entry: PersonEntry) -> dict[str, Any]:
    """By the directory's stable key, so that a new user name is still the same person."""
    return {"entry_uuid": entry.entry_uuid} if entry.entry_uuid else {"username": entry.username}


def _is_up_to_date(person: Person, entry: PersonEntry) -> bool:
    """Whether the row says what the entry says, and what it names is linked as far as we know."""
    is_linked = (person.unit_id or not entry.unit_code) and (person.manager_id or not entry.manager_dn)
    return bool(is_linked and person.ldap_digest == entry.digest and person.username == entry.username)


def _write(entry: PersonEntry) -> Person:
    written = write_people([entry], {})
    ids = [*written.added, *written.changed]
    if not ids:
        codes = ", ".join(problem.code for problem in written.problems)
        raise SignInRefused(f"the user name {entry.username!r} cannot be theirs: {codes}")
    person = Person.objects.get(pk=ids[0])
    if person.manager_id:
        mark_managers([person.manager_id])
    if person.ldap_unit and person.unit_id is None:
        logger.warning("the directory names a unit nobody knows: %r", person.ldap_unit)
    return person


@transaction.atomic
def deactivate(person: Person) -> None:
    """Shut somebody out at once: they leave (see `leaving`), and the sync does not let them in; `reactivate` does.

    By an administrator's hand. What the person wrote stays.
    """
    leave([person.pk])
    Person.objects.filter(pk=person.pk).update(is_suspended=True)
    person.refresh_from_db()
