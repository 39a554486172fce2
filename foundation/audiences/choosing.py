"""The field in which somebody chooses whom: people, units, groups, communities.

The floor knows none of them: the app that does registers its field when it starts, and the floor's forms ask for it.
"""

from typing import Any, Protocol

from django import forms


class MakesField(Protocol):
    """Gives a field whose value is a list of `principals.Known`, all of which `reader` may know of."""

    def __call__(self, reader: Any, **options: Any) -> forms.Field:
        """`options`: those of any field."""
        ...


_makers: list[MakesField] = []


def register_chooser(make: MakesField) -> None:
    """Name who makes the field. Twice is a programming error: ValueError."""
    if _makers:
        raise ValueError("the field in which people are chosen is registered twice")
    _makers.append(make)


def chooser(reader: Any, **options: Any) -> forms.Field:
    """The field, for `reader`; LookupError when no app registered."""
    if not _makers:
        raise LookupError("no app told the floor how people are chosen")
    return _makers[0](reader, **options)
