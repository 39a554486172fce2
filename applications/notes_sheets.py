"""Sheets of new places: what stood in Notes, a line each, and where it is now."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.ui.notes_links import NotesLinkError, parse_link, read_replica, read_unid
from foundation.ui.sheets import MARK, guarded, line_writer

from .models import NotesPlace

LINES_MOST = 10_000
CHARACTERS_MOST = 1_500_000
HEADINGS = (gettext_lazy("Replica ID"), gettext_lazy("Document"), gettext_lazy("New address"))


class SheetError(ValueError):
    """The sheet as a whole cannot be read; the text says why, for people."""


@dataclass(frozen=True)
class Line:
    """One line: its number, what it says, or, in `problem`, what is wrong with it."""

    number: int
    replica: str = ""
    unid: str = ""
    address: str = ""
    problem: str | Promise = ""


def decoded(data: bytes) -> str:
    """The text of a sheet as spreadsheets save it. SheetError for what is no text."""
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(_("This file is no sheet of values (CSV)."))


def read_sheet(text: str) -> list[Line]:
    """The lines of a sheet: replica ID (or a whole link to Notes), document (or nothing), new address; separated by
    semicolons, commas or tabs; headings are left out. SheetError when there are none, or too many."""
    if len(text) > CHARACTERS_MOST:
        raise SheetError(_("This sheet is too large: 10,000 lines at most."))
    lines = text.lstrip(MARK).replace("\0", "").splitlines()
    first = next((one for one in lines if one.strip()), "")
    separator = max(";,\t", key=first.count)
    read = []
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=separator), 1):
            cells = [one.strip().lstrip("'") for one in row]
            if any(cells) and not (not read and _is_heading(cells)):
                read.append(_line(number, cells))
    except csv.Error:
        raise SheetError(_("This file is no sheet of values (CSV).")) from None
    if not read:
        raise SheetError(_("This sheet holds no line."))
    if len(read) > LINES_MOST:
        raise SheetError(_("This sheet is too large: 10,000 lines at most."))
    return read


def _is_heading(cells: list[str]) -> bool:
    """Whether nothing in it looks like an identifier, a link or an address."""
    return not any(any(mark in cell for mark in ("/", "<")) for cell in cells) and not _is_replica(cells[0])


def _is_replica(cell: str) -> bool:
    try:
        return bool(read_replica(cell))
    except NotesLinkError:
        return False


def _line(number: int, cells: list[str]) -> Line:
    if len(cells) < 3:
        return Line(number, problem=gettext_lazy("This line has fewer than three values."))
    said, unid, address = cells[:3]
    try:
        if "/" in said:
            link = parse_link(said)
            if not link.replica:
                return Line(number, address=address, problem=gettext_lazy("This link has no replica ID."))
            return Line(number, link.replica, link.document, address)
        return Line(number, read_replica(said), read_unid(unid) if unid else "", address)
    except NotesLinkError as error:
        return Line(number, address=address, problem=error.reason)


def sheet_of(places: Iterable[NotesPlace], *, visible: set[int], language: str) -> Iterator[str]:
    """The lines of a sheet of `places`, as `read_sheet` reads them. Addresses of content that is not among `visible`
    are left empty."""
    line = line_writer(language)
    yield MARK
    yield line(HEADINGS)
    for one in places:
        is_shown = one.content_id is None or one.content_id in visible
        yield line([one.replica, one.unid, guarded(one.target.get_absolute_url()) if is_shown else ""])
