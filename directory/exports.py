"""People as a file of separated values, for spreadsheets. What every colleague may read, and nothing else."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from foundation.ui.sheets import MARK, guarded, line_writer

from .models import Person
from .privacy import is_public

CHUNK = 500


def lines(people: QuerySet, language: str) -> Iterator[str]:
    """The file, a few hundred people at a time: with the mark by which spreadsheets know UTF-8, separated by what they
    expect in `language` (semicolons in French, where the comma is decimal)."""
    write = line_writer(language)
    rows = people.select_related("unit", "borough").iterator(CHUNK)
    with translation.override(language):
        head = write(_heading())
    yield f"{MARK}{head}"
    while some := list(islice(rows, CHUNK)):
        # The language of a thread is not kept from one piece to the next: others are served in between.
        with translation.override(language):
            text = "".join(write([guarded(value) for value in _values(person)]) for person in some)
        yield text


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
