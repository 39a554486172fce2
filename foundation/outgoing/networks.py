"""Connections to other machines: which may be asked, and how one is reached once its address was checked.

SECURITY: an address comes from a form. Without the list of those allowed, nothing inside the city's network answers:
neither this machine, nor the cloud's own addresses, nor a printer.
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from .problems import Problem


def connect(
    where: tuple[str, int], timeout: Any, allow: Collection[str], ports: Collection[int] | None = None
) -> socket.socket:
    """A connection to a checked address of the name. SECURITY: the one that was checked, not the name asked again.

    `timeout`: seconds. `ports`: of machines that `allow` does not name, those that may be asked (null: any). Raises
    Problem (unknown_host, inside, port), and OSError when nothing answers.
    """
    last: OSError | None = None
    for family, kind, protocol, _name, address in resolve(*where, allow, ports)[:4]:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            last = error
    raise last or OSError("no address")


def resolve(host: str, port: int, allow: Collection[str], ports: Collection[int] | None = None) -> list[Any]:
    """The addresses of a name, as `socket.getaddrinfo` gives them, all of which may be asked. Raises Problem, as
    `connect` does. What connects asks again: an answer is good for this moment alone."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Problem("unknown_host", host=host[:100]) from None
    # SECURITY: a name that also leads inside is refused as a whole.
    if not found or not all(is_allowed(host, str(one[4][0]), allow) for one in found):
        raise Problem("inside", host=host[:100])
    if ports is not None and port not in ports and not all(is_listed(host, str(one[4][0]), allow) for one in found):
        raise Problem("port", port=port)
    return list(found)


def is_allowed(host: str, address: str, allow: Collection[str]) -> bool:
    """Whether `address`, to which `host` resolves, may be asked: of the Internet, or in `allow`.

    allow: names, addresses and networks ("wiki.ville.example", "10.4.4.4", "10.4.0.0/16").
    """
    if is_listed(host, address, allow):
        return True
    ip = _ip(address)
    # Neither loopback, link-local, private, shared, reserved nor multicast; nor an IPv6 that stands for such an IPv4.
    inner = getattr(ip, "sixtofour", None) or (getattr(ip, "teredo", None) or (None, None))[1] or _nat64(ip)
    return ip.is_global and not ip.is_multicast and (inner is None or (inner.is_global and not inner.is_multicast))


def is_listed(host: str, address: str, allow: Collection[str]) -> bool:
    """Whether `allow` names the machine, by name, address or network."""
    ip = _ip(address)
    for one in allow:
        if one.lower() == host.lower().rstrip("."):
            return True
        with contextlib.suppress(ValueError):
            if ip in ipaddress.ip_network(one, strict=False):
                return True
    return False


@contextlib.contextmanager
def deadline(cords: Iterable[socket.socket], until: float) -> Iterator[None]:
    """Cut the line when the whole takes too long (`until`: of `time.monotonic`): a server that sends one byte at a time
    never lets a read expire.

    `cords`: second handles (`dup`) of the sockets, since libraries wrap the first for TLS or hand it on; looked at when
    the time has come.
    """

    def cut() -> None:
        for cord in cords:
            with contextlib.suppress(OSError):
                cord.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ip(address: str) -> Any:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return getattr(ip, "ipv4_mapped", None) or ip


def _nat64(ip: Any) -> Any:
    if ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return None
