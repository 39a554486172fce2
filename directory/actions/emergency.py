"""The account that gets in when LDAP does not."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from ..models import Person
from ..querysets import canonical_username
from .people import create_person
from .sign_in import end_sessions


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
