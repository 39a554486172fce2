"""Cursors: where the next page of a list begins, as an opaque text for addresses and the API."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest

from .querysets import Cursor

T = TypeVar("T")


def encode(moment: datetime, pk: int) -> str:
    """The cursor after a row."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{pk}".encode()).decode().rstrip("=")


def decode(text: str | None) -> Cursor | None:
    """The row a cursor stands for; None for none. Raises BadRequest (answered 400) for anything we did not make."""
    if not text:
        return None
    try:
        moment, _sep, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not 0 < int(pk) < 2**63:
            raise ValueError(text)
        # SECURITY: databases refuse strange time zones, and the first and last day of the calendar have no other one.
        return parsed.astimezone(UTC), int(pk)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise BadRequest("This cursor is not one of ours.") from error


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the next page or an empty text."""

    items: Sequence[T]
    next: str


def page_of(rows: Any, size: int, *, by: str = "updated") -> Page[Any]:
    """The first `size` of `rows` (an ordered queryset or list, sliced here), looking one further to know of more."""
    found = list(rows[: size + 1])
    items = found[:size]
    more = len(found) > size
    return Page(items, encode(getattr(items[-1], by), items[-1].pk) if more else "")
