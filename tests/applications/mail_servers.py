"""A real Dovecot and a real Radicale on loopback, and small machines that speak just enough IMAP to be a nuisance."""

import contextlib
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from directory.certificates import write_certificates
from directory.slapd import free_port
from tests.parts import _Private, refuse
from tests.processes import until

MASTER, MASTER_PASSWORD = "parvis", "cle-du-maitre-1"
PASSWORD = "jeton-personnel-1"


def require_dovecot() -> None:
    """Skip, or in CI fail, without it. It lives in sbin, which is rarely in PATH; its IMAP part is a package apart."""
    if not PrivateDovecot.is_installed() or not Path("/usr/lib/dovecot/imap").exists():
        refuse("dovecot is not on this machine: install Debian's package dovecot-imapd")


class _InOwnFolder(_Private):
    """A server whose folder is its user's own: a folder of pytest is root's alone."""

    def __init__(self) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="parvis-tests-")))
        self.folder.chmod(0o755)

    def erase(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class PrivateDovecot(_InOwnFolder):
    """IMAP with TLS (and STARTTLS on `plain_port`), mailboxes in Maildir, people by `add_person`.

    A master user opens any mailbox as `person*parvis`; it has a mailbox of its own, full of unread messages.
    """

    package = "dovecot-imapd"
    program = "dovecot"
    users: ClassVar[tuple[str, ...]] = ("dovecot", "nobody")

    def __init__(self) -> None:
        super().__init__()
        self.plain_port = 0
        self.separator = "*"
        write_certificates(self.folder)
        self.ca_file = self.folder / "ca.pem"
        self._people: dict[str, str] = {}
        # So often the master's own mailbox was opened, by us.
        self._own_logins = 0
        self.add_person(MASTER, "cle-de-sa-propre-boite")

    def add_person(self, name: str, password: str = PASSWORD) -> None:
        """Somebody with a mailbox."""
        self._people[name] = password
        lines = [f"{one}:{{PLAIN}}{secret}::::::\n" for one, secret in self._people.items()]
        (self.folder / "people").write_text("".join(lines))
        (self.folder / "masters").write_text(f"{MASTER}:{{PLAIN}}{MASTER_PASSWORD}\n")

    def deliver(self, name: str, *messages: bytes) -> None:
        """Messages into their inbox, unread."""
        with self.client(name) as client:
            for one in messages:
                done, said = client.append("INBOX", None, None, one)
                assert done == "OK", said

    def flags(self, name: str) -> list[bytes]:
        """Of each message of their inbox."""
        with self.client(name) as client:
            client.select("INBOX", readonly=True)
            return [one for one in client.fetch("1:*", "(FLAGS)")[1] if one]

    @contextlib.contextmanager
    def client(self, name: str) -> Iterator[imaplib.IMAP4_SSL]:
        """Signed in as them, with their own password."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=context, timeout=10) as client:
            client.login(name, self._people[name])
            self._own_logins += name == MASTER
            yield client

    def _prepare(self) -> None:
        super()._prepare()
        if os.geteuid() == 0:
            # Everything but its master process runs as this user.
            account = self._account()
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, account.pw_uid, account.pw_gid)

    def _identity(self) -> dict[str, object]:
        # Its master process starts the others as their users itself, and must be root where it can be.
        return {}

    def _command(self) -> list[str]:
        if not self.plain_port:
            self.plain_port = free_port()
        account = self._account() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        group = subprocess.run(
            ["id", "-gn", account.pw_name], capture_output=True, text=True, check=True
        ).stdout.strip()
        configuration = f"""
            base_dir = {self.folder}/run
            state_dir = {self.folder}/state
            log_path = {self.folder}/dovecot.log
            protocols = imap
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <{self.folder}/server.pem
            ssl_key = <{self.folder}/server.key
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            auth_master_user_separator = {self.separator}
            default_internal_user = {account.pw_name}
            default_internal_group = {group}
            default_login_user = {account.pw_name}
            first_valid_uid = 1
            mail_location = maildir:{self.folder}/mail/%u
            passdb {{
              driver = passwd-file
              args = {self.folder}/masters
              master = yes
              result_success = continue
            }}
            passdb {{
              driver = passwd-file
              args = {self.folder}/people
            }}
            userdb {{
              driver = static
              args = uid={account.pw_uid} gid={account.pw_gid} home={self.folder}/mail/%u
            }}
            service imap-login {{
              chroot =
              inet_listener imap {{
                port = {self.plain_port}
              }}
              inet_listener imaps {{
                port = {self.port}
                ssl = yes
              }}
            }}
            auth_failure_delay = 0
            service anvil {{
              chroot =
              # It would make the next ones wait after a wrong password; the guide tells operators of it.
              unix_listener anvil-auth-penalty {{
                mode = 0
              }}
            }}
            """
        path = self.folder / "dovecot.conf"
        path.write_text(configuration)
        (self.folder / "mail").mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.folder / "mail", account.pw_uid, account.pw_gid)
        return [str(self.find()), "-F", "-c", str(path)]

    @property
    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return super().log + (path.read_text(errors="replace") if path.exists() else "")

    def logins(self, name: str = "") -> int:
        """How often somebody, or the person of that name, was signed in until now, but for the master's own mailbox."""
        own = f"Login: user=<{MASTER}>"
        # Its processes hand their lines to another one: when the last of ours is there, so are those before it.
        with self.client(MASTER):
            pass
        until(lambda: self.log.count(own) >= self._own_logins)
        return self.log.count(f"Login: user=<{name}") - (0 if name else self.log.count(own))

    def _answers(self) -> bool:
        try:
            with self.client(MASTER):
                return True
        except (OSError, imaplib.IMAP4.error):
            return False


class PrivateRadicale(_InOwnFolder):
    """CalDAV and calendar files, by HTTP. People read and write their own; `service` reads everybody's."""

    package = "(pip) Radicale"
    program = sys.executable

    @classmethod
    def find(cls) -> str | None:
        return sys.executable

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put_calendar(self, person: str, name: str, *events: str, head: str = "") -> None:
        """A calendar of theirs, with these VEVENT."""
        lines = "".join(f"{one.strip()}\n" for one in events)
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//essai//\n{head}{lines}END:VCALENDAR\n".replace("\n", "\r\n")
        self.ask("PUT", f"/{person}/{name}/", person, text.encode(), "text/calendar; charset=utf-8")

    def ask(self, method: str, path: str, person: str, body: bytes = b"", kind: str = "text/xml") -> bytes:
        """A request of theirs."""
        request = urllib.request.Request(f"{self.url}{path}", body or None, {"Content-Type": kind}, method=method)
        manager = urllib.request.HTTPPasswordMgrWithPriorAuth()
        manager.add_password(None, self.url, person, PASSWORD, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
        with opener.open(request, timeout=10) as answer:
            return bytes(answer.read())

    def _prepare(self) -> None:
        super()._prepare()
        people = ("anna", "bruno", "service")
        (self.folder / "people").write_text("".join(f"{one}:{PASSWORD}\n" for one in people))
        (self.folder / "rights").write_text(
            "[service]\nuser: service\ncollection: .*\npermissions: Rr\n"
            "[root]\nuser: .+\ncollection:\npermissions: R\n"
            "[own]\nuser: .+\ncollection: {user}(/.*)?\npermissions: RWrw\n"
        )
        if os.geteuid() == 0:
            account = self._account()
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, account.pw_uid, account.pw_gid)

    def _command(self) -> list[str]:
        (self.folder / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {self.folder}/people\n"
            "htpasswd_encryption = plain\ndelay = 0\n"
            f"[rights]\ntype = from_file\nfile = {self.folder}/rights\n"
            f"[storage]\nfilesystem_folder = {self.folder}/storage\n[logging]\nlevel = warning\n"
        )
        return [sys.executable, "-m", "radicale", "--config", str(self.folder / "config")]

    def _identity(self) -> dict[str, object]:
        # The interpreter of the tests may be one that only its own user can run.
        return {}

    def _answers(self) -> bool:
        try:
            self.ask("PROPFIND", "/anna/", "anna")
            return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False


# -- machines that misbehave ------------------------------------------------------------------------------------------

Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def nuisance(behave: Behaviour) -> Iterator[int]:
    """A machine on loopback that does `behave` with each connection; its port. Plain: TLS is not what is tested."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    open_ones: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            behave(connection)

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def talk(connection: socket.socket, answers: dict[str, bytes], greeting: bytes = b"* OK pret\r\n") -> None:
    """IMAP by rote: for each command of the client, the answer of its first word, then `OK`.

    `{tag}` in an answer stands for the command's; one that holds it is sent as it is.
    """
    known = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
        "STATUS": b'* STATUS "INBOX" (UNSEEN 2)\r\n',
        "EXAMINE": b"* 2 EXISTS\r\n* FLAGS (\\Seen)\r\n",
        "SEARCH": b"* SEARCH 1 2\r\n",
        **answers,
    }
    connection.sendall(greeting)
    reader = connection.makefile("rb")
    for line in reader:
        tag, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
        word = rest.partition(" ")[0].upper()
        if word == "AUTHENTICATE":
            connection.sendall(b"+ \r\n")
            reader.readline()
        said = known.get(word, b"")
        if b"{tag}" in said:
            connection.sendall(said.replace(b"{tag}", tag.encode()))
            continue
        connection.sendall(said + f"{tag} OK fait\r\n".encode())
