"""People as a file of separated values, for spreadsheets. What every colleague may read, and nothing else."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Person
from .privacy import is_public

CHUNK = 500
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What `csv` writes to: each line is answered instead of kept."""

    def write(self, line: str) -> str:
        return line


def lines(people: QuerySet, language: str) -> Iterator[str]:
    """The file, a few hundred people at a time: with the mark by which spreadsheets know UTF-8, separated by what they
    expect in `language` (semicolons in French, where the comma is decimal)."""
    write = csv.writer(_Line(), delimiter=";" if language == "fr" else ",").writerow
    rows = people.select_related("unit", "borough").iterator(CHUNK)
    with translation.override(language):
        head = write(_heading())
    yield f"\ufeff{head}"
    while some := list(islice(rows, CHUNK)):
        # The language of a thread is not kept from one piece to the next: others are served in between.
        with translation.override(language):
            text = "".join(write([guarded(value) for value in _values(person)]) for person in some)
        yield text


def guarded(value: str) -> str:
    """SECURITY: a text that begins like a formula is marked as text, or the reader's spreadsheet would run it."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _heading() -> list[str]:
    return [
        *(_("Family name"), _("First name"), _("Title"), _("Unit"), _("Borough"), _("Telephone"), _("Mobile phone")),
        *(_("E-mail address"), _("Notes name"), _("Place"), _("Room"), _("Kind"), _("Key")),
    ]


def _values(person: Any) -> list[str]:
    return [
        person.family_name,
        person.preferred_name or person.given_name,
        person.title,
        person.unit.name if person.unit else "",
        person.borough.name if person.borough else "",
        person.phone,
        # SECURITY: the file leaves the portal, so nearness does not count.
        person.mobile if is_public(person, "mobile") else "",
        person.email,
        person.notes_name,
        person.site,
        person.room,
        str(Person.Kind(person.kind).label),
        str(person.uuid),
    ]
