"""Principals: the short strings that say who someone is to the city.

`everyone`, `elected`, `unit:12` (ancestors included), `group:9`, `space:7`, `person:42`. Apps that know about people
register a provider; the floor asks the providers and never knows who they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Q

T = TypeVar("T")

EVERYONE = "everyone"
ELECTED = "elected"
_FORM = re.compile(r"everyone|elected|(?!everyone|elected)[a-z]+:[1-9][0-9]{0,17}")


def principal(prefix: str, pk: int) -> str:
    """The principal of one unit, group, space or person: `principal("unit", 12)` is `"unit:12"`."""
    return f"{prefix}:{pk}"


@dataclass(frozen=True)
class Known:
    """A principal as somebody may know it.

    key: what forms and the API call it, with a uuid instead of an id: `person:6c0333e4-…`. note: what tells it from
    others of its name. person: who it is, where it is one.
    """

    principal: str
    key: str
    label: str
    icon: str
    note: str = ""
    url: str = ""
    person: Any = None


class PrincipalProvider(Protocol):
    """What an app tells the floor about people. `order` decides who answers first; later ones see what is known."""

    order: int
    prefixes: frozenset[str]

    def principals_of(self, people: Sequence[Any], known: Sequence[frozenset[str]]) -> Iterable[Iterable[str]]:
        """The principals this provider gives each of `people`, in their order, given those the earlier providers gave
        them. As many queries for one as for a hundred."""
        ...

    def holders(self, principals: Iterable[str]) -> Q:
        """The condition on people who hold any of `principals` (all of this provider's prefixes)."""
        ...

    def label(self, principal: str) -> str:
        """How a person reads the principal, in the active language."""
        ...

    def known(self, reader: Any, principals: Iterable[str], keys: Iterable[str]) -> Iterable[Known]:
        """Those of `principals`, and of what `keys` name, that `reader` may know of. As many queries for one as for a
        hundred. SECURITY: others are left out, as if there were none."""
        ...

    def head_counts(self, principals: Iterable[str]) -> Mapping[str, int]:
        """How many active people hold each of `principals`. As many queries for one as for a hundred."""
        ...

    def closed_to(self, reader: Any, principals: Iterable[str]) -> Iterable[str]:
        """Those of `principals` of which `reader` may know how many people hold them, and not who."""
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


def by_provider(principals: Iterable[str]) -> list[tuple[PrincipalProvider, set[str]]]:
    """The principals by who knows them. LookupError for one that nobody provides."""
    found: dict[int, tuple[PrincipalProvider, set[str]]] = {}
    for one in principals:
        provider = provider_of(one)
        found.setdefault(id(provider), (provider, set()))[1].add(one)
    return list(found.values())


def resolved(person: Any, key: str, compute: Callable[[], T]) -> T:
    """What was worked out about `person`, once per request.

    It is kept on the person object, which lives for one request, and never longer: across requests it would grow
    stale. Long-lived holders (sockets, workers) call `forget(person)` before each decision.
    """
    memo = person.__dict__.setdefault("_resolved", {})
    if key not in memo:
        memo[key] = compute()
    return memo[key]


def resolve_together(people: Iterable[Any], key: str, compute: Callable[[list[Any]], Iterable[Any]]) -> None:
    """`resolved` for many people at once: `compute` is given those of whom it is not known yet, and answers in their
    order."""
    unknown = [one for one in people if key not in one.__dict__.setdefault("_resolved", {})]
    if unknown:
        for person, value in zip(unknown, compute(unknown), strict=True):
            person.__dict__["_resolved"][key] = value


def forget(person: Any, key: str = "") -> None:
    """Forget what `resolved` kept, after a change of what the person may reach; or one thing of it, by its key."""
    if key:
        person.__dict__.get("_resolved", {}).pop(key, None)
    else:
        person.__dict__.pop("_resolved", None)


def principals_of(person: Any) -> frozenset[str]:
    """Every principal of `person`; empty for anonymous and deactivated people, who therefore see nothing."""
    return resolved(person, "principals", lambda: _principals([person])[0])


def resolve_principals(people: Iterable[Any]) -> None:
    """Work out the principals of many people together, for `principals_of` to find: the queries of one."""
    resolve_together(people, "principals", _principals)


def _principals(people: Sequence[Any]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = [frozenset()] * len(people)
    # SECURITY: who is not an active person holds no principal at all.
    active = [place for place, one in enumerate(people) if one.is_authenticated and one.is_active]
    for provider in _providers if active else ():
        given = provider.principals_of([people[place] for place in active], [found[place] for place in active])
        for place, more in zip(active, given, strict=True):
            found[place] = found[place].union(more)
    return found


def holders_of(principals: Iterable[str]) -> Q:
    """The condition, on the person table, of holding any of `principals`. An empty set holds nobody."""
    condition = Q(pk__in=[])
    for provider, theirs in by_provider(principals):
        condition |= provider.holders(theirs)
    return condition & Q(is_active=True)


def label_of(principal: str) -> str:
    """How a person reads the principal, in the active language."""
    return provider_of(principal).label(principal)


def uuids_of(keys: Iterable[str], prefix: str) -> list[UUID]:
    """The uuids of those of `keys` that have this prefix. What is none is left out."""
    found = []
    for one in keys:
        kind, _colon, text = one.partition(":")
        if kind == prefix:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
    return found


def known_to(reader: Any, principals: Iterable[str]) -> dict[str, Known]:
    """Those of `principals` that `reader` may know of, by principal. LookupError for one that nobody provides."""
    return {
        known.principal: known
        for provider, theirs in by_provider(principals)
        for known in provider.known(reader, sorted(theirs), ())
    }


def named_by(reader: Any, keys: Iterable[str]) -> dict[str, Known]:
    """What `keys` (see `Known`) name, by key, as far as `reader` may know of it. Anything else is left out."""
    wanted = sorted(set(keys))
    return {
        known.key: known
        for provider in _providers
        if (theirs := [one for one in wanted if one.partition(":")[0] in provider.prefixes])
        for known in provider.known(reader, (), theirs)
    }
