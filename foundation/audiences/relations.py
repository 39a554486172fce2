"""What the floor asks about how people stand to each other: manager, stand-in, unit. Answered by a registered provider.

The floor keeps no such facts: the app that knows people registers itself when it starts, as providers of principals do.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Q


@dataclass(frozen=True)
class UnitGroup:
    """A borough or central service, for figures by unit. key: what addresses and the API call it."""

    key: str
    label: str


class RelationsProvider(Protocol):
    """What an app that knows people tells the floor about them."""

    # The ways from the person table: to the key of their unit, and to the name lists are sorted by.
    unit_field: str
    sort_field: str

    def managers_of(self, ids: Collection[int]) -> dict[int, int]:
        """`{person: their active manager}`; those without one are left out."""
        ...

    def reports_of(self, manager: Any) -> Q:
        """The condition on people of reporting directly to `manager`."""
        ...

    def delegates_of(self, day: date) -> dict[int, int]:
        """`{person away on that day: who stands in}`; only active people, only those who named somebody."""
        ...

    def unit_groups(self, unit_ids: Iterable[int | None]) -> dict[int | None, UnitGroup]:
        """The borough or central service above each unit, named in the active language."""
        ...

    def people_in(self, key: str) -> Q:
        """The condition on people of belonging to a group of `unit_groups`, by its key. Nobody for an unknown one."""
        ...

    def with_unit_names(self, unit_ids: Iterable[int | None]) -> dict[int | None, str]:
        """The names of units in the active language."""
        ...


_provider: list[RelationsProvider] = []


def register_relations(provider: RelationsProvider) -> None:
    """Name who answers. Twice is a programming error: ValueError."""
    if _provider:
        raise ValueError("relations between people registered twice")
    _provider.append(provider)


def relations() -> RelationsProvider:
    """Who answers; LookupError when no app registered."""
    if not _provider:
        raise LookupError("no app told the floor how people stand to each other")
    return _provider[0]


def managers_of(ids: Collection[int]) -> dict[int, int]:
    """`{person: their active manager}`; those without one are left out."""
    return relations().managers_of(ids)


def delegates_of(day: date) -> dict[int, int]:
    """`{person away on that day: who stands in}`."""
    return relations().delegates_of(day)


def reports_of(manager: Any) -> Q:
    """The condition on people of reporting directly to `manager`."""
    return relations().reports_of(manager)
