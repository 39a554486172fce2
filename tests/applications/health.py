"""Machines on loopback for what is looked at: pages, ports, certificates; and a register with its keeper."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from applications.actions import add_application, add_check
from applications.models import Application, Check
from applications.watch import Watch
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space
from tests.conftest import fresh

HERE = "127.0.0.1"


@dataclass
class Page:
    """What a path answers. opens: it does not answer before this is set. takes: seconds it needs for the answer."""

    status: int = 200
    body: bytes = b"Bonjour"
    headers: dict[str, str] = field(default_factory=dict)
    opens: threading.Event | None = None
    takes: float = 0


@dataclass
class Site:
    """A machine of the city. `pages` by path; `asked`: methods and paths that came; `heads`: whether it takes HEAD."""

    url: str = ""
    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    heads: bool = True


class Handler(BaseHTTPRequestHandler):
    """Answers what its site says."""

    site: Site

    def _answer(self) -> None:
        self.site.asked.append((self.command, self.path))
        page = self.site.pages.get(self.path) or Page(404)
        if page.opens is not None:
            page.opens.wait(60)
        if page.takes:
            threading.Event().wait(page.takes)
        with contextlib.suppress(OSError):
            self.send_response(405 if self.command == "HEAD" and not self.site.heads else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.body)

    do_GET = do_HEAD = _answer

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """One, while it is needed."""
    made = Site()
    server = ThreadingHTTPServer((HERE, 0), type("Bound", (Handler,), {"site": made}))
    server.daemon_threads = True
    server.block_on_close = False
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    made.port = server.server_address[1]
    made.url = f"http{'s' if context else ''}://{HERE}:{made.port}"
    made.pages["/"] = Page()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server((HERE, 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server((HERE, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def certificate(folder: Path, *, days: float, names: tuple[str, ...] = (HERE,)) -> ssl.SSLContext:
    """A server's context with a certificate of its own hand that ends in `days` (past: negative)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "essai")])
    now = datetime.now(UTC)
    shown: list[x509.GeneralName] = []
    for one in names:
        try:
            shown.append(x509.IPAddress(ipaddress.ip_address(one)))
        except ValueError:
            shown.append(x509.DNSName(one))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(shown), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def a_register(keeper: Person) -> Space:
    """The register of the city, open to everyone, edited by `keeper`."""
    return create_space(
        Space.Kind.UNIT,
        actor=keeper,
        name_fr="Applications",
        name_en="Applications",
        description_fr="",
        description_en="",
        audience=audience_of({EVERYONE}),
    )


def an_application(space: Space, keeper: Person, title: str = "Paie", **said: Any) -> Application:
    """One application of the register."""
    values = {"address": "https://paie.ville.example/", **said}
    return add_application(space, actor=fresh(keeper), title=title, title_translated=f"{title} (en)", **values)


def a_check(application: Application, keeper: Person, **said: Any) -> Check:
    """One check, due now; one failure or success is enough unless it is said otherwise."""
    values = {"kind": "http", "failures_to_down": 1, "successes_to_up": 1, "timeout": 10, **said}
    return add_check(application, actor=fresh(keeper), **values)


def look(*checks: Check) -> None:
    """Have these looked at now (all that are due, when none is named), and know what came of it."""
    for one in checks:
        Check.objects.filter(pk=one.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    Watch().run_due()
    for one in checks:
        one.refresh_from_db()
