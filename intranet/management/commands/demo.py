"""`manage.py demo`: fill an empty database with the demo city, or say who one can sign in as."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from intranet.demo.load import NotEmpty, is_empty, load, sign_ins
from intranet.demo.people import DEFAULT_COUNT, MINIMUM, SEED


class Command(BaseCommand):
    help = "Fills an empty database with a realistic, fictional, bilingual city."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=DEFAULT_COUNT, metavar="N", help="how many (28000: all)")
        parser.add_argument("--seed", type=int, default=SEED, help="another number, another city")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")
        parser.add_argument("--local-passwords", action="store_true", help="sign-ins work without a directory server")
        parser.add_argument("--sign-ins", action="store_true", help="print the demo sign-ins as JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self.stdout.write(json.dumps(sign_ins(), ensure_ascii=False))
            return
        if options["if_empty"] and not is_empty():
            return
        # SECURITY: the demo password is public.
        if options["local_passwords"] and settings.PRODUCTION:
            raise CommandError("--local-passwords is for demonstrations: it is refused in production.")
        if options["people"] < MINIMUM:
            raise CommandError(f"--people: the demo city has at least {MINIMUM} people.")
        try:
            load(options["people"], options["seed"], local_passwords=options["local_passwords"], say=self.stdout.write)
        except NotEmpty:
            raise CommandError(
                "There are people in this database already. The demo city goes into an empty one: "
                "point DATABASE_URL or DATA_DIR at another, or use --if-empty to leave this one as it is."
            ) from None
