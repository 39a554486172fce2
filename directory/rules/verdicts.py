"""What a rule says of one person, condition by condition."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from foundation.spaces.querysets import my_space_ids

from ..models import Group, Person
from .nodes import Clause, Combination, Negation, Node, parse
from .sentences import clause_sentence
from .values import Values, unseen_by, values_of


@dataclass(frozen=True)
class Verdict:
    """One condition. `holds`: yes, no, or None where what it names is gone and it can be neither.

    `word` and `parts`: for a set of conditions, whether all or any of them must hold.
    """

    sentence: str
    holds: bool | None
    word: str = ""
    parts: "tuple[Verdict, ...]" = ()


class _Facts:
    """What is asked of the person; each thing is read once, when a clause asks for it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @cached_property
    def group_ids(self) -> frozenset[int]:
        through = Group.members.through.objects.filter(person_id=self.person.pk)
        return frozenset(through.values_list("group_id", flat=True))

    @cached_property
    def space_ids(self) -> frozenset[int]:
        return frozenset(my_space_ids(self.person))

    def fits(self, clause: Clause, values: Values) -> bool | None:
        if not values.has(clause):
            return None
        person, value = self.person, clause.value
        questions: dict[str, Callable[[], bool]] = {
            "unit": lambda: self._is_in(values.units[value].pk, clause.below),
            "borough": lambda: person.borough_id == values.units[value].pk,
            "group": lambda: values.groups[value].pk in self.group_ids,
            "community": lambda: values.spaces[value].pk in self.space_ids,
            "manager": lambda: person.is_manager,
        }
        plain = questions.get(clause.attribute)
        return plain() if plain else getattr(person, clause.attribute) == value

    def _is_in(self, unit_id: int, below: bool) -> bool:
        if person_unit := self.person.unit:
            return unit_id in person_unit.ancestor_ids if below else unit_id == person_unit.pk
        return False


def why(rule: Any, person: Person, *, reader: Any) -> Verdict:
    """Whether the rule takes `person` in, and each condition with its own answer. ValidationError for what is no rule.

    `person`: read with their unit. `reader`: names they may not know are not said. SECURITY: who may ask at all is the
    caller's question (`hides_people_from`).
    """
    node = parse(rule)
    values, unseen, facts = values_of([node]), unseen_by(reader, node), _Facts(person)
    verdict = _verdict(node, values, unseen, facts, False)
    extra = []
    if not person.is_active:
        extra.append(Verdict(_("has an active account"), False))
    if person.kind == Person.Kind.EXTERNAL and verdict.holds and not _names_externals(node, values, facts):
        extra.append(Verdict(_("is external, and a condition names externals"), False))
    if not extra:
        return verdict
    return Verdict(_("All of these conditions"), False, "all", (verdict, *extra))


def _together(answers: Collection[bool | None], word: str) -> bool | None:
    """Yes, no or neither, as a whole."""
    decisive = word == "any"
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _verdict(
    node: Node, values: Values, unseen: Collection[tuple[str, str]], facts: _Facts, is_negated: bool
) -> Verdict:
    if isinstance(node, Negation):
        return _verdict(node.part, values, unseen, facts, True)
    holds: bool | None
    parts: tuple[Verdict, ...] = ()
    if isinstance(node, Clause):
        holds, word = facts.fits(node, values), ""
        sentence = clause_sentence(node, values, unseen, is_negated)
    else:
        parts = tuple(_verdict(part, values, unseen, facts, False) for part in node.parts)
        holds, word = _together([part.holds for part in parts], node.word), node.word
        sentence = _combination_sentence(node, is_negated)
    return Verdict(sentence, not holds if is_negated and holds is not None else holds, word, parts)


def _combination_sentence(node: Combination, is_negated: bool) -> str:
    if node.word == "all":
        return _("Not all of these conditions") if is_negated else _("All of these conditions")
    return _("None of these conditions") if is_negated else _("At least one of these conditions")


def _names_externals(node: Node, values: Values, facts: _Facts) -> bool:
    """SECURITY: as in `conditions`, an external is taken in by a clause that names externals, or not at all."""
    if isinstance(node, Clause):
        return node == Clause("kind", Person.Kind.EXTERNAL) and facts.person.kind == Person.Kind.EXTERNAL
    if isinstance(node, Negation):
        return False
    if not any(_names_externals(part, values, facts) for part in node.parts):
        return False
    return node.word == "any" or bool(_verdict(node, values, (), facts, False).holds)
