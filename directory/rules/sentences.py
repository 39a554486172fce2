"""A rule in words, for whoever reads or composes it."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from ..mapping import JOB_CLASSES
from ..models import Person
from .nodes import Clause, Combination, Negation, Node, parse
from .values import Values, unseen_by, values_of


def sentence_of(rule: Any, *, reader: Any) -> str:
    """The rule as one sentence in the active language. At most seven queries; ValidationError for what is no rule.

    SECURITY: groups and communities that `reader` may not know of are not named.
    """
    node = parse(rule)
    text = _sentence(node, values_of([node]), unseen_by(reader, node), is_inside=False)
    return f"{text[:1].upper()}{text[1:]}."


def _sentence(
    node: Node, values: Values, unseen: Collection[tuple[str, str]], *, is_inside: bool, is_negated: bool = False
) -> str:
    if isinstance(node, Negation):
        return _sentence(node.part, values, unseen, is_inside=is_inside, is_negated=True)
    if isinstance(node, Clause):
        return clause_sentence(node, values, unseen, is_negated)
    parts = [_sentence(part, values, unseen, is_inside=True) for part in node.parts]
    if is_negated:
        return _("except (%(conditions)s)") % {"conditions": _joined(node, parts)}
    text = _joined(node, parts)
    return f"({text})" if is_inside and len(parts) > 1 else text


def _joined(node: Combination, parts: list[str]) -> str:
    return (_(", and ") if node.word == "all" else _(", or ")).join(parts)


def clause_sentence(
    clause: Clause, values: Values, unseen: Collection[tuple[str, str]], is_negated: bool = False
) -> str:
    """One clause in words: « unité Verdun et tout ce qui en relève »."""
    if not values.has(clause):
        return _GONE[clause.attribute]()
    if (clause.attribute, clause.value) in unseen:
        hidden = _("member of a group you do not see"), _("member of a community you do not see")
        return _negated(hidden[clause.attribute == "community"], is_negated)
    name = _name(clause, values)
    if clause.attribute == "unit" and clause.below:
        text = (
            _("outside the unit %(name)s and everything below it")
            if is_negated
            else _("unit %(name)s and everything below it")
        )
        return text % {"name": name}
    if clause.attribute == "kind":
        return _negated(_KINDS[clause.value](), is_negated)
    positive, negative = _WORDS[clause.attribute]()
    return (negative if is_negated else positive) % {"name": name}


def _negated(text: str, is_negated: bool) -> str:
    return _("not %(condition)s") % {"condition": text} if is_negated else text


def _name(clause: Clause, values: Values) -> str:
    value = clause.value
    if clause.attribute in ("unit", "borough"):
        return values.units[value].name
    if clause.attribute == "group":
        return values.groups[value].name
    if clause.attribute == "community":
        return values.spaces[value].name
    if clause.attribute == "job_class":
        return str(JOB_CLASSES.get(value, value))
    if clause.attribute == "language":
        return _("French") if value == "fr" else _("English")
    return value


# Functions: the texts are those of the language that is active when they are read.
_WORDS = {
    "unit": lambda: (_("unit %(name)s itself"), _("not the unit %(name)s itself")),
    "borough": lambda: (_("borough %(name)s"), _("outside the borough %(name)s")),
    "site": lambda: (_("place of work %(name)s"), _("not at the place of work %(name)s")),
    "job_class": lambda: (_("job class %(name)s"), _("not of the job class %(name)s")),
    "manager": lambda: (_("manager"), _("not a manager")),
    "language": lambda: (_("interface in %(name)s"), _("interface not in %(name)s")),
    "group": lambda: (_("member of the group “%(name)s”"), _("not a member of the group “%(name)s”")),
    "community": lambda: (_("member of the community “%(name)s”"), _("not a member of the community “%(name)s”")),
}
_KINDS = {
    Person.Kind.EMPLOYEE.value: lambda: _("member of the staff"),
    Person.Kind.ELECTED.value: lambda: _("elected official"),
    Person.Kind.EXTERNAL.value: lambda: _("external"),
}
_GONE = {
    "unit": lambda: _("a unit that no longer exists (nobody)"),
    "borough": lambda: _("a borough that no longer exists (nobody)"),
    "site": lambda: _("a place of work where there is nobody any more"),
    "job_class": lambda: _("a job class that nobody has any more"),
    "kind": lambda: _("a kind of person that does not exist (nobody)"),
    "language": lambda: _("a language that does not exist (nobody)"),
    "group": lambda: _("a group that no longer exists (nobody)"),
    "community": lambda: _("a community that no longer exists (nobody)"),
}
