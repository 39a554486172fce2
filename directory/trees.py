"""The tree of units as it is read: by name, with who leads each and how many people are there. Three queries in all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .leadership import NOBODY, Lead, leads_of
from .models import Unit
from .querysets import folded

# Under the same unit: its cabinet, then boroughs, services, divisions.
_KINDS = {kind: place for place, kind in enumerate(("city", "cabinet", "borough", "service", "division"))}


@dataclass(eq=False)
class Node:
    """One unit in the tree. `people`: active people in it; `total`: in it and everything below."""

    unit: Unit
    lead: Lead = NOBODY
    people: int = 0
    total: int = 0
    level: int = 0
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This one, then everything below, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def ancestors(self) -> list["Node"]:
        """From the root down to the one above."""
        found: list[Node] = []
        above = self.parent
        while above is not None:
            found.insert(0, above)
            above = above.parent
        return found


@dataclass(frozen=True)
class Tree:
    """The whole city. Usually one root; units whose parent closed hang under the nearest one that is open."""

    roots: list[Node]
    by_id: dict[int, Node]

    def walk(self) -> Iterator[Node]:
        """Every unit in reading order."""
        for root in self.roots:
            yield from root.walk()


def tree_of(reader: Any, *, on: date | None = None) -> Tree:
    """The open units that `reader` sees."""
    units = Unit.objects.visible_to(reader).active()
    leads = leads_of(reader, on=on)
    people = units.people_per_unit()
    by_id = {
        unit.pk: Node(unit, lead=leads.get(unit.pk, NOBODY), people=people.get(unit.pk, 0)) for unit in units.for_tree()
    }
    roots: list[Node] = []
    for node in by_id.values():
        above = (by_id[one] for one in reversed(node.unit.ancestor_ids[:-1]) if one in by_id)
        node.parent = next(above, None)
        (node.parent.children if node.parent else roots).append(node)
    for root in roots:
        _finish(root, 0)
    return Tree(in_order(roots), by_id)


def in_order(nodes: list[Node]) -> list[Node]:
    """As people read them: by kind, then by name, É beside E."""
    return sorted(nodes, key=lambda one: (_KINDS.get(one.unit.kind, len(_KINDS)), folded(one.unit.name), one.unit.pk))


def _finish(node: Node, level: int) -> None:
    node.level = level
    node.children = in_order(node.children)
    for child in node.children:
        _finish(child, level + 1)
    node.total = node.people + sum(one.total for one in node.children)


@dataclass(frozen=True)
class Line:
    """One line of the tree as a nested list: what opens and closes around it, so that one loop draws it all."""

    node: Node
    is_open: bool
    # How many lists end after this line.
    closes: range


def lines_of(nodes: list[Node], *, opened: set[int] | None = None) -> list[Line]:
    """The trees below these, flattened. `opened`: ids of the branches that stand open; None: only the roots."""
    found: list[Line] = []

    def add(node: Node, ending: int) -> None:
        is_open = node in nodes if opened is None else node.unit.pk in opened
        found.append(Line(node, is_open, range(0 if node.children else ending)))
        for child in node.children:
            is_last = child is node.children[-1]
            add(child, ending + 1 if is_last else 0)

    for node in nodes:
        add(node, 0)
    return found


def matching(tree: Tree, words: str) -> tuple[list[Node], set[int], set[int]]:
    """The part of the tree whose units have every word in a name or code: (roots, ids opened, ids found).

    What leads to a match is kept and opened; what is below one is kept, closed.
    """
    wanted = folded(words.replace("\0", " ")).split()

    def is_match(node: Node) -> bool:
        unit = node.unit
        text = folded(f"{unit.name_fr} {unit.name_en} {unit.code}")
        return all(word in text for word in wanted)

    found = {node.unit.pk for node in tree.walk() if is_match(node)}
    opened = {above.unit.pk for pk in found for above in tree.by_id[pk].ancestors}

    def pruned(node: Node) -> Node | None:
        if node.unit.pk in found and node.unit.pk not in opened:
            return node
        if node.unit.pk not in found | opened:
            return None
        kept = [one for child in node.children if (one := pruned(child))]
        return Node(node.unit, node.lead, node.people, node.total, node.level, node.parent, kept)

    return [one for root in tree.roots if (one := pruned(root))], opened, found
