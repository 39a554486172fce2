"""What the clauses of rules name: units, groups, communities, places… read in bulk, whatever the number of clauses."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from foundation.spaces.models import Space

from ..mapping import JOB_CLASSES
from ..models import Group, Person, Unit
from .nodes import Clause, Node, clauses_of, parse

LANGUAGES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Values:
    """What still exists of what clauses name, by uuid or key."""

    units: dict[str, Unit] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    sites: frozenset[str] = frozenset()
    job_classes: frozenset[str] = frozenset()

    def has(self, clause: Clause) -> bool:
        """Whether what the clause names is still there."""
        value = clause.value
        return {
            "unit": lambda: value in self.units,
            "borough": lambda: value in self.units and self.units[value].kind == Unit.Kind.BOROUGH,
            "site": lambda: value in self.sites,
            "job_class": lambda: value in self.job_classes,
            "kind": lambda: value in Person.Kind.values,
            "manager": lambda: True,
            "language": lambda: value in LANGUAGES,
            "group": lambda: value in self.groups,
            "community": lambda: value in self.spaces,
        }[clause.attribute]()


def _named(nodes: Iterable[Node], *attributes: str) -> set[str]:
    return {one.value for node in nodes for one in clauses_of(node) if one.attribute in attributes}


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are uuids, written as we write them."""
    found = []
    for text in texts:
        try:
            one = UUID(text)
        except ValueError:
            continue
        if str(one) == text:
            found.append(one)
    return found


def values_of(nodes: Iterable[Node]) -> Values:
    """What the clauses of these trees name and is still there. At most five queries."""
    nodes = list(nodes)
    units, groups = uuids(_named(nodes, "unit", "borough")), uuids(_named(nodes, "group"))
    spaces, sites = uuids(_named(nodes, "community")), _named(nodes, "site")
    classes = _named(nodes, "job_class")
    known = classes & set(JOB_CLASSES)
    people = Person.objects.filter(is_active=True)
    return Values(
        units={str(one.uuid): one for one in Unit.objects.active().filter(uuid__in=units)} if units else {},
        groups={str(one.uuid): one for one in Group.objects.active().filter(uuid__in=groups)} if groups else {},
        spaces=(
            {str(one.uuid): one for one in Space.objects.filter(uuid__in=spaces, kind=Space.Kind.COMMUNITY)}
            if spaces
            else {}
        ),
        sites=_used(people, "site", sites),
        job_classes=frozenset(known) | _used(people, "job_class", classes - known),
    )


def _used(people: Any, name: str, texts: set[str]) -> frozenset[str]:
    """Those of the texts that some active person has."""
    if not texts:
        return frozenset()
    return frozenset(people.filter(**{f"{name}__in": texts}).values_list(name, flat=True).distinct())


def unseen_by(reader: Any, node: Node) -> frozenset[tuple[str, str]]:
    """The groups and communities of a rule whose very name `reader` may not know, as (attribute, value)."""
    groups, spaces = _named([node], "group"), _named([node], "community")
    seen = set()
    if groups:
        visible = Group.objects.visible_to(reader).filter(uuid__in=uuids(groups))
        seen |= {("group", str(one)) for one in visible.values_list("uuid", flat=True)}
    if spaces:
        known = Space.objects.visible_to(reader).filter(uuid__in=uuids(spaces))
        seen |= {("community", str(one)) for one in known.values_list("uuid", flat=True)}
    return frozenset({*(("group", one) for one in groups), *(("community", one) for one in spaces)} - seen)


def hides_people_from(reader: Any, rule: Any) -> bool:
    """Whether the rule names a group or community whose members `reader` may not read.

    SECURITY: whoever composes a rule must not learn from it who belongs: of such a rule they get no names, no "is this
    person included", and no small numbers. True for what is no rule.
    """
    try:
        node = parse(rule)
    except ValidationError:
        return True
    groups, spaces = _named([node], "group"), _named([node], "community")
    if groups and not reader.is_staff:
        # As in `policies.can_see_group_members`.
        theirs = Group.objects.filter(uuid__in=uuids(groups)).filter(
            Q(pk__in=Group.members.through.objects.filter(person_id=reader.pk).values("group_id"))
            | Q(pk__in=Group.owners.through.objects.filter(person_id=reader.pk).values("group_id"))
        )
        if theirs.count() < len(groups):
            return True
    if not spaces:
        return False
    return Space.objects.readable_by(reader).filter(uuid__in=uuids(spaces)).count() < len(spaces)
