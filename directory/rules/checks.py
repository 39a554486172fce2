"""Whether a rule can be kept: what it names exists, its author may name it, and groups do not turn in circles."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.spaces.models import Membership, Space

from ..models import Group
from .nodes import Node, clauses_of, parse
from .values import uuids, values_of


def check(rule: Any, *, author: Any = None, kept: Any = None, group: Group | None = None) -> None:
    """ValidationError, in words, unless the rule can be kept.

    `author`: who writes it; they can name only groups they see and communities they read. `kept`: the rule as it was,
    of which they may leave in place what they do not see themselves. `group`: whose rule it is to be.
    """
    node = parse(rule)
    values = values_of([node])
    refused = set() if author is None else _not_theirs(author, node) - _named_by(kept)
    for clause in clauses_of(node):
        # SECURITY: the same words whether it is gone or hidden.
        if not values.has(clause) or (clause.attribute, clause.value) in refused:
            raise ValidationError(_NOT_THERE[clause.attribute](), code="no_such_value", params={"value": clause.value})
    if group is not None and _leads_back(group.uuid, node):
        raise ValidationError(
            _("This rule would depend on itself: one of the groups it names depends on this group."), code="cycle"
        )


def _not_theirs(author: Any, node: Node) -> set[tuple[str, str]]:
    """What `author` may not put in a rule."""
    named = {(one.attribute, one.value) for one in clauses_of(node)}
    groups = {one for one in named if one[0] == "group"}
    spaces = {one for one in named if one[0] == "community"}
    allowed: set[tuple[str, str]] = set()
    if groups:
        visible = Group.objects.visible_to(author).filter(uuid__in=uuids(value for _name, value in groups))
        allowed |= {("group", str(one)) for one in visible.values_list("uuid", flat=True)}
    if spaces:
        readable = Space.objects.readable_by(author).filter(uuid__in=uuids(value for _name, value in spaces))
        allowed |= {("community", str(one)) for one in readable.values_list("uuid", flat=True)}
    return (groups | spaces) - allowed


def _named_by(rule: Any) -> set[tuple[str, str]]:
    if rule is None:
        return set()
    try:
        return {(one.attribute, one.value) for one in clauses_of(parse(rule))}
    except ValidationError:
        return set()


def depends_on(nodes: Mapping[UUID, Node]) -> dict[UUID, set[UUID]]:
    """For each rule, by its group's uuid, the groups whose members it asks about: those it names, and those that
    belong as a whole to a community it names. Two queries at most."""
    communities = {one.value for node in nodes.values() for one in clauses_of(node) if one.attribute == "community"}
    by_space = _groups_of_spaces(communities) if communities else {}
    found: dict[UUID, set[UUID]] = {}
    for key, node in nodes.items():
        direct = {one.value for one in clauses_of(node) if one.attribute == "group"}
        spaces = {one.value for one in clauses_of(node) if one.attribute == "community"}
        found[key] = {*uuids(direct), *(group for space in spaces for group in by_space.get(space, ()))}
    return found


def _groups_of_spaces(spaces: Collection[str]) -> dict[str, set[UUID]]:
    held = Membership.objects.filter(space__uuid__in=uuids(spaces), principal__startswith="group:")
    rows = list(held.values_list("space__uuid", "principal"))
    ids = {int(text.partition(":")[2]) for _space, text in rows if text}
    known = dict(Group.objects.filter(pk__in=ids).values_list("pk", "uuid"))
    found: dict[str, set[UUID]] = {}
    for space, text in rows:
        group = known.get(int(text.partition(":")[2])) if text else None
        if group:
            found.setdefault(str(space), set()).add(group)
    return found


def evaluation_order(nodes: Mapping[UUID, Node]) -> list[UUID]:
    """The rules in an order in which each comes after those it depends on. In a circle, which `check` refuses but a
    later membership of a community may close, each still comes once."""
    needs = depends_on(nodes)
    order: dict[UUID, None] = {}
    for start in nodes:
        waiting: list[tuple[UUID, Iterable[UUID]]] = [(start, iter(sorted(needs[start])))]
        begun = {start}
        while waiting:
            one, rest = waiting[-1]
            following = next((other for other in rest if other in nodes and other not in order), None)
            if following is None:
                order.setdefault(one)
                waiting.pop()
            elif following not in begun:
                begun.add(following)
                waiting.append((following, iter(sorted(needs[following]))))
    return list(order)


def _leads_back(target: UUID, node: Node) -> bool:
    """Whether what `node` asks about depends, step by step, on the group `target`."""
    nodes: dict[UUID, Node] = {}
    for uuid, rule in Group.objects.active().by_rule().values_list("uuid", "rule"):
        try:
            nodes[uuid] = parse(rule)
        except ValidationError:
            continue
    nodes[target] = node
    needs = depends_on(nodes)
    waiting, seen = list(needs[target]), set[UUID]()
    while waiting:
        one = waiting.pop()
        if one == target:
            return True
        if one not in seen:
            seen.add(one)
            waiting += needs.get(one, ())
    return False


_NOT_THERE = {
    "unit": lambda: _("A condition names a unit that does not exist, or no longer does."),
    "borough": lambda: _("A condition names a borough that does not exist, or no longer does."),
    "site": lambda: _("A condition names a place of work where there is nobody."),
    "job_class": lambda: _("A condition names a job class that nobody has."),
    "kind": lambda: _("A condition names a kind of person that does not exist."),
    "language": lambda: _("A condition names a language that the portal does not have."),
    "group": lambda: _("A condition names a group that does not exist, or that you do not see."),
    "community": lambda: _("A condition names a community that does not exist, or that you do not read."),
}
