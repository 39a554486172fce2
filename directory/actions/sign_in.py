"""Sessions and personal tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.realtime.actions import push_sessions_ended

from ..models import Person, PersonalToken, Session
from ..signals import access_ended

TOKEN_PREFIX = "pv_"


@transaction.atomic
def end_sessions(person: Person, *, keep: str | None = None) -> int:
    """End the sessions of `person`, except the one with key `keep`, and what they signed in to from them.

    Answers how many sessions ended.
    """
    ended = Session.objects.filter(person=person)
    if keep:
        ended = ended.exclude(pk=keep)
    keys = list(ended.values_list("pk", flat=True))
    ended.delete()
    push_sessions_ended(person.pk, keys)
    access_ended.send(Session, people=[person.pk], keys=None, kept=keep)
    return len(keys)


@transaction.atomic
def end_session(session: Session, *, actor: Person, everywhere: bool = True) -> None:
    """End one of one's own sessions, and `everywhere` what one signed in to from it: not when one only signs out here.

    Somebody else's raises PermissionError: the caller looked in the wrong place.
    """
    if session.person_id != actor.pk:
        raise PermissionError("a session is ended by its owner")
    key = session.pk
    session.delete()
    push_sessions_ended(actor.pk, [key])
    if everywhere:
        access_ended.send(Session, people=[actor.pk], keys=[key], kept=None)


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
