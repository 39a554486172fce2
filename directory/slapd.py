"""A private OpenLDAP server for demonstrations and tests: its own folder, its own port, its own certificate.

It runs as whoever starts it, on 127.0.0.1 only, and never touches the system's slapd. What it needs on the machine is
Debian's package `slapd`. It does not need Django: it can be started before the settings are read, which then find the
server through `settings.env` in its folder (see `ldap_settings`).
"""

import contextlib
import os
import secrets
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from string import Template

import ldap

from .certificates import write_certificates
from .ldif import entry, ssha

TEMPLATES = Path(__file__).resolve().parent.parent / "deploy" / "slapd"
MODULE_FOLDERS = ("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/libexec/openldap", "/usr/lib/openldap")
SCHEMA_FOLDERS = ("/etc/ldap/schema", "/etc/openldap/schema", "/usr/share/openldap/schema")
MODULES = ("back_mdb", "memberof", "syncprov")
SCHEMAS = ("core", "cosine", "inetorgperson")
START_SECONDS = 20
FIRST_PORT = 10_000
EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")

APPARMOR_HELP = """AppArmor probably keeps slapd out of {folder}. Allow it once for this machine:
  sudo ln -s /etc/apparmor.d/usr.sbin.slapd /etc/apparmor.d/disable/
  sudo apparmor_parser -R /etc/apparmor.d/usr.sbin.slapd
or point DATA_DIR at a folder that its profile allows."""


class SlapdError(RuntimeError):
    """The server is missing, refused its data or did not start; the message says what to do."""


def find_program(name: str) -> str | None:
    """The path of slapd or slapadd, which live in sbin and therefore rarely in PATH."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/libexec"]))


class PrivateSlapd:
    """One server, described by its folder: the same folder gives the same certificate, passwords, port and data.

    `port=None` keeps the folder's port or picks a free one. Usage:

        server = PrivateSlapd(DATA_DIR / "slapd")
        if not server.has_data:
            server.load(entries_for(people, units, groups))
        server.start()
    """

    base_dn = "dc=ville,dc=example"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.bind_dn = f"cn=parvis,ou=services,{self.base_dn}"
        self.admin_dn = f"cn=admin,{self.base_dn}"
        self.ca_file = self.folder / "ca.pem"
        self._process: subprocess.Popen | None = None
        if not self.ca_file.exists():
            write_certificates(self.folder)
        known = self._read_settings()
        self.bind_password = known.get("LDAP_BIND_PASSWORD") or secrets.token_urlsafe(24)
        self.admin_password = known.get("ADMIN_PASSWORD") or secrets.token_urlsafe(24)
        kept = int(known["LDAP_URI"].rpartition(":")[2]) if "LDAP_URI" in known else 0
        self.port = port or kept or free_port()
        self._write_settings()

    @classmethod
    def is_installed(cls) -> bool:
        """Whether this machine has the server and its bulk loader."""
        return bool(find_program("slapd") and find_program("slapadd") and _existing(SCHEMA_FOLDERS))

    @property
    def uri(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def _log(self) -> Path:
        return self.folder / "slapd.log"

    @property
    def has_data(self) -> bool:
        """Whether something was loaded in the folder before."""
        return (self.folder / "data" / "data.mdb").exists()

    @property
    def running(self) -> bool:
        """Whether the folder's server runs, started by this object or by an earlier process."""
        return self._pid() is not None

    def load(self, ldif: Iterable[str]) -> None:
        """Replace the whole directory by `ldif`, an iterable of entries (see `ldif.entries_for`) in bulk.

        The base, its branches and the service account are added in front. SlapdError while the server runs, or with
        the line that was refused.
        """
        if self.running:
            raise SlapdError("stop the server before loading")
        self._write_configuration()
        shutil.rmtree(self.folder / "data")
        (self.folder / "data").mkdir(mode=0o700)
        try:
            self._slapadd(ldif)
        except BaseException:
            # Half a directory would look like a whole one at the next start.
            shutil.rmtree(self.folder / "data")
            raise

    def start(self) -> None:
        """Start the server and wait until it answers. Does nothing when it already runs; loads the bare skeleton when
        the folder has no data. SlapdError when it does not come up."""
        if self.running:
            return
        if not self.has_data:
            self.load([])
        self._write_configuration()
        if not is_free(self.port):
            self.port = free_port()
            self._write_settings()
        # -d 0 keeps it in the foreground, so that it is ours to stop.
        command = [self._program("slapd"), "-f", str(self.folder / "slapd.conf"), "-h", self.uri, "-d", "0"]
        watch = shutil.which("setpriv") if sys.platform == "linux" else None
        if watch:
            # It ends with the process that started it, however that one ends.
            command = [watch, "--pdeathsig", "TERM", "--", *command]
        with self._log.open("w") as log:
            # Its own process group: Ctrl-C must not cut it off in the middle of a write.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_for_answer(self._process)

    def _wait_for_answer(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                self.stop()
            self._process = None
            said = self._log.read_text().strip() or "it said nothing"
            raise SlapdError(f"slapd did not start: {said}\n{self._apparmor_hint()}".rstrip())

    def stop(self) -> None:
        """Stop it and wait until it has gone. Does nothing when it does not run."""
        pid = self._pid()
        if pid is None:
            return
        self.thaw()
        os.kill(pid, signal.SIGTERM)
        if not self._wait_gone(pid, 10):
            os.kill(pid, signal.SIGKILL)
            self._wait_gone(pid, 10)
        self._process = None

    def kill(self) -> None:
        """End it as a crash would. For tests."""
        pid = self._running_pid()
        os.kill(pid, signal.SIGKILL)
        self._wait_gone(pid, 10)
        self._process = None

    def freeze(self) -> None:
        """Suspend it: connections are accepted by the kernel, nothing answers. For tests."""
        os.kill(self._running_pid(), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._running_pid(), signal.SIGCONT)

    def _slapadd(self, ldif: Iterable[str]) -> None:
        # -q: no consistency checks the generator makes superfluous; -w: leaves the mark syncrepl starts from.
        command = [self._program("slapadd"), "-q", "-w", "-f", str(self.folder / "slapd.conf")]
        with (self.folder / "slapadd.log").open("w+") as log:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True) as process:
                assert process.stdin is not None
                try:
                    process.stdin.writelines(self._skeleton())
                    process.stdin.writelines(ldif)
                    process.stdin.close()
                except BrokenPipeError:
                    # It stopped reading: its exit status and its log say why.
                    process.wait()
            log.seek(0)
            said = log.read().strip()
        if process.returncode:
            raise SlapdError(
                f"slapadd refused the data: {said or process.returncode}\n{self._apparmor_hint()}".rstrip()
            )

    def _running_pid(self) -> int:
        pid = self._pid()
        if pid is None:
            raise SlapdError("slapd does not run")
        return pid

    def _pid(self) -> int | None:
        if self._process is not None:
            return self._process.pid if self._process.poll() is None else None
        try:
            pid = int((self.folder / "slapd.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        # A number left by a crash may by now be somebody else's process.
        return pid if str(self.folder / "slapd.conf").encode() in command else None

    def _wait_gone(self, pid: int, seconds: float) -> bool:
        # The process itself is waited for: slapd takes its pid file away before its last work is done.
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            ended, _, _ = select.select([watched], [], [], seconds)
        finally:
            os.close(watched)
        if ended and self._process is not None:
            self._process.wait()
        return bool(ended)

    def _answers(self) -> bool:
        connection = ldap.initialize(self.uri)
        connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 1)
        connection.set_option(ldap.OPT_TIMEOUT, 2)
        try:
            return bool(connection.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["namingContexts"]))
        except (ldap.SERVER_DOWN, ldap.TIMEOUT):
            return False
        finally:
            connection.unbind_s()

    def _program(self, name: str) -> str:
        program = find_program(name)
        if program is None:
            raise SlapdError(f"{name} is not on this machine: install Debian's package slapd")
        return program

    def _apparmor_hint(self) -> str:
        has_profile = Path("/etc/apparmor.d/usr.sbin.slapd").exists()
        is_disabled = Path("/etc/apparmor.d/disable/usr.sbin.slapd").exists()
        if not has_profile or is_disabled or not Path("/sys/kernel/security/apparmor").exists():
            return ""
        return APPARMOR_HELP.format(folder=self.folder)

    def _skeleton(self) -> Iterable[str]:
        yield entry(self.base_dn, objectClass=["dcObject", "organization"], dc="ville", o="Ville")
        for branch in ("people", "units", "groups", "services"):
            yield entry(f"ou={branch},{self.base_dn}", objectClass="organizationalUnit", ou=branch)
        yield entry(
            self.bind_dn,
            objectClass=["organizationalRole", "simpleSecurityObject"],
            cn="parvis",
            userPassword=ssha(self.bind_password),
        )

    def _write_configuration(self) -> None:
        schemas = _existing(SCHEMA_FOLDERS)
        modules = _existing(MODULE_FOLDERS)
        if schemas is None:
            raise SlapdError("OpenLDAP's schema files are not on this machine: install Debian's package slapd")
        (self.folder / "data").mkdir(exist_ok=True, mode=0o700)
        # A part that is compiled into slapd has no file, and needs no line.
        found = [name for name in MODULES if modules and list(modules.glob(f"{name}.*"))]
        lines = [f'modulepath "{modules}"', *(f"moduleload {name}" for name in found)] if found else []
        text = Template((TEMPLATES / "slapd.conf").read_text()).substitute(
            includes="\n".join(f'include "{schemas / name}.schema"' for name in SCHEMAS),
            modules="\n".join(lines),
            schema=TEMPLATES / "ville.schema",
            folder=self.folder,
            base_dn=self.base_dn,
            bind_dn=self.bind_dn,
            admin_dn=self.admin_dn,
            admin_hash=ssha(self.admin_password),
        )
        _write_private(self.folder / "slapd.conf", text)

    def _read_settings(self) -> dict[str, str]:
        path = self.folder / "settings.env"
        lines = path.read_text().splitlines() if path.exists() else []
        return {name: "".join(shlex.split(value)) for name, _sep, value in (line.partition("=") for line in lines)}

    def _write_settings(self) -> None:
        values = {
            "LDAP_URI": self.uri,
            "LDAP_CA_FILE": str(self.ca_file),
            "LDAP_BASE_DN": self.base_dn,
            "LDAP_BIND_DN": self.bind_dn,
            "LDAP_BIND_PASSWORD": self.bind_password,
            "ADMIN_PASSWORD": self.admin_password,
        }
        text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        _write_private(self.folder / "settings.env", text)


def _existing(folders: Iterable[str]) -> Path | None:
    return next((Path(one) for one in folders if Path(one).is_dir()), None)


def _write_private(path: Path, text: str) -> None:
    """SECURITY: readable by its owner alone from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        # As slapd does: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on, for a server that starts in a moment or starts again later.

    Below those that the system gives to outgoing connections by itself: one of these may be taken at any time by
    anybody's connection, between the question and the server, or while the server is down.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(_first_ephemeral_port() - FIRST_PORT)
        if is_free(port):
            return port


def _first_ephemeral_port() -> int:
    first = 32768
    with contextlib.suppress(OSError, ValueError):
        first = int(EPHEMERAL_PORTS.read_text().split()[0])
    # A machine that gives away everything leaves no better choice than among all.
    return first if first > FIRST_PORT + 1000 else 65536
