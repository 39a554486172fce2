"""The certificate a machine shows, read even when it cannot be trusted: its end, and whether it names the machine."""

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from .networks import connect, deadline
from .problems import Problem


@dataclass(frozen=True)
class Certificate:
    """What matters of one: its end, and whether the name asked is one of its names."""

    until: datetime
    names_match: bool


def read_certificate(
    host: str, port: int, *, allow: Collection[str], ports: Collection[int] | None = None, whole: float
) -> Certificate:
    """The certificate of a machine, within `whole` seconds. Raises Problem.

    SECURITY: nothing is believed of the machine and nothing is sent to it: an expired certificate must be readable, so
    the connection is not verified, and it is closed once the certificate is there.
    """
    until = time.monotonic() + whole
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    cords: list[socket.socket] = []
    try:
        sock = connect((host, port), whole, allow, ports)
        with sock:
            cords.append(sock.dup())
            with deadline(cords, until), context.wrap_socket(sock, server_hostname=host) as protected:
                shown = protected.getpeercert(binary_form=True)
    except TimeoutError:
        raise Problem("slow", seconds=max(1, int(whole))) from None
    except (OSError, ValueError):
        if time.monotonic() >= until:
            raise Problem("slow", seconds=max(1, int(whole))) from None
        raise Problem("unreachable") from None
    finally:
        for cord in cords:
            cord.close()
    try:
        certificate = x509.load_der_x509_certificate(shown or b"")
        return Certificate(certificate.not_valid_after_utc, _names(certificate, host))
    except (ValueError, x509.DuplicateExtension):
        raise Problem("certificate") from None


def _names(certificate: x509.Certificate, host: str) -> bool:
    """Whether a certificate names `host`, as browsers decide it: by its alternative names alone."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host) in names.get_values_for_type(x509.IPAddress)
    asked = _ascii(host)
    for name in names.get_values_for_type(x509.DNSName):
        given = name.lower().rstrip(".")
        # A star stands for one label, the first.
        if given == asked or (given.startswith("*.") and asked.partition(".")[2] == given[2:]):
            return True
    return False


def _ascii(host: str) -> str:
    try:
        return host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return host.rstrip(".").lower()
