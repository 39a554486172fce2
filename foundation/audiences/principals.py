"""Principals: the short strings that say who someone is to the city.

`everyone`, `elected`, `unit:12` (ancestors included), `group:9`, `space:7`, `person:42`. Apps that know about people
register a provider; the floor asks the providers and never knows who they are.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from django.db.models import Q

T = TypeVar("T")

EVERYONE = "everyone"
ELECTED = "elected"
_FORM = re.compile(r"everyone|elected|(?!everyone|elected)[a-z]+:[1-9][0-9]{0,17}")


def principal(prefix: str, pk: int) -> str:
    """The principal of one unit, group, space or person: `principal("unit", 12)` is `"unit:12"`."""
    return f"{prefix}:{pk}"


class PrincipalProvider(Protocol):
    """What an app tells the floor about people. `order` decides who answers first; later ones see what is known."""

    order: int
    prefixes: frozenset[str]

    def principals_of(self, person: Any, known: frozenset[str]) -> Iterable[str]:
        """The principals this provider gives `person`, given those the earlier providers gave."""
        ...

    def holders(self, principals: Iterable[str]) -> Q:
        """The condition on people who hold any of `principals` (all of this provider's prefixes)."""
        ...

    def label(self, principal: str) -> str:
        """How a person reads the principal, in the active language."""
        ...


_providers: list[PrincipalProvider] = []


def register_provider(provider: PrincipalProvider) -> None:
    """Add a provider. Two providers with one prefix are a programming error: ValueError."""
    for other in _providers:
        if other.prefixes & provider.prefixes:
            raise ValueError(f"prefix registered twice: {other.prefixes & provider.prefixes}")
    _providers.append(provider)
    _providers.sort(key=lambda one: one.order)


def provider_of(principal: str) -> PrincipalProvider:
    """The provider that knows `principal`; LookupError when nobody does."""
    prefix = principal.partition(":")[0]
    # SECURITY: one malformed principal in an audience would break every question about its readers.
    if _FORM.fullmatch(principal):
        for provider in _providers:
            if prefix in provider.prefixes:
                return provider
    raise LookupError(f"no provider for the principal {principal!r}")


def resolved(person: Any, key: str, compute: Callable[[], T]) -> T:
    """What was worked out about `person`, once per request.

    It is kept on the person object, which lives for one request, and never longer: across requests it would grow
    stale. Long-lived holders (sockets, workers) call `forget(person)` before each decision.
    """
    memo = person.__dict__.setdefault("_resolved", {})
    if key not in memo:
        memo[key] = compute()
    return memo[key]


def forget(person: Any, key: str = "") -> None:
    """Forget what `resolved` kept, after a change of what the person may reach; or one thing of it, by its key."""
    if key:
        person.__dict__.get("_resolved", {}).pop(key, None)
    else:
        person.__dict__.pop("_resolved", None)


def principals_of(person: Any) -> frozenset[str]:
    """Every principal of `person`; empty for anonymous and deactivated people, who therefore see nothing."""

    def compute() -> frozenset[str]:
        # SECURITY: who is not an active person holds no principal at all.
        if not person.is_authenticated or not person.is_active:
            return frozenset()
        known: frozenset[str] = frozenset()
        for provider in _providers:
            known |= frozenset(provider.principals_of(person, known))
        return known

    return resolved(person, "principals", compute)


def holders_of(principals: Iterable[str]) -> Q:
    """The condition, on the person table, of holding any of `principals`. An empty set holds nobody."""
    by_provider: dict[int, tuple[PrincipalProvider, set[str]]] = {}
    for one in principals:
        provider = provider_of(one)
        by_provider.setdefault(id(provider), (provider, set()))[1].add(one)
    condition = Q(pk__in=[])
    for provider, theirs in by_provider.values():
        condition |= provider.holders(theirs)
    return condition & Q(is_active=True)


def label_of(principal: str) -> str:
    """How a person reads the principal, in the active language."""
    return provider_of(principal).label(principal)
