"""Personal tokens at the API's door."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer

from .actions import note_token_use, token_digest
from .models import Person, PersonalToken

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenAuth(HttpBearer):
    """`Authorization: Bearer pv_…`. Makes `request.user` the token's person, with all and only their rights.

    An unknown, expired or revoked token, or one of a deactivated person, is nobody (401). A token with the right to
    read is refused what changes something (AuthorizationError, 403).
    """

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        # By hash: the comparison is the index's, and a stolen database opens nothing.
        found: Any = (
            PersonalToken.objects.usable().select_related("person__unit").filter(digest=token_digest(token)).first()
        )
        if found is None:
            return None
        # SECURITY: a token made for reading never writes, whatever its person may do.
        if request.method not in SAFE_METHODS and found.scope != PersonalToken.Scope.WRITE:
            raise AuthorizationError
        if found.last_used != timezone.localdate():
            note_token_use(found)
        request.user = found.person
        translation.activate(found.person.language)
        return found.person
