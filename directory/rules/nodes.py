"""A rule as a tree, and the limits of its size. What its values mean is `values`' business."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MAX_DEPTH = 5
MAX_CLAUSES = 50
MAX_VALUE = 200

# What a clause may be about, in the order in which it is offered.
ATTRIBUTES: dict[str, Promise] = {
    "unit": gettext_lazy("Unit"),
    "borough": gettext_lazy("Borough"),
    "site": gettext_lazy("Place of work"),
    "job_class": gettext_lazy("Job class"),
    "kind": gettext_lazy("Staff or elected"),
    "manager": gettext_lazy("Manager"),
    "language": gettext_lazy("Language of the interface"),
    "group": gettext_lazy("Member of a group"),
    "community": gettext_lazy("Member of a community"),
}
# Those that need no value.
PLAIN = frozenset({"manager"})


@dataclass(frozen=True)
class Clause:
    """One condition. `value`: a uuid or a key; `below`: a unit with everything under it."""

    attribute: str
    value: str = ""
    below: bool = False


@dataclass(frozen=True)
class Combination:
    """Several conditions. `word`: all of them hold, or any of them does."""

    word: str
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Negation:
    """A condition that must not hold."""

    part: "Clause | Combination"


Node = Clause | Combination | Negation


def parse(rule: Any) -> Node:
    """The tree of a rule. ValidationError, in words, for anything that is not one or is too large."""
    clauses = iter(range(MAX_CLAUSES))

    def read(one: Any, depth: int) -> Node:
        if not isinstance(one, dict):
            raise _not_a_rule()
        if set(one) == {"not"}:
            part = read(one["not"], depth)
            # One way to say a thing: the opposite of an opposite is left out.
            if isinstance(part, Negation):
                raise _not_a_rule()
            return Negation(part)
        word = next((word for word in ("all", "any") if set(one) == {word}), "")
        if word:
            if depth > MAX_DEPTH:
                message = ngettext(
                    "Conditions are nested too deep: at most %(max)s level.",
                    "Conditions are nested too deep: at most %(max)s levels.",
                    MAX_DEPTH,
                )
                raise ValidationError(message, code="too_deep", params={"max": MAX_DEPTH})
            parts = one[word]
            if not isinstance(parts, list):
                raise _not_a_rule()
            # SECURITY: "all of nothing" would be everybody.
            if not parts:
                raise ValidationError(_("Add at least one condition to each set of conditions."), code="empty")
            return Combination(word, tuple(read(part, depth + 1) for part in parts))
        if next(clauses, None) is None:
            message = ngettext(
                "There are too many conditions: at most %(max)s.",
                "There are too many conditions: at most %(max)s.",
                MAX_CLAUSES,
            )
            raise ValidationError(message, code="too_many", params={"max": MAX_CLAUSES})
        return _clause(one)

    return read(rule, 1)


def _clause(one: dict[str, Any]) -> Clause:
    attribute, value, below = one.get("is"), one.get("value", ""), one.get("below", False)
    if not isinstance(attribute, str) or attribute not in ATTRIBUTES:
        raise ValidationError(
            _("The directory knows nothing named “%(name)s”."),
            code="unknown_attribute",
            params={"name": str(attribute)[:40]},
        )
    if not set(one) <= {"is", "value", "below"} or not isinstance(value, str) or not isinstance(below, bool):
        raise _not_a_rule()
    if below and attribute != "unit":
        raise _not_a_rule()
    if (attribute in PLAIN) != (value == "") or len(value) > MAX_VALUE or "\0" in value:
        message = _("The condition “%(name)s” has no value, or one it cannot have.")
        raise ValidationError(message, code="no_value", params={"name": ATTRIBUTES[attribute]})
    return Clause(attribute, value, below)


def _not_a_rule() -> ValidationError:
    return ValidationError(_("This is not a rule."), code="not_a_rule")


def clauses_of(node: Node) -> Iterator[Clause]:
    """Every clause of a tree, in reading order."""
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, Negation):
        yield from clauses_of(node.part)
    else:
        for part in node.parts:
            yield from clauses_of(part)
