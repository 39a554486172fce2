"""Asking other machines over HTTP: feeds, webhooks, manifests, health. The portal goes out by HTTP here alone.

SECURITY: an address comes from a form, so it could be any: each connection is made to an address that was resolved and
checked (see `networks`), at each redirect anew (no gap between checking a name and connecting to it); time, size and
redirects are bounded; what is compressed is unpacked only as far as the limit; credentials in addresses are refused.
"""

import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from .networks import connect, deadline
from .problems import Problem

BODY_MAX = 5 * 1024 * 1024
REDIRECTS = 5
# Seconds: to connect and between two pieces; and for everything, redirects included.
STEP, WHOLE = 8.0, 30.0
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
AGENT = "Parvis"
MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """What a machine answered. `body`: unpacked, whole."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def check_address(address: str) -> SplitResult:
    """The parts of an address that may be asked. Raises Problem; says nothing of what its name resolves to."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Problem("bad_address") from None
    if parts.scheme not in PORTS or not parts.hostname or any(one <= " " or one == "\x7f" for one in address):
        raise Problem("bad_address")
    # SECURITY: they would be shown on pages and kept in logs.
    if parts.username is not None or parts.password is not None:
        raise Problem("credentials")
    if port == 0:
        raise Problem("bad_address")
    return parts


def get(
    address: str,
    headers: Mapping[str, str] | None = None,
    *,
    allow: Collection[str],
    limit: int = BODY_MAX,
    whole: float | None = None,
    cut: bool = False,
    ports: Collection[int] | None = None,
) -> Answer:
    """Read an address, following redirects, within `whole` seconds (by default `WHOLE`). Raises Problem.

    `allow`: the machines inside that may be asked (see `networks.is_allowed`). `cut`: a body past `limit` bytes is cut
    there instead of refused. `ports`: see `networks.connect`.
    """
    began, seen = time.monotonic(), {address}
    asked = {"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate", "Connection": "close", **(headers or {})}
    for _hop in range(REDIRECTS + 1):
        answer = _ask("GET", address, asked, None, limit, began, whole or WHOLE, allow, cut=cut, ports=ports)
        if answer.status not in MOVED:
            return answer
        address = next_address(answer)
        if address in seen:
            raise Problem("redirect_loop")
        seen.add(address)
    raise Problem("redirects", count=REDIRECTS)


def post(address: str, headers: Mapping[str, str], body: bytes, *, allow: Collection[str], limit: int = 300) -> Answer:
    """Send `body`. Redirects are not followed: what is signed goes to the address that was given. Raises Problem.

    The answer's body is cut at `limit`.
    """
    asked = {"User-Agent": AGENT, "Connection": "close", **headers}
    return _ask("POST", address, asked, body, limit, time.monotonic(), WHOLE, allow, cut=True)


def request(
    method: str,
    address: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    allow: Collection[str],
    limit: int = BODY_MAX,
    whole: float = WHOLE,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Ask with any method (WebDAV has its own), once: redirects are answered, not followed. Raises Problem.

    A body past `limit` bytes is refused. `context`: whom to trust instead of the authorities of the system.
    """
    asked = {"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate", "Connection": "close", **headers}
    return _ask(method, address, asked, body, limit, time.monotonic(), whole, allow, context=context)


def look(method: str, address: str, *, allow: Collection[str], ports: Collection[int], whole: float) -> Answer:
    """Whether an address answers, and with which code: HEAD or GET, of whose body a kilobyte is read at most. Redirects
    are not followed (see `next_address`). Raises Problem."""
    asked = {"User-Agent": AGENT, "Connection": "close"}
    return _ask(method, address, asked, None, 1024, time.monotonic(), whole, allow, cut=True, ports=ports)


def next_address(answer: Answer) -> str:
    """Where a redirect leads. Raises Problem when it leads nowhere one may go."""
    location = answer.headers.get("location", "")
    if not location:
        raise Problem("redirect_nowhere")
    target = urljoin(answer.url, location)
    parts = check_address(target)
    # SECURITY: never from HTTPS down to HTTP.
    if urlsplit(answer.url).scheme == "https" and parts.scheme != "https":
        raise Problem("redirect_down")
    return parts._replace(fragment="").geturl()


def _ask(
    method: str,
    address: str,
    headers: Mapping[str, str],
    body: bytes | None,
    limit: int,
    began: float,
    whole: float,
    allow: Collection[str],
    *,
    cut: bool = False,
    ports: Collection[int] | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    parts = check_address(address)
    until = began + whole
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if not path.isascii():
        raise Problem("bad_address")
    cords: list[socket.socket] = []
    connection = _connection(parts, cords, allow, ports, min(STEP, whole), context)
    try:
        with deadline(cords, until):
            connection.request(method, path, body=body, headers=dict(headers))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            encoding = found.get("content-encoding", "")
            content = b"" if response.status in MOVED else _body(response, encoding, limit, until, whole, cut=cut)
            return Answer(response.status, address, found, content)
    except Problem:
        raise
    except TimeoutError:
        raise Problem("slow", seconds=max(1, int(whole))) from None
    except ssl.SSLCertVerificationError:
        raise Problem("certificate") from None
    except (OSError, http.client.HTTPException, ValueError):
        # Cut by the deadline's own thread, or by the other side.
        if time.monotonic() >= until:
            raise Problem("slow", seconds=max(1, int(whole))) from None
        raise Problem("unreachable") from None
    finally:
        connection.close()
        for cord in cords:
            cord.close()


def _connection(
    parts: SplitResult,
    cords: list[socket.socket],
    allow: Collection[str],
    ports: Collection[int] | None,
    step: float,
    context: ssl.SSLContext | None,
) -> http.client.HTTPConnection:
    """A connection that is made by `networks.connect`; `cords` gets a second handle of it."""
    assert parts.hostname
    port = parts.port or PORTS[parts.scheme]
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, port, timeout=step, context=context or ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=step)

    def dial(where: tuple[str, int], timeout: Any = step, source_address: Any = None) -> socket.socket:
        sock = connect(where, timeout, allow, ports)
        cords.append(sock.dup())
        return sock

    # The library's own way in for another way of connecting.
    connection._create_connection = dial  # type: ignore[attr-defined]
    return connection


def _body(
    response: http.client.HTTPResponse, encoding: str, limit: int, until: float, whole: float, *, cut: bool
) -> bytes:
    """What was answered, unpacked. SECURITY: a few kilobytes may unpack to gigabytes: both sides are counted."""
    known = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 47}
    if encoding.lower().strip() not in known:
        raise Problem("packed", encoding=encoding[:40])
    bits = known[encoding.lower().strip()]
    unpack = zlib.decompressobj(bits) if bits else None
    parts: list[bytes] = []
    size = read = 0
    while piece := response.read(min(CHUNK, limit + 1) if cut else CHUNK):
        read += len(piece)
        if time.monotonic() >= until:
            raise Problem("slow", seconds=max(1, int(whole)))
        try:
            piece = unpack.decompress(piece, limit + 1 - size) if unpack else piece
        except zlib.error:
            raise Problem("packed", encoding=encoding[:40]) from None
        parts.append(piece)
        size += len(piece)
        if size > limit or read > limit or (unpack and unpack.unconsumed_tail):
            if cut:
                break
            raise Problem("huge", mb=limit // (1024 * 1024))
    if time.monotonic() >= until:
        raise Problem("slow", seconds=max(1, int(whole)))
    if unpack and not unpack.eof and not cut:
        raise Problem("packed", encoding=encoding[:40])
    if not cut and response.length:
        raise Problem("unreachable")
    return b"".join(parts)[:limit]
