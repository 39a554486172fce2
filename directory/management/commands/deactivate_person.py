"""`manage.py deactivate_person`: take away somebody's access at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.actions import deactivate
from directory.models import Person


class Command(BaseCommand):
    """Sessions and tokens end; what the person wrote stays."""

    help = "Deactivate a person: no more sign-in, sessions ended, tokens revoked. What they wrote stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = Person.objects.get_by_natural_key(options["username"])
        except Person.DoesNotExist as error:
            raise CommandError(f"Nobody has the user name {options['username']!r}.") from error
        deactivate(person)
        self.stdout.write(f"{person.name} ({person.username}) is out.")
