"""Rules over what the directory knows of people: « unité Verdun et tout ce qui en relève, et gestionnaire ».

A rule is kept as JSON on `Group.rule`:

    {"all": [{"is": "unit", "value": "<uuid>", "below": true}, {"not": {"is": "manager"}}, {"any": [...]}]}

Its values are uuids and keys, never database ids. `check` says whether it can be kept, `condition_of` whom it
describes, `sentence_of` how a manager reads it, `why` what it says of one person.

SECURITY: a value that is gone (a closed unit, a withdrawn group) is neither true nor false: it takes nobody in, negated
or not. And externals are taken in only by a clause that names them ("kind" is "external"), whatever else is true.
"""

from .checks import check, depends_on, evaluation_order
from .conditions import condition_of
from .nodes import (
    ATTRIBUTES,
    MAX_CLAUSES,
    MAX_DEPTH,
    Clause,
    Combination,
    Negation,
    Node,
    clauses_of,
    parse,
)
from .sentences import sentence_of
from .values import Values, hides_people_from, unseen_by, values_of
from .verdicts import Verdict, why

__all__ = [
    "ATTRIBUTES",
    "MAX_CLAUSES",
    "MAX_DEPTH",
    "Clause",
    "Combination",
    "Negation",
    "Node",
    "Values",
    "Verdict",
    "check",
    "clauses_of",
    "condition_of",
    "depends_on",
    "evaluation_order",
    "hides_people_from",
    "parse",
    "sentence_of",
    "unseen_by",
    "values_of",
    "why",
]
