"""`manage.py register_application`: hand in a manifest from the machine itself, by the same door as the systems."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from applications.actions import manifests
from applications.manifests import MANIFEST_MAX
from applications.manifests.problems import told
from applications.models import Reception, Registrar


class Command(BaseCommand):
    help = "Hands in a manifest (or several) in the name of a system; what must be approved waits for an editor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("manifest", help="a JSON file; - reads the standard input")
        parser.add_argument("--registrar", required=True, type=UUID, help="id of the system, from its page")
        parser.add_argument("--check", action="store_true", help="say what would become of it, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        registrar = Registrar.objects.with_row().filter(uuid=options["registrar"], is_active=True).first()
        if registrar is None:
            raise CommandError("No system at work has this id: see /apps/service/.")
        body = self._body(options["manifest"])
        if options["check"]:
            outcomes = manifests.check(registrar, body)
        else:
            outcomes = manifests.receive(registrar, body, way=Reception.Way.COMMAND)
        for one in outcomes:
            said = {
                "key": one.key,
                "result": one.result,
                "errors": told(flaw.kept() for flaw in one.flaws),
                "warnings": told(flaw.kept() for flaw in one.warnings),
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        if not all(one.is_good for one in outcomes):
            raise CommandError("Refused: see above.")

    def _body(self, name: str) -> bytes:
        if name == "-":
            return sys.stdin.buffer.read(MANIFEST_MAX + 1)
        try:
            with Path(name).open("rb") as file:
                return file.read(MANIFEST_MAX + 1)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from None
