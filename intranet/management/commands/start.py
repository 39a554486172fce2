"""`manage.py start`, behind `make run`: a whole portal on this machine, from nothing, and gone again with Ctrl-C."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from directory.models import Person
from directory.slapd import PrivateSlapd
from intranet.demo.load import sign_ins

# What a city sets for its own servers; those of the demonstration city are nowhere.
DEMO_CITY = {
    "DOMINO_WEB_HOSTS": "*/Ville=https://domino.ville.example",
    "NOTES_WEB_ADDRESSES": "mail=https://courriel.ville.example/mail,verse=https://courriel.ville.example/verse",
}


class Command(BaseCommand):
    help = "Prepare and run the portal with its demonstration city."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--people", type=int, default=2000)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        self._check_port(host, port)
        self._migrate()
        self._collect_static()
        slapd = self._directory(options["people"])
        processes: list[subprocess.Popen[bytes]] = []
        env = {"SITE_URL": f"http://{host}:{port}", **DEMO_CITY, **os.environ}
        try:
            if slapd:
                slapd.start()
                self._say("Demonstration directory (LDAP)", slapd.uri)
            self._print_sign_ins()
            # Two Ctrl-C would reach the children too: they are told once, by us.
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
            commands = [[*manage, "serve", "--host", host, "--port", str(port)]]
            if not settings.WORKER_IN_SERVER:
                commands.append([*manage, "worker"])
                if slapd or settings.AUTH_LDAP_SERVER_URI:
                    commands.append([*manage, "sync_directory", "--watch"])
            signal.signal(signal.SIGTERM, self._interrupt)
            processes = [subprocess.Popen(command, env=env, start_new_session=True) for command in commands]
            self._wait_for(host, port, processes)
            self.stdout.write(self.style.SUCCESS(f"\n  Parvis is at http://{host}:{port}/   (Ctrl-C to stop)\n"))
            self.stdout.flush()
            for process in processes:
                process.wait()
        except KeyboardInterrupt:
            self.stdout.write("\nStopping…")
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
            if slapd:
                slapd.stop()

    def _say(self, what: str, detail: str = "") -> None:
        self.stdout.write(f"==> {what}{'  ' + detail if detail else ''}")
        self.stdout.flush()

    @staticmethod
    def _interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    def _check_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} is taken. Stop what uses it, or choose another: make run PORT={port + 123}"
                ) from error

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database")
            call_command("migrate", verbosity=0, interactive=False)

    def _collect_static(self) -> None:
        """Static files are collected again only when the front end or the dependencies changed."""
        root = Path(settings.STATIC_ROOT)
        built = settings.BASE_DIR / "intranet" / "static" / "built" / ".stamp"
        sources = [built, settings.BASE_DIR / "requirements.txt"]
        value = hashlib.sha256(b"".join(one.read_bytes() for one in sources if one.exists())).hexdigest()
        stamp = root / ".stamp"
        if stamp.exists() and stamp.read_text() == value:
            return
        self._say("Collecting static files")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(value)

    def _directory(self, people: int) -> PrivateSlapd | None:
        """The demonstration city on first use, and its LDAP directory where slapd is installed."""
        has_slapd = PrivateSlapd.is_installed() and "LDAP_URI" not in os.environ
        if not Person.objects.exists():
            self._say(f"Loading the demonstration city ({people} people)")
            call_command("demo", people=people, local_passwords=not has_slapd, stdout=self.stdout)
        if not has_slapd:
            return None
        slapd = PrivateSlapd(settings.DATA_DIR / "slapd")
        ldif = settings.DATA_DIR / "slapd" / "demo.ldif"
        if not slapd.has_data and ldif.exists():
            self._say("Loading the demonstration directory")
            with ldif.open(encoding="utf-8") as lines:
                slapd.load(lines)
        return slapd

    def _print_sign_ins(self) -> None:
        self.stdout.write("\n  Demonstration sign-ins:")
        for one in sign_ins():
            self.stdout.write(f"    {one['role']:<24} {one['username']:<16} {one['password']}   {one['name']}")
        self.stdout.write("")
        self.stdout.flush()

    def _wait_for(self, host: str, port: int, processes: list[subprocess.Popen[bytes]]) -> None:
        """Until the server answers, or has died."""
        while all(process.poll() is None for process in processes):
            try:
                with socket.create_connection((host, port), timeout=0.2):
                    return
            except OSError:
                try:
                    processes[0].wait(timeout=0.2)
                except subprocess.TimeoutExpired:
                    continue
        raise CommandError("The server stopped at start: its message is above.")
