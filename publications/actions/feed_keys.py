"""The secret in the addresses of one's feeds: made, renewed, withdrawn; whom it lets in."""

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.outgoing.sealing import digest_of

from ..models import FeedKey

PREFIX = "pvf_"


@transaction.atomic
def make_feed_key(*, actor: Any) -> str:
    """A new key, in place of the one there was, which stops at once. Shown once: only its hash is kept."""
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {"digest": digest_of(secret), "created": timezone.now(), "last_used": None}
    FeedKey.objects.update_or_create(person=actor, defaults=values)
    return secret


@transaction.atomic
def withdraw_feed_key(*, actor: Any) -> None:
    """No address opens one's feeds any more."""
    FeedKey.objects.filter(person=actor).delete()


def holder_of(secret: str) -> Any:
    """The active person whose key it is, or None. SECURITY: looked for by hash; it opens feeds and calendars alone."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    found = FeedKey.objects.usable().select_related("person__unit").filter(digest=digest_of(secret)).first()
    if found is None:
        return None
    today = timezone.localdate()
    if found.last_used != today:
        FeedKey.objects.filter(pk=found.pk).update(last_used=today)
    return found.person


def forget_keys_of_leavers() -> int:
    """SECURITY: coming back gives back nothing of what let them in. Answers how many keys went."""
    return int(FeedKey.objects.filter(person__is_active=False).delete()[0])
