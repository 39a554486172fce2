"""From Haystack's tree of conditions to an engine's query, object by object: no text of people is ever parsed as a
query. An engine adds the primitives; what words mean is the same everywhere."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from haystack.backends import SearchNode
from haystack.constants import ID
from haystack.exceptions import SearchBackendError
from haystack.inputs import AutoQuery, BaseInput, Exact

from foundation.search.analysis import STOP, Typed, stem, typed, words

from .schema import AUDIENCE, EXACT, HEADS, NARROWED, READERS, SHARED, STEMS, Field, Fields, Kind, plain

Q = TypeVar("Q")

# What counts for more, once the words are there.
HEAD_BOOST, EXACT_BOOST, PHRASE_BOOST, NEAR_BOOST = 2.0, 0.5, 4.0, 3.0
# Words typed beyond this many are left out: a pasted page is no question.
MOST_WORDS = 20

SynonymsOf = Callable[[Sequence[str]], list[tuple[int, list[tuple[str, ...]]]]]


def no_synonyms(_words: Sequence[str]) -> list[tuple[int, list[tuple[str, ...]]]]:
    """For who knows none."""
    return []


@dataclass(frozen=True)
class Asked:
    """Everything about a search besides the words.

    principals: the searcher's; empty finds nothing, None is everything and for the machinery alone. near: principals
    whose things come first. hidden: finds (by their ids) and spaces that are left out whatever the index says.
    is_fuzzy: words may be misspelt.
    """

    principals: frozenset[str] | None = frozenset()
    near: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    hidden_spaces: frozenset[int] = frozenset()
    is_fuzzy: bool = False
    synonyms: SynonymsOf = field(default=no_synonyms, compare=False)


def slips(word: str) -> int:
    """How many letters of a word may be wrong."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 8 else 2


class Compiler(ABC, Generic[Q]):
    """Primitives that an engine gives, and what is made of them."""

    def __init__(self, fields: Fields, asked: Asked) -> None:
        self.fields, self.asked = fields, asked

    # -- what an engine gives

    @abstractmethod
    def every(self) -> Q:
        """Everything there is."""

    @abstractmethod
    def nothing(self) -> Q:
        """Nothing."""

    @abstractmethod
    def term(self, name: str, value: Any) -> Q:
        """One term or value of a field."""

    @abstractmethod
    def phrase(self, name: str, found: Sequence[str]) -> Q:
        """Two words or more, one after the other."""

    @abstractmethod
    def prefix(self, name: str, beginning: str) -> Q:
        """A term that begins so."""

    @abstractmethod
    def containing(self, name: str, piece: str, *, at_end: bool = False) -> Q:
        """A term with this in it, or at its end."""

    @abstractmethod
    def fuzzy(self, name: str, word: str, distance: int) -> Q:
        """A term so many letters away at most."""

    @abstractmethod
    def between(self, field: Field, low: Any, high: Any, *, with_low: bool = True, with_high: bool = True) -> Q:
        """A number or moment between two, either of which may be None."""

    @abstractmethod
    def combined(self, must: Sequence[Q], should: Sequence[Q] = (), must_not: Sequence[Q] = ()) -> Q:
        """All of `must`, none of `must_not`; `should` counts for more, and one of it is needed when nothing must."""

    @abstractmethod
    def boosted(self, query: Q, boost: float) -> Q:
        """The same, counting so many times."""

    @abstractmethod
    def unscored(self, query: Q, score: float = 0.0) -> Q:
        """The same, each find counting alike."""

    def any_term(self, name: str, values: Iterable[Any]) -> Q:
        """One of several terms of a field."""
        return self.any_of([self.term(name, one) for one in values])

    # -- the same for all

    def any_of(self, queries: Sequence[Q]) -> Q:
        if not queries:
            return self.nothing()
        return queries[0] if len(queries) == 1 else self.combined([], queries)

    def all_of(self, queries: Sequence[Q]) -> Q:
        if not queries:
            return self.every()
        return queries[0] if len(queries) == 1 else self.combined(queries)

    def whole(self, node: SearchNode, narrow: Iterable[str], types: Collection[str], boosts: Mapping[str, float]) -> Q:
        """The query: the tree, narrowed, of some types, and within what the searcher may find."""
        must = [self.node(node)] if node else [self.unscored(self.every(), 1.0)]
        must += [self.unscored(self.narrowed(one)) for one in sorted(narrow)]
        if types:
            must.append(self.unscored(self.any_term("django_ct", sorted(types))))
        must += self.permitted()
        should = [self.boosted(self.word(one), boost) for text, boost in boosts.items() for one in words(text)]
        if self.asked.near:
            near = self.any_of([self.any_term(name, sorted(self.asked.near)) for name in (READERS, NARROWED)])
            should.append(self.unscored(near, NEAR_BOOST))
        must_not = [self.any_term(ID, sorted(self.asked.hidden))] if self.asked.hidden else []
        if "space" in self.fields:
            must_not += [self.term("space", one) for one in sorted(self.asked.hidden_spaces)]
        return self.combined(must, should, must_not)

    def permitted(self) -> list[Q]:
        """SECURITY: what the searcher may find: its space has readers among whom they are and it has no audience of its
        own, or one that includes them; or it was shared with them. Nobody finds nothing."""
        mine = self.asked.principals
        if mine is None:
            return []
        if not mine:
            return [self.nothing()]
        tokens = sorted(mine)
        within = self.combined([self.any_term(NARROWED, tokens), self.any_term(AUDIENCE, tokens)])
        rule = self.any_of([self.any_term(READERS, tokens), within, self.any_term(SHARED, tokens)])
        return [self.unscored(rule)]

    def narrowed(self, text: str) -> Q:
        """« field:value », which Haystack gives as text. Only the first colon parts it, and nothing else means
        anything."""
        name, _sep, value = text.partition(":")
        return self.condition(name, "exact", value.strip('"'))

    def node(self, node: SearchNode) -> Q:
        """A tree of conditions."""
        parts = [
            self.node(one) if isinstance(one, SearchNode) else self.condition(*node.split_expression(one[0]), one[1])
            for one in node.children
        ]
        made = self.any_of(parts) if node.connector == SearchNode.OR else self.all_of(parts)
        return self.combined([self.unscored(self.every())], must_not=[made]) if node.negated else made

    def condition(self, name: str, lookup: str, value: Any) -> Q:
        """One condition. Raises SearchBackendError for a field there is not, or that is not compared so."""
        try:
            found = self.fields[name] if name not in ("id", "django_ct", "django_id") else Field(name, Kind.KEYWORD)
        except KeyError:
            raise SearchBackendError(f"no field named {name!r}") from None
        if lookup == "in":
            if isinstance(value, BaseInput | str):
                raise SearchBackendError(f"{name} in what? a list is needed")
            return self.any_of([self.condition(name, "exact", one) for one in value])
        is_auto, is_exact = isinstance(value, AutoQuery), isinstance(value, Exact) or lookup == "exact"
        if isinstance(value, BaseInput):
            value = value.query_string
        try:
            if found.kind is Kind.TEXT or found.kind is Kind.WORDS:
                return self._of_words(found, "exact" if is_exact else lookup, value, is_auto=is_auto)
            return self._of_value(found, "exact" if is_exact else lookup, value)
        except (ValueError, TypeError) as error:
            raise SearchBackendError(f"{name} {lookup} {value!r}: {error}") from error

    def _of_words(self, found: Field, lookup: str, value: Any, *, is_auto: bool) -> Q:
        name = EXACT if found.kind is Kind.TEXT else found.name
        if lookup == "content":
            if found.kind is Kind.TEXT:
                pieces = typed(str(value)) if is_auto else [Typed((one,)) for one in words(str(value))]
                return self.typed(pieces)
            return self.all_of([self.term(name, one) for one in words(str(value))])
        if lookup in ("contains", "endswith"):
            piece = words(str(value))
            middle = [self.term(name, one) for one in piece[:-1]]
            last = [self.containing(name, one, at_end=lookup == "endswith") for one in piece[-1:]]
            return self.all_of([*middle, *last]) if piece else self.nothing()
        pieces = words(str(value))
        if not pieces:
            return self.nothing()
        if lookup == "exact":
            return self.phrase(name, pieces) if len(pieces) > 1 else self.term(name, pieces[0])
        if lookup == "startswith":
            return self.all_of([*(self.term(name, one) for one in pieces[:-1]), self.prefix(name, pieces[-1])])
        if lookup == "fuzzy":
            return self.all_of([self.fuzzy(name, one, slips(one) or 1) for one in pieces])
        raise SearchBackendError(f"words are not compared by {lookup}")

    def _of_value(self, found: Field, lookup: str, value: Any) -> Q:
        if lookup == "range":
            low, high = value
            return self.between(found, plain(found, low), plain(found, high))
        if found.kind is Kind.KEYWORD:
            text = str(value)
            by = {"startswith": self.prefix, "contains": self.containing}
            if lookup in by:
                return by[lookup](found.name, text)
            if lookup == "endswith":
                return self.containing(found.name, text, at_end=True)
            if lookup == "fuzzy":
                return self.fuzzy(found.name, text, slips(text) or 1)
        if lookup in ("content", "exact"):
            return self.unscored(self.term(found.name, plain(found, value)), 1.0)
        if found.kind is not Kind.KEYWORD and lookup in ("gt", "gte", "lt", "lte"):
            bound, is_equal = plain(found, value), lookup.endswith("e")
            if lookup.startswith("g"):
                return self.between(found, bound, None, with_low=is_equal)
            return self.between(found, None, bound, with_high=is_equal)
        raise SearchBackendError(f"{found.kind.value} is not compared by {lookup}")

    # -- words of people

    def typed(self, pieces: Sequence[Typed]) -> Q:
        """What somebody typed: all of it must be there, but for words too common to ask for."""
        pieces = pieces[:MOST_WORDS]
        wanted = [one for one in pieces if not one.is_excluded]
        needed = [one for one in wanted if not one.is_stop] or wanted
        must = self._with_synonyms(needed)
        must_not = [self.piece(one) for one in pieces if one.is_excluded]
        if not must:
            if not must_not:
                return self.nothing()
            must = [self.unscored(self.every(), 1.0)]
        plain_words = [word for one in wanted if not one.is_phrase for word in one.words]
        should = [
            self.boosted(self.phrase(name, plain_words), PHRASE_BOOST)
            for name in self.fields.titles
            if len(plain_words) > 1 and len(needed) > 1
        ]
        return self.combined(must, should, must_not) if should or must_not else self.all_of(must)

    def _with_synonyms(self, pieces: Sequence[Typed]) -> list[Q]:
        """Each piece, or what the city says in its place."""
        made, position = [], 0
        plain_words = [one.words[0] if len(one.words) == 1 and not one.is_phrase else "" for one in pieces]
        while position < len(pieces):
            length, others = 1, []
            if plain_words[position]:
                found = self.asked.synonyms(plain_words[position:])
                length, others = max(found, key=lambda one: one[0], default=(1, []))
            own = self.all_of([self.piece(one) for one in pieces[position : position + length]])
            made.append(self.any_of([own, *(self._said(one) for one in others)]))
            position += length
        return made

    def _said(self, said: Sequence[str]) -> Q:
        """A synonym: one word in any of its forms, several as they stand or each in any of its forms close by."""
        return self.word(said[0]) if len(said) == 1 else self.phrase(EXACT, said)

    def piece(self, one: Typed) -> Q:
        """One thing typed."""
        if one.is_prefix:
            return self.all_of([*(self.word(word) for word in one.words[:-1]), self.prefix(EXACT, one.words[-1])])
        if len(one.words) == 1:
            return self.word(one.words[0])
        ways = [self.phrase(EXACT, one.words)]
        if one.joined:
            ways.append(self.word(one.joined))
        if not one.is_phrase and not any(word.isdecimal() for word in one.words):
            needed = [word for word in one.words if word not in STOP] or list(one.words)
            ways.append(self.all_of([self.word(word) for word in needed]))
        return self.any_of(ways)

    def word(self, word: str) -> Q:
        """A folded word in any of its forms, in either language. A word too common to have a stem, as it is."""
        if word in STOP:
            return self.term(EXACT, word)
        french, english = stem(word, "fr"), stem(word, "en")
        ways = [self.term(STEMS["fr"], french), self.term(STEMS["en"], english)]
        ways += [self.boosted(self.term(HEADS, one), HEAD_BOOST) for one in sorted({french, english})]
        ways.append(self.boosted(self.term(EXACT, word), EXACT_BOOST))
        distance = slips(word) if self.asked.is_fuzzy else 0
        if distance:
            ways.append(self.fuzzy(EXACT, word, distance))
        return self.any_of(ways)
