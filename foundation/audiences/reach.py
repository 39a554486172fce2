"""How many people principals reach, told without telling who they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from .principals import by_provider, holders_of


@dataclass(frozen=True)
class Reach:
    """How many active people. is_exact: otherwise it is the most they can be."""

    people: int
    is_exact: bool = True


def head_counts(principals: Iterable[str]) -> dict[str, int]:
    """How many active people hold each of `principals`. As many queries for one as for a hundred."""
    return {
        one: count
        for provider, theirs in by_provider(principals)
        for one, count in provider.head_counts(theirs).items()
    }


def how_many(reader: Any, principals: Iterable[str]) -> Reach:
    """How many people hold any of `principals`, each counted once, as far as `reader` may know.

    SECURITY: of a group whose members `reader` does not see, the parts are added up: whether somebody is in both would
    tell who belongs.
    """
    chosen = frozenset(principals)
    closed = frozenset(one for provider, theirs in by_provider(chosen) for one in provider.closed_to(reader, theirs))
    people = get_user_model()._default_manager
    if not closed or closed == chosen:
        return Reach(people.filter(holders_of(chosen)).count())
    apart = sum(head_counts(closed).values())
    return Reach(people.filter(holders_of(chosen - closed)).count() + apart, is_exact=False)
