"""`manage.py emergency_administrator`: the account that gets in when LDAP does not answer."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from directory.actions import set_emergency_administrator


class Command(BaseCommand):
    """Makes the account, or gives it a new password."""

    help = "Make or renew a local administrator that does not need LDAP. Keep the password in the safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else self._ask()
        try:
            person = set_emergency_administrator(options["username"], password)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person.username} may sign in and administer, with or without LDAP.")

    def _ask(self) -> str:
        password = getpass("Password: ")
        if password != getpass("The same again: "):
            raise CommandError("The two passwords differ.")
        return password
