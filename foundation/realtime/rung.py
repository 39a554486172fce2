"""What rang a moment ago, kept for the sockets that open now: their page may have been on its way meanwhile."""

import logging
from collections.abc import Collection, Iterable

from django.core.cache import cache
from django.utils import timezone

from .topics import topics

logger = logging.getLogger(__name__)

# How long a page may take from being worked out to its socket.
SECONDS = 60
# A ring for more groups than that is not kept: each would take a place in the cache.
MOST = 500


def keep(topic: str, groups: Collection[str]) -> None:
    """These groups were rung. Never raises: what is lost here is seen at the next page, like any ring."""
    if len(groups) > MOST:
        return
    now = timezone.now().timestamp()
    try:
        cache.set_many({_key(topic, group): now for group in groups}, SECONDS)
    except Exception:
        logger.warning("the cache does not keep what rang", exc_info=True)


def rung_of(groups: Iterable[str]) -> set[str]:
    """The topics that rang for any of these groups a moment ago; all of them when the cache does not tell, as who looks
    again for nothing loses nothing. Never raises."""
    keys = {_key(topic.key, group): topic.key for group in groups for topic in topics()}
    after = timezone.now().timestamp() - SECONDS
    try:
        return {keys[one] for one, moment in cache.get_many(keys).items() if moment > after}
    except Exception:
        logger.warning("the cache does not tell what rang", exc_info=True)
        return set(keys.values())


def _key(topic: str, group: str) -> str:
    return f"realtime.rung.{topic}.{group}"
