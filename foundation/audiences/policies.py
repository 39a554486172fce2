"""Rules: who may do what. A rule is a small function that answers `Allowed()` or `Denied(reason)`.

Reading is not decided here: `visible_to` does that. Rules live in each app's `policies.py` and are asked by name, so
that a refusal carries the same reason on the page, in the API and in a file manager.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.functional import Promise


@dataclass(frozen=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """No, and why, in words for the person who asked."""

    reason: str | Promise

    def __bool__(self) -> bool:
        return False


Answer = Allowed | Denied
Rule = Callable[[Any, Any], Answer]
Candidates = Callable[[Any], Q]


@dataclass(frozen=True)
class _Entry:
    function: Rule
    candidates: Candidates


_rules: dict[str, _Entry] = {}


class Refused(PermissionDenied):
    """An action was refused; `reason` is shown to the person. Answered as 403."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(str(denied.reason))
        self.reason = denied.reason


def _everyone_active(_: Any) -> Q:
    return Q(is_active=True)


def rule(name: str, *, candidates: Candidates = _everyone_active) -> Callable[[Rule], Rule]:
    """Register a rule under `"app.verb_noun"`.

    `candidates(obj)` is a condition on people that holds for everyone the rule may allow; `people_who_can` asks the
    rule itself only about those.
    """

    def decorate(function: Rule) -> Rule:
        if name in _rules:
            raise ValueError(f"rule registered twice: {name}")
        _rules[name] = _Entry(function, candidates)
        return function

    return decorate


def is_rule(name: str) -> bool:
    """Whether a rule has that name."""
    return name in _rules


def ask(person: Any, name: str, obj: Any) -> Answer:
    """The rule's answer. LookupError for an unknown rule: a mistyped name must never read as a refusal or a yes."""
    if name not in _rules:
        raise LookupError(f"no rule named {name!r}")
    return _rules[name].function(person, obj)


def require(person: Any, name: str, obj: Any) -> None:
    """Raise `Refused` with the rule's reason unless it allows."""
    answer = ask(person, name, obj)
    if isinstance(answer, Denied):
        raise Refused(answer)


def people_who_can(name: str, obj: Any) -> list[Any]:
    """The active people the rule allows on `obj`. One query for the candidates, then the rule on each of them."""
    if name not in _rules:
        raise LookupError(f"no rule named {name!r}")
    people: Iterable[Any] = _people(_rules[name].candidates(obj))
    return [person for person in people if ask(person, name, obj)]


def _people(condition: Q) -> QuerySet:
    return get_user_model()._default_manager.filter(condition, is_active=True).order_by("pk").distinct()
