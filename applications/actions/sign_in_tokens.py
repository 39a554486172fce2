"""Sign-ins to applications: begun with a code, kept going by tokens, ended with all of them.

The tokens themselves are django-oauth-toolkit's; which of them belong together, and until when they serve, is here.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from foundation.outgoing.sealing import digest_of

from ..models import Connection, SignIn, SignInClient

AccessToken, RefreshToken, Grant = get_access_token_model(), get_refresh_token_model(), get_grant_model()

# How often the use of a connection is noted.
NOTED = timedelta(minutes=5)
# A code that nobody used is forgotten after that.
UNUSED = timedelta(hours=1)
# Rows that one pass of upkeep deletes of each kind.
BATCH = 1000


def session_digest(key: str) -> str:
    """What is kept of a session's key, which is the cookie itself."""
    return salted_hmac("applications.sign_in", key, algorithm="sha256").hexdigest()


@transaction.atomic
def begin_sign_in(
    client: SignInClient, code: str, *, actor: Any, scope: str, session_key: str, authenticated: datetime
) -> SignIn:
    """A code was given out to `actor`, who gave their password at `authenticated` in the session of that key."""
    now = timezone.now()
    return SignIn.objects.create(
        client=client,
        person=actor,
        code_digest=digest_of(code),
        scope=scope,
        session_digest=session_digest(session_key),
        authenticated=authenticated,
        created=now,
        expires=now + timedelta(seconds=settings.SIGN_IN_SECONDS),
    )


def note_use(sign_in: SignIn) -> None:
    """Tokens were given out: its code is used up, and the connection was used now."""
    now = timezone.now()
    if sign_in.used is None:
        SignIn.objects.filter(pk=sign_in.pk).update(used=now)
    stale = Q(last_used=None) | Q(last_used__lt=now - NOTED)
    Connection.objects.filter(stale, client=sign_in.client_id, person=sign_in.person_id).update(last_used=now)


@transaction.atomic
def end_sign_ins(sign_ins: QuerySet[SignIn]) -> int:
    """End these sign-ins: no code and no token of theirs serves any more. Answers how many were live."""
    now = timezone.now()
    # SECURITY: marked first. A token that is being given out holds its sign-in: it is waited for here, and seen below.
    count = sign_ins.filter(ended=None).update(ended=now)
    if count:
        refresh = RefreshToken.objects.filter(token_family__in=sign_ins.filter(ended=now).values("uuid"))
        # The access tokens while the refresh tokens still name them.
        AccessToken.objects.filter(pk__in=refresh.exclude(access_token=None).values("access_token_id")).delete()
        refresh.filter(revoked=None).update(revoked=now, updated=now)
    return count


def end_sign_ins_of(people: Collection[int], *, keys: Collection[str] | None, kept: str | None) -> int:
    """Sessions of these people ended: so do the sign-ins made in them. `keys` of the sessions, or None for everything
    but what was made in the session `kept`."""
    found = SignIn.objects.filter(person__in=people)
    if keys is not None:
        found = found.filter(session_digest__in=[session_digest(one) for one in keys])
    elif kept is not None:
        found = found.exclude(session_digest=session_digest(kept))
    return end_sign_ins(found)


def purge_sign_ins(batch: int = BATCH) -> int:
    """Upkeep: forget codes and tokens of which nothing is left to guard, at most `batch` sign-ins. Answers how many."""
    now = timezone.now()
    Grant.objects.filter(
        pk__in=list(Grant.objects.filter(expires__lt=now).values_list("pk", flat=True)[:batch])
    ).delete()
    found = dict(SignIn.objects.over(now, now - UNUSED).order_by("pk").values_list("pk", "uuid")[:batch])
    if not found:
        return 0
    with transaction.atomic():
        refresh = RefreshToken.objects.filter(token_family__in=list(found.values()))
        AccessToken.objects.filter(pk__in=refresh.exclude(access_token=None).values("access_token_id")).delete()
        refresh.delete()
        SignIn.objects.filter(pk__in=list(found)).delete()
    return len(found)
