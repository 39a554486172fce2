"""The city's privacy policy, where something was made by it beforehand: words and photos."""

import hashlib

from ..models import Person, SyncState
from ..privacy import policy
from .photos import refresh_photos
from .sync_runs import sync_state
from .words import refresh_words

BATCH = 1000


def apply_policy() -> bool:
    """Make words and photos by the policy of today, where they were made by another. Answers whether they were.

    SECURITY: what the city closes must not go on being found by the words kept from before. One query when all is well.
    """
    fields = [(one.name, one.default, one.is_locked) for one in policy().values()]
    now = hashlib.sha256(repr(fields).encode()).hexdigest()
    if sync_state().policy == now:
        return False
    ids = list(Person.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        refresh_words(ids[start : start + BATCH])
        refresh_photos(ids[start : start + BATCH])
    # Last: who is killed before begins again.
    SyncState.objects.filter(pk=sync_state().pk).update(policy=now)
    return True
