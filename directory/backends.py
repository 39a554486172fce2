"""How people prove who they are: against the city's directory, or with a password kept here."""

import logging
from typing import Any, ClassVar

import ldap
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django_auth_ldap.backend import LDAPBackend

from .actions import SignInRefused, bring_in
from .entries import group_entry, person_entry
from .mapping import PERSON_ATTRIBUTES
from .models import Person
from .querysets import canonical_username

logger = logging.getLogger(__name__)

# How directories say "not with this password" besides INVALID_CREDENTIALS: no password set, locked, expired.
REFUSALS = (
    ldap.INVALID_CREDENTIALS,
    ldap.INAPPROPRIATE_AUTH,
    ldap.UNWILLING_TO_PERFORM,
    ldap.CONSTRAINT_VIOLATION,
)


def active_person(person_id: int) -> Person | None:
    """The person of a session, with their unit, which every visibility question asks for."""
    # SECURITY: a session of somebody deactivated is nobody's, even before it is deleted.
    return Person.objects.with_unit().filter(pk=person_id, is_active=True).first()


class DirectoryBackend(LDAPBackend):
    """Search-bind against LDAP; the person is created or brought up to date from their entry.

    When the directory does not answer, `request.directory_unavailable` is True (see `receivers`) and the answer None.
    """

    default_settings: ClassVar = {"PERSON_ATTRIBUTES": PERSON_ATTRIBUTES}

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        name = canonical_username(username or "")
        # SECURITY: an empty password would be an anonymous bind, which succeeds. A NUL ends the text for C libraries.
        if not self.settings.SERVER_URI or not name or not password or "\0" in password:
            return None
        return super().authenticate(request, username=name, password=password, **kwargs)

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[Person, bool]:
        try:
            names = settings.LDAP_NAMES
            entry = person_entry(
                ldap_user.attrs, self.settings.PERSON_ATTRIBUTES, ldap_user.dn, disabled=names.disabled
            )
            found = self.settings.GROUP_TYPE.user_groups(ldap_user, self.settings.GROUP_SEARCH)
            groups = [group for dn, attributes in found if (group := group_entry(attributes, names.group, dn))]
            # False: it is saved already.
            return bring_in(entry, groups), False
        except (SignInRefused, ValueError) as refusal:
            logger.warning("sign-in refused: %s", refusal)
            raise ldap_user.AuthenticationFailed(str(refusal)) from refusal

    def get_user(self, user_id: int) -> Person | None:
        return active_person(user_id)


class LocalBackend(ModelBackend):
    """Accounts with a password kept here: the emergency administrator, demonstrations without LDAP.

    A wrong one leaves `request.local_password_refused`: that attempt was decided, whatever the directory does.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        name = canonical_username(username or "")
        person = Person.objects.filter(username=name, is_active=True).first() if name and password else None
        # A hash takes a tenth of a second and more: not for each of 28,000 people who have no password here.
        if person is None or not person.has_usable_password():
            return None
        if person.check_password(password):
            return person
        if request is not None:
            request.local_password_refused = True  # type: ignore[attr-defined]
        return None

    def get_user(self, user_id: int) -> Person | None:
        return active_person(user_id)
