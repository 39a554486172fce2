"""Files of separated values, as spreadsheets expect them."""

import csv
from collections.abc import Callable, Iterable
from typing import Any

# By it a spreadsheet knows UTF-8.
MARK = "\ufeff"
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What `csv` writes to: each line is answered instead of kept."""

    def write(self, line: str) -> str:
        return line


def line_writer(language: str) -> Callable[[Iterable[Any]], str]:
    """A function that makes a line of some values: separated by what spreadsheets expect in `language`, semicolons in
    French, where the comma is decimal."""
    write: Callable[[Iterable[Any]], str] = csv.writer(_Line(), delimiter=";" if language == "fr" else ",").writerow
    return write


def guarded(value: str) -> str:
    """SECURITY: a text that begins like a formula is marked as text, or the reader's spreadsheet would run it."""
    return f"'{value}" if value.startswith(_FORMULA) else value
