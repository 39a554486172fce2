"""`manage.py rotate_signing_key`: the next key that signs ID tokens takes over."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.actions.signing_keys import TooSoon, rotate_signing_key


class Command(BaseCommand):
    """Rotates the key, by plan or in haste."""

    help = "Have the next key sign ID tokens. The worker does it by itself every SIGNING_KEY_DAYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", action="store_true", help="even if the next key was published less than a day ago")
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="and publish the present key no longer: what it signed is refused",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = rotate_signing_key(hurry=options["now"], compromised=options["compromised"])
        except TooSoon as error:
            raise CommandError(
                "The next key was published less than a day ago: systems that read keys once a day do not know it yet. "
                "Wait, or say --now."
            ) from error
        self.stdout.write(f"{key.kid} signs from now on; every process knows within a minute.")
