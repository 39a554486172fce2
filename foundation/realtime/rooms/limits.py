"""How much one socket, one person and one process may ask for."""

from collections.abc import Callable

# A message of a browser: somebody who draws sends 25 changes and 20 pointers a second, and the stock client says again
# what it hears of others, up to 20 times a second.
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 150.0, 600.0
BYTES_A_SECOND, BYTES_AT_ONCE = 1_000_000.0, 20_000_000.0
# Seconds of being slowed down without a pause before a socket counts as a flood.
PATIENCE = 15.0

# What one person's presence may say, in bytes of JSON.
MAX_STATE = 16 * 1024
# What a process keeps that is not written yet, of all rooms together; beyond it changes are refused.
MAX_PENDING = 48 * 1000 * 1000
# What waits for one slow reader; beyond it the socket is closed, and its browser asks for what it lacks.
MAX_WAITING_BYTES = 4 * 1000 * 1000
MAX_WAITING_FRAMES = 2000
# Seconds that whoever is sent away has for reading why; then the line is cut, and nothing is kept for it any more.
FAREWELL = 5.0
# Sockets of one person in one process.
MAX_SOCKETS = 60
# How often a browser may be asked to say again what it has, within ten seconds.
MAX_RESYNCS = 20


class Bucket:
    """Fills with time, empties with use. Who finds it empty waits."""

    __slots__ = ("_clock", "_rate", "_size", "_then", "level")

    def __init__(self, rate: float, size: float, clock: Callable[[], float]) -> None:
        self._rate, self._size, self._clock = rate, size, clock
        self.level = size
        self._then = clock()

    def take(self, amount: float, now: float | None = None) -> float:
        """Use so much. Answers the seconds to wait before the next: 0 while there is some left."""
        now = self._clock() if now is None else now
        level = self.level + (now - self._then) * self._rate
        self._then = now
        self.level = level = (level if level < self._size else self._size) - amount
        return 0.0 if level >= 0 else -level / self._rate


class Pace:
    """The pace of one socket: slowed down first, a flood only when that goes on and on."""

    __slots__ = ("_bytes", "_clock", "_messages", "_slow_since")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._messages = Bucket(MESSAGES_A_SECOND, MESSAGES_AT_ONCE, clock)
        self._bytes = Bucket(BYTES_A_SECOND, BYTES_AT_ONCE, clock)
        self._slow_since: float | None = None

    def pause(self, size: int) -> float:
        """After a message of this size: the seconds to read nothing for. A flood: -1."""
        now = self._clock()
        wait = max(self._messages.take(1.0, now), self._bytes.take(size, now))
        if not wait:
            # Only a real pause forgives: a bucket that is just above empty is a flood that was slowed down.
            if self._slow_since is not None and self._messages.level > MESSAGES_A_SECOND:
                self._slow_since = None
            return 0.0
        if self._slow_since is None:
            self._slow_since = now
        return -1.0 if now - self._slow_since > PATIENCE else min(wait, 1.0)
