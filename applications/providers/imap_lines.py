"""The line to an IMAP server: reached like every other machine, cut in time, and read no further than a bound.

SECURITY: whatever the server announces (a literal of ten megabytes, a line without end), no more than `BYTES` are taken
in per session, and the whole ends at its hour even when one byte comes each second.
"""

import contextlib
import imaplib
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from foundation.outgoing.networks import connect, deadline
from foundation.outgoing.problems import Problem

# Seconds: to connect, and between two pieces.
STEP = 5.0
BYTES = 256 * 1024


# What a library that expects a friendly server says of another one.
CONFUSED = (imaplib.IMAP4.error, ValueError, LookupError, TypeError, AttributeError, RecursionError)


class _Line(imaplib.IMAP4):
    """Python's own client over a line of ours."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, cords: list[socket.socket]) -> None:
        self._context, self._cords, self._left = context, cords, BYTES
        super().__init__(host, port, timeout=STEP)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        # The machine is the settings' own choice, inside or not.
        sock = connect((self.host, self.port), timeout, (self.host,))
        self._cords.append(sock.dup())
        try:
            return self._context.wrap_socket(sock, server_hostname=self.host) if self._context else sock
        except BaseException:
            sock.close()
            raise

    def read(self, size: int) -> bytes:
        """A literal of the length the server announced."""
        self._take(size)
        found: bytes = self.file.read(size)
        return found

    def readline(self) -> bytes:
        """A line, whole."""
        line: bytes = self.file.readline(self._left + 1)
        self._take(len(line))
        return line

    def _take(self, size: int) -> None:
        if size > self._left:
            raise Problem("bad_answer")
        self._left -= size


class Session(IMAPClient):
    """One conversation, of sequence numbers. Made by `session`."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, cords: list[socket.socket]) -> None:
        self._cords = cords
        super().__init__(
            host, port, use_uid=False, ssl=bool(context), ssl_context=context, timeout=SocketTimeout(STEP, STEP)
        )
        # Moments with their own offset, not those of this machine.
        self.normalise_times = False
        # SECURITY: the library would log what is said, the tokens of AUTHENTICATE too.
        self._imap.debug = 0

    # The library's own way in for another way of connecting.
    def _create_IMAP4(self) -> Any:
        return _Line(self.host, self.port, self.ssl_context if self.ssl else None, self._cords)


@contextlib.contextmanager
def session(host: str, port: int, context: ssl.SSLContext | None, seconds: float) -> Iterator[Session]:
    """A conversation of at most `seconds`. context: TLS from the first byte; None where STARTTLS makes the line safe.

    What goes wrong comes out as Problem, whatever the library made of it. It is closed without ceremony: a server that
    hangs is not asked to say goodbye.
    """
    cords: list[socket.socket] = []
    until = time.monotonic() + seconds
    made: Session | None = None
    try:
        with deadline(cords, until):
            made = Session(host, port, context, cords)
            yield made
    except TimeoutError:
        raise Problem("slow", seconds=int(seconds)) from None
    except ssl.SSLCertVerificationError:
        raise Problem("certificate") from None
    except OSError:
        raise _cut(until, seconds, "unreachable") from None
    except CONFUSED:
        raise _cut(until, seconds, "bad_answer") from None
    finally:
        if made is not None:
            with contextlib.suppress(OSError):
                made.shutdown()
        for cord in cords:
            cord.close()


def _cut(until: float, seconds: float, otherwise: str) -> Problem:
    """A line that the deadline cut looks like one that broke."""
    return Problem("slow", seconds=int(seconds)) if time.monotonic() >= until else Problem(otherwise)
