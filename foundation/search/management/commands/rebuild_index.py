"""`manage.py rebuild_index`: the whole search index, built beside the one in use. Stopped, it goes on the next time."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from haystack import connections

from foundation.search.folders import Busy
from foundation.search.rebuilding import Rebuilding

SAY_SECONDS = 2.0


class Command(BaseCommand):
    help = "Build the search index anew beside the one in use, then switch. Interrupted, it goes on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="forget what an interrupted rebuild has done")
        parser.add_argument("--noinput", action="store_true", help="accepted for Haystack's sake: it never asks")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rebuilding = Rebuilding(connections["default"].get_backend(), fresh=options["fresh"])
        except Busy as error:
            raise CommandError(f"Another process is rebuilding the index: {error}") from error
        expected, begun = rebuilding.expected(), time.monotonic()
        if rebuilding.is_resumed:
            self.stdout.write(f"Going on after {rebuilding.done:,} of {expected:,}.")
        said = begun
        try:
            while rebuilding.step() is not None:
                if time.monotonic() - said >= SAY_SECONDS:
                    said = time.monotonic()
                    share = 100 * rebuilding.done // max(1, expected)
                    self.stdout.write(f"{rebuilding.done:,} of {expected:,} ({share} %)")
                    self.stdout.flush()
        except KeyboardInterrupt:
            rebuilding.stop()
            self.stdout.write(
                f"Stopped after {rebuilding.done:,} of {expected:,}: the same command goes on from there."
            )
            return
        self.stdout.write(f"{rebuilding.done:,} indexed in {time.monotonic() - begun:.0f} s; the new index is in use.")
