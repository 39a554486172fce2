"""Whom a rule describes, as a condition on people."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q

from foundation.spaces.policies import members_of

from ..models import Group, Person, Unit
from .nodes import Clause, Combination, Negation, Node, parse
from .values import Values, values_of

NOBODY = Q(pk__in=[])
EXTERNAL = Q(kind=Person.Kind.EXTERNAL)


def condition_of(rule: Any, *, values: Values | None = None) -> Q:
    """The active people a rule describes. ValidationError for what is no rule.

    `values`: what `values_of` read, where many rules are evaluated together.
    """
    node = parse(rule)
    known = values or values_of([node])
    return Q(is_active=True) & ((_condition(node, known, True) & ~EXTERNAL) | _externals(node, known))


def _condition(node: Node, values: Values, is_wanted: bool) -> Q:
    """People for whom `node` is plainly true (or plainly false, unless `is_wanted`)."""
    if isinstance(node, Negation):
        return _condition(node.part, values, not is_wanted)
    if isinstance(node, Combination):
        join = and_ if (node.word == "all") == is_wanted else or_
        return reduce(join, [_condition(part, values, is_wanted) for part in node.parts])
    # SECURITY: what is gone is neither true nor false, so that "not in a closed unit" does not take everybody in.
    if not values.has(node):
        return NOBODY
    held = _clause(node, values)
    return held if is_wanted else ~held


def _externals(node: Node, values: Values) -> Q:
    """SECURITY: externals for whom the rule holds by virtue of a clause that names externals."""
    if isinstance(node, Clause):
        return EXTERNAL if node == Clause("kind", Person.Kind.EXTERNAL) else NOBODY
    if isinstance(node, Negation):
        return NOBODY
    named = [one for one in (_externals(part, values) for part in node.parts) if one is not NOBODY]
    if not named:
        return NOBODY
    condition = reduce(or_, named)
    return condition if node.word == "any" else condition & _condition(node, values, True)


def _clause(clause: Clause, values: Values) -> Q:
    value = clause.value
    if clause.attribute == "unit":
        unit = values.units[value]
        return Q(unit_id__in=Unit.objects.under(unit).values("pk")) if clause.below else Q(unit_id=unit.pk)
    if clause.attribute == "borough":
        return Q(borough_id=values.units[value].pk)
    if clause.attribute == "group":
        through = Group.members.through.objects.filter(group_id=values.groups[value].pk)
        return Q(pk__in=through.values("person_id"))
    if clause.attribute == "community":
        return members_of(values.spaces[value])
    if clause.attribute == "manager":
        return Q(is_manager=True)
    return Q(**{clause.attribute: value})
