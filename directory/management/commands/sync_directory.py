"""`manage.py sync_directory`: bring people, units and groups in step with LDAP."""

import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from directory.actions.sync_runs import SyncBusy
from directory.models import SyncRun
from directory.sync.once import sync_once
from directory.sync.problems import sentence_of
from directory.sync.report import LABELS, Report
from directory.sync.run import Options
from directory.sync.source import NoDirectory
from directory.sync.watch import watch

SHOWN = 50


class Command(BaseCommand):
    """Ends with 0 when done, 1 when it failed, 2 when the guard refused to deactivate so many people."""

    help = "Bring people, units and groups in step with the LDAP directory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="read everything, whatever the last run stored")
        parser.add_argument("--watch", action="store_true", help="stay in step until stopped")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--force", action="store_true", help="deactivate however many people have gone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            self._watch()
            return
        wanted = Options(full=options["full"], force=options["force"], dry_run=options["dry_run"])
        try:
            run = sync_once(wanted, self._progress)
        except NoDirectory as error:
            raise CommandError("No LDAP server is set: see LDAP_URI.") from error
        except SyncBusy as error:
            raise CommandError(f"Another sync is running. If it was killed, try again after {error}.") from error
        self._report(run)
        if run.state == SyncRun.State.REFUSED:
            sys.exit(2)
        if run.state != SyncRun.State.DONE:
            sys.exit(1)

    def _watch(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        if not settings.AUTH_LDAP_SERVER_URI:
            raise CommandError("No LDAP server is set: see LDAP_URI.")
        self.stdout.write("Listening to the directory.")
        self.stdout.flush()
        watch(stop, self._report)

    def _progress(self, report: Report) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{report.counts.people_read} people read", ending="")
            self.stdout.flush()

    def _report(self, run: SyncRun) -> None:
        if self.stdout.isatty():
            self.stdout.write("\r", ending="")
        self.stdout.write(f"{run.get_mode_display()}: {run.get_state_display()} {run.message}".rstrip())
        for name, count in run.counts.items():
            if count:
                self.stdout.write(f"  {LABELS.get(name, name)}: {count}")
        problems = run.problems.all()
        for one in problems[:SHOWN]:
            self.stdout.write(f"  {one.dn}: {sentence_of(one.code, one.data)}")
        if run.counts.get("problems", 0) > SHOWN:
            self.stdout.write("  …")
