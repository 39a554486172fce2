"""The channel layer of the embedded shape: Channels' own, in memory, made fit for a thousand sockets."""

import time

from channels.layers import InMemoryChannelLayer


class EmbeddedChannelLayer(InMemoryChannelLayer):
    """Channels' layer looks through every message and every group for what has expired, at each message sent and at
    each received: with a thousand sockets, seconds for one ring. Once a second is enough: nothing here expires sooner
    than in a minute."""

    EVERY = 1.0
    _cleaned = 0.0

    def _clean_expired(self) -> None:
        now = time.monotonic()
        if now - self._cleaned >= self.EVERY:
            self._cleaned = now
            super()._clean_expired()
