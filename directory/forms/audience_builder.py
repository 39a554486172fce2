"""The audience builder: a rule composed clause by clause, its whole state in form fields, with or without script.

    builder = AudienceBuilder(request.POST or None, author=request.user, rule=group.rule)

Its markup goes inside the page's own form: {% include "directory/audience_builder/audience_builder.html" %}. When
`is_composing`, a button of the builder was pressed: show the form again. Otherwise `is_valid()`, then `rule`.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..models import Person
from ..rules import (
    ATTRIBUTES,
    MAX_CLAUSES,
    MAX_DEPTH,
    Combination,
    Negation,
    Node,
    Verdict,
    check,
    clauses_of,
    condition_of,
    hides_people_from,
    parse,
    why,
)
from ..rules.nodes import PLAIN
from .choices import SHOWN, SUGGESTED, TYPED, Choice, person_named, resolve

SAMPLE = 8
# SECURITY: where members are hidden, a count as small as this would tell who they are.
SMALL = 10
# Fields read of one form: more were not made by our markup.
MOST_LINES = 4 * MAX_CLAUSES
# How a set of conditions is chosen in the form: its word, and whether it is negated.
WORDS = {"all": ("all", False), "any": ("any", False), "none": ("any", True), "not_all": ("all", True)}


@dataclass
class Line:
    """One clause, as it stands in the form: `text` is what was typed, `value` what it stands for."""

    attribute: str
    value: str = ""
    text: str = ""
    below: bool = False
    is_negated: bool = False
    error: str = ""
    path: str = ""
    is_hidden: bool = False

    is_set = False

    @property
    def label(self) -> Any:
        return ATTRIBUTES[self.attribute]

    @property
    def is_plain(self) -> bool:
        """Whether it needs no value."""
        return self.attribute in PLAIN


@dataclass
class LineSet:
    """Clauses of which all or any must hold."""

    word: str = "all"
    is_negated: bool = False
    parts: "list[Line | LineSet]" = field(default_factory=list)
    path: str = "0"
    depth: int = 1

    is_set = True

    @property
    def choice(self) -> str:
        """As the form says it: all, any, none or not_all."""
        return next(name for name, said in WORDS.items() if said == (self.word, self.is_negated))

    @property
    def can_nest(self) -> bool:
        return self.depth < MAX_DEPTH


@dataclass(frozen=True)
class Preview:
    """Whom the rule describes now. `count` is None while the rule is not complete; `sample` is empty where the members
    of what it names are hidden from its author (`hides_people`)."""

    count: int | None = None
    is_small: bool = False
    sample: tuple[Person, ...] = ()
    hides_people: bool = False
    asked: Person | None = None
    verdict: Verdict | None = None
    asked_error: str = ""
    # Why there is nothing to count yet.
    problem: str = ""


class AudienceBuilder:
    """A rule being composed by `author`. `data`: what the form sent, or None; `rule`: the one it begins with.

    SECURITY: what `author` does not see can be neither chosen nor counted; `rule` may hold such things, put there by
    somebody else, which stay where they are, unnamed.
    """

    def __init__(self, data: Any = None, *, author: Any, rule: Any = None, prefix: str = "audience") -> None:
        self.data, self.author, self.prefix, self.kept = data, author, prefix, rule
        self.errors: list[str] = []
        # The line that was just added: where the cursor goes.
        self.new_path = ""
        self.button = data.get(f"{prefix}-do", "") if data is not None else ""
        self.root = self._from_rule(rule) if data is None else self._from_data()
        if self.button:
            self._press()
        self._number(self.root, "0", 1)
        self._resolve()

    @property
    def is_composing(self) -> bool:
        """Whether a button of the builder was pressed, rather than the form's own."""
        return bool(self.button)

    @property
    def attributes(self) -> list[tuple[str, Any]]:
        """What a clause may be about."""
        return list(ATTRIBUTES.items())

    @cached_property
    def lines(self) -> list[Line]:
        """Every clause, in reading order."""
        return list(_lines(self.root))

    @cached_property
    def rule(self) -> Any:
        """What the form says now, as it would be kept."""
        return _written(self.root)

    @cached_property
    def choices(self) -> dict[str, list[Choice]]:
        """For each attribute that some clause is about, what it can be."""
        sources = {**SHOWN, **TYPED}
        return {one: sources[one](self.author) for one in sources if any(line.attribute == one for line in self.lines)}

    @property
    def shown_choices(self) -> dict[str, list[Choice]]:
        return {one: self.choices[one] for one in SHOWN if one in self.choices}

    @property
    def suggestions(self) -> dict[str, list[Choice]]:
        """What the browser suggests while one types."""
        return {one: self.choices[one][:SUGGESTED] for one in TYPED if one in self.choices}

    def is_valid(self, group: Any = None) -> bool:
        """Whether the rule can be kept (as that of `group`); `errors` says what is wrong."""
        if any(line.error for line in self.lines):
            self.errors = [_("Complete the conditions that are marked.")]
        elif not self.errors:
            try:
                check(self.rule, author=self.author, kept=self.kept, group=group)
            except ValidationError as error:
                self.errors = list(error.messages)
        return not self.errors

    @cached_property
    def preview(self) -> Preview:
        """Whom it describes now: how many, some of them, and whether the person asked about is one."""
        if not self.lines:
            return Preview()
        if not self.is_valid():
            return Preview(problem=self.errors[0])
        hides = hides_people_from(self.author, self.rule)
        people = Person.objects.filter(condition_of(self.rule))
        count = people.count()
        if hides:
            return Preview(count, count < SMALL, hides_people=True)
        # In an order that means nothing, always the same: not the first of the alphabet.
        sample = tuple(people.for_rows().with_unit().order_by("uuid")[:SAMPLE])
        asked, verdict, asked_error = None, None, ""
        if text := (self.data or {}).get(f"{self.prefix}-person", ""):
            try:
                asked = person_named(text, self.author)
                verdict = why(self.rule, asked, reader=self.author)
            except ValidationError as error:
                asked_error = error.messages[0]
        return Preview(count, False, sample, False, asked, verdict, asked_error)

    @property
    def person_text(self) -> str:
        """What was typed to ask about somebody."""
        return (self.data or {}).get(f"{self.prefix}-person", "")[:254]

    # -- From a rule, from a form ---------------------------------------------------------------------------------

    def _from_rule(self, rule: Any) -> LineSet:
        try:
            node: Node | None = None if rule is None else parse(rule)
        except ValidationError as error:
            self.errors = list(error.messages)
            node = None
        if node is None:
            return LineSet()
        shape = _shape(node)
        is_root = isinstance(shape, LineSet) and not shape.is_negated
        return shape if is_root and isinstance(shape, LineSet) else LineSet(parts=[shape])

    def _from_data(self) -> LineSet:
        """The lines of the form, in the order of their paths ("0_2_1"). What our markup did not make is left out."""
        form = re.compile(re.escape(self.prefix) + r"-(0(?:_[0-9]{1,4}){0,9})-(is|word)")
        found = [match for key in self.data if (match := form.fullmatch(key))]
        if len(found) > MOST_LINES:
            self.errors = [_("There are too many conditions: at most %(max)s.") % {"max": MAX_CLAUSES}]
            found = []
        by_path: dict[tuple[int, ...], Line | LineSet] = {}
        for match in sorted(found, key=lambda one: _steps(one[1])):
            steps = _steps(match[1])
            line = self._line(match[1], match[2])
            if steps == (0,) and isinstance(line, LineSet):
                by_path[steps] = line
            elif line is not None and isinstance(parent := by_path.get(steps[:-1]), LineSet):
                by_path[steps] = line
                parent.parts.append(line)
        root = by_path.get((0,))
        return root if isinstance(root, LineSet) else LineSet()

    def _line(self, path: str, kind: str) -> "Line | LineSet | None":
        if kind == "word":
            word, is_negated = WORDS.get(self._field(path, "word"), WORDS["all"])
            # The whole is what the rule says: it is never negated.
            return LineSet(word, is_negated and path != "0", path=path)
        is_negated = self._field(path, "not") == "1"
        attribute = self._field(path, "is")
        if attribute not in ATTRIBUTES:
            return None
        below = attribute == "unit" and self._field(path, "below") == "1"
        return Line(attribute, self._field(path, "value"), self._field(path, "text"), below, is_negated, path=path)

    def _field(self, path: str, name: str) -> str:
        return self.data.get(f"{self.prefix}-{path}-{name}", "").replace("\0", "")[:200]

    # -- Buttons --------------------------------------------------------------------------------------------------

    def _press(self) -> None:
        act, _colon, path = self.button.partition(":")
        target, parent = _found(self.root, path)
        if act == "remove" and parent is not None:
            parent.parts.remove(target)
        if not isinstance(target, LineSet):
            return
        if act == "add" and (attribute := self._field(path, "new")) in ATTRIBUTES and self._has_room():
            target.parts.append(Line(attribute, below=attribute == "unit", path="new"))
        if act == "set" and len(path.split("_")) < MAX_DEPTH and self._has_room():
            target.parts.append(LineSet("any" if target.word == "all" else "all", path="new"))

    def _has_room(self) -> bool:
        if sum(1 for _line in _lines(self.root)) < MAX_CLAUSES:
            return True
        self.errors = [_("There are too many conditions: at most %(max)s.") % {"max": MAX_CLAUSES}]
        return False

    def _number(self, one: "Line | LineSet", path: str, depth: int) -> None:
        is_new, one.path = one.path == "new", path
        if isinstance(one, LineSet):
            one.depth = depth
            for index, part in enumerate(one.parts):
                self._number(part, f"{path}_{index}", depth + 1)
        if is_new:
            self.new_path = path

    # -- What was typed -------------------------------------------------------------------------------------------

    def _resolve(self) -> None:
        """From what was typed to what it names."""
        hidden = self._kept() - {(name, one.value) for name, some in self.choices.items() for one in some}
        for line in self.lines:
            if line.is_plain:
                line.value = ""
                continue
            if (line.attribute, line.value) in hidden:
                # Put there by somebody who saw it, or gone since: it stays as it is until it is taken out.
                line.is_hidden = True
                continue
            known = {one.value: one for one in self.choices.get(line.attribute, ())}
            chosen = known.get(line.value)
            if line.attribute in TYPED and not (chosen and line.text in ("", chosen.label)):
                line.value, chosen = "", None
                try:
                    chosen = resolve(line.text, self.choices[line.attribute])
                except ValidationError as error:
                    line.error = error.messages[0]
            if chosen:
                line.value, line.text = chosen.value, chosen.label
            elif not line.error:
                line.value, line.error = "", _("Choose a value.")

    def _kept(self) -> set[tuple[str, str]]:
        try:
            return {(one.attribute, one.value) for one in clauses_of(parse(self.kept))} if self.kept else set()
        except ValidationError:
            return set()

    @property
    def is_untouched(self) -> bool:
        """Nothing was sent yet: what is missing is not yet an error."""
        return self.data is None or self.is_composing


def _lines(one: "Line | LineSet") -> Any:
    if isinstance(one, Line):
        yield one
    else:
        for part in one.parts:
            yield from _lines(part)


def _found(one: LineSet, path: str) -> "tuple[Line | LineSet | None, LineSet | None]":
    """The line at a path of the form as it was sent, and the set it stands in."""
    if one.path == path:
        return one, None
    for part in one.parts:
        if part.path == path:
            return part, one
        if isinstance(part, LineSet):
            found = _found(part, path)
            if found[0] is not None:
                return found
    return None, None


def _steps(path: str) -> tuple[int, ...]:
    return tuple(int(step) for step in path.split("_"))


def _written(one: "Line | LineSet") -> Any:
    if isinstance(one, LineSet):
        rule: dict[str, Any] = {one.word: [_written(part) for part in one.parts]}
    else:
        rule = {"is": one.attribute}
        if not one.is_plain:
            rule["value"] = one.value
        if one.below:
            rule["below"] = True
    return {"not": rule} if one.is_negated else rule


def _shape(node: Node) -> "Line | LineSet":
    """The lines of a rule that was kept."""
    if isinstance(node, Negation):
        inner = _shape(node.part)
        inner.is_negated = True
        return inner
    if isinstance(node, Combination):
        return LineSet(node.word, parts=[_shape(part) for part in node.parts])
    return Line(node.attribute, node.value, "", node.below)
