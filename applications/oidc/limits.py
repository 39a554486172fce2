"""How often the provider is asked, by the minute, counted in Django's cache.

With several processes the cache must be a shared one (REDIS_URL), or each process counts for itself.
"""

import hashlib
import time

from django.core.cache import cache

# Authorisations of one person; refused clients from one address; tokens given to one client.
PERSON, ADDRESS, CLIENT = 60, 60, 12_000
WINDOW = 60


def _key(kind: str, who: str) -> str:
    # Hashed: what is counted is personal, or typed by anybody, and cache keys are short.
    turn = int(time.time()) // WINDOW
    return f"oidc:{kind}:{turn}:{hashlib.sha256(who.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def count(kind: str, who: str) -> int:
    """One more in this minute. Answers how many there were."""
    key = _key(kind, who)
    cache.add(key, 0, 2 * WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:
        # It was pushed out between the two lines.
        cache.set(key, 1, 2 * WINDOW)
        return 1


def counted(kind: str, who: str) -> int:
    """How many there were in this minute."""
    return int(cache.get(_key(kind, who), 0))
