"""Real HTTP servers on loopback for what goes out: feeds that are read, webhooks that are sent."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Callable[["Handler"], None]


@dataclass
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Machine:
    """A machine of the city: `pages` say what it answers, by path; `asked` what came."""

    url: str = ""
    pages: dict[str, Answers] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def serve(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> None:
        """Answer `body` at `path`."""
        content = body.encode() if isinstance(body, str) else body
        said = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(handler: "Handler") -> None:
            handler.send_response(status)
            for name, value in {"Content-Type": "application/atom+xml", **said}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self.pages[path] = answer


class Handler(BaseHTTPRequestHandler):
    """Answers what its machine says."""

    machine: Machine

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.machine.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
        page = self.machine.pages.get(self.path)
        # The client may have hung up in the middle: that is often what is tested.
        with contextlib.suppress(OSError):
            page(self) if page else self.send_error(404)

    do_GET = do_POST = do_PROPFIND = do_REPORT = _answer

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def machine() -> Iterator[Machine]:
    """One, while it is needed."""
    made = Machine()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"machine": made}))
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def entry(key: str, title: str, body: str = "<p>Texte de l’avis.</p>", extra: str = "", published: str = "") -> str:
    """One entry of an Atom document."""
    escaped = body.replace("&", "&amp;").replace("<", "&lt;")
    dated = f"<published>{published}</published>" if published else ""
    return (
        f"<entry><id>{key}</id><title>{title}</title><link href='https://journal.ville.example/{key}'/>{dated}{extra}"
        f"<content type='html'>{escaped}</content></entry>"
    )


def atom(*entries: str, language: str = "fr", head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    """An Atom document."""
    return (
        f'{head}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
        f'xml:lang="{language}"><id>urn:journal</id><title>Journal officiel</title>{"".join(entries)}</feed>'
    )
