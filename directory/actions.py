"""What one does to people: bring them in, deactivate them, give them tokens and preferences."""

import hashlib
import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.realtime.actions import push_sessions_ended

from .entries import GroupEntry, PersonEntry
from .models import Group, Person, PersonalToken, Session, Unit
from .querysets import canonical_username, folded

logger = logging.getLogger(__name__)

TOKEN_PREFIX = "pv_"


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


@transaction.atomic
def set_emergency_administrator(username: str, password: str) -> Person:
    """The account that gets in when LDAP does not: made, or given a new password and its rights back.

    ValidationError for a weak password; ValueError for the name of somebody the directory knows.
    """
    name = canonical_username(username)
    person = Person.objects.select_for_update().filter(username=name).first()
    # SECURITY: a person of the directory must not become an administrator by a side door.
    if not name or (person is not None and (person.entry_uuid or not person.has_usable_password())):
        raise ValueError(f"{username!r} cannot be an emergency account: the directory knows that name")
    validate_password(password, person)
    if person is None:
        person = create_person(username=name, password=password, given_name="Administration", family_name="d’urgence")
    else:
        # Whoever held the old password is out.
        end_sessions(person)
    person.set_password(password)
    person.is_active = person.is_staff = person.is_superuser = True
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
        "place": entry.place,
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
def create_unit(code: str, name_fr: str, *, name_en: str = "", kind: str, parent: Unit | None = None) -> Unit:
    """Add a unit under `parent`, with its path."""
    unit = Unit.objects.create(code=code, name_fr=name_fr, name_en=name_en, kind=kind, parent=parent, path="")
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def deactivate(person: Person) -> None:
    """Take away access at once: the account and every open session. What the person wrote stays."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.tokens.all().delete()
    end_sessions(person)


@transaction.atomic
def end_sessions(person: Person, *, keep: str | None = None) -> int:
    """End the sessions of `person`, except the one with key `keep`. Answers how many ended."""
    ended = Session.objects.filter(person=person)
    if keep:
        ended = ended.exclude(pk=keep)
    keys = list(ended.values_list("pk", flat=True))
    ended.delete()
    push_sessions_ended(person.pk, keys)
    return len(keys)


@transaction.atomic
def end_session(session: Session, *, actor: Person) -> None:
    """End one of one's own sessions. Somebody else's raises PermissionError: the caller looked in the wrong place."""
    if session.person_id != actor.pk:
        raise PermissionError("a session is ended by its owner")
    key = session.pk
    session.delete()
    push_sessions_ended(actor.pk, [key])


@transaction.atomic
def create_token(name: str, *, actor: Person, scope: str, expires: datetime) -> tuple[PersonalToken, str]:
    """A new token and its secret, which is shown once and kept only as a hash. ValueError for a bad expiry."""
    if not timezone.now() < expires <= timezone.now() + timedelta(days=366):
        raise ValueError(_("A token lasts at least a day and at most a year."))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = PersonalToken.objects.create(
        person=actor, name=name, scope=scope, expires=expires, digest=token_digest(secret)
    )
    return token, secret


def token_digest(secret: str) -> str:
    """The hash kept of a token. The secret is 256 random bits: a plain hash cannot be searched backwards."""
    return hashlib.sha256(secret.encode()).hexdigest()


def note_token_use(token: PersonalToken) -> None:
    """The day it last served, so that its owner can tell which are still needed."""
    PersonalToken.objects.filter(pk=token.pk).update(last_used=timezone.localdate())


@transaction.atomic
def revoke_token(token: PersonalToken, *, actor: Person) -> None:
    """Withdraw one of one's own tokens."""
    if token.person_id != actor.pk:
        raise PermissionError("a token is revoked by its owner")
    token.delete()


def _choice(field: str, value: str, person: Person) -> str:
    """`value` if the field offers it, else ValidationError. The other fields are the directory's, complete or not."""
    return str(Person._meta.get_field(field).clean(value, person))  # type: ignore[union-attr]


def set_language(language: str, *, actor: Person) -> None:
    """The language of the interface, on every device."""
    actor.language = _choice("language", language, actor)
    actor.save(update_fields=["language"])


def set_theme(theme: str, *, actor: Person) -> None:
    """Light, dark, or as the device."""
    actor.theme = _choice("theme", theme, actor)
    actor.save(update_fields=["theme"])
