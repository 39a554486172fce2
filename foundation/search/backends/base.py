"""What our backends share: Haystack's interface on one side, a few primitives of an engine on the other.

A backend for another engine (OpenSearch) gives a `Compiler` and the methods marked below; the contract suite of
tests/search holds for it by name.
"""

import logging
import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError
from haystack import connections
from haystack.backends import BaseSearchBackend, BaseSearchQuery, SearchNode, log_query
from haystack.constants import DEFAULT_ALIAS, DJANGO_CT, DJANGO_ID, ID
from haystack.exceptions import SearchBackendError, SkipDocument
from haystack.inputs import AutoQuery
from haystack.models import SearchResult
from haystack.utils import get_identifier, get_model_ct

from foundation.search.analysis import Typed, language_of, stem, typed, words
from foundation.search.marks import Marker
from foundation.search.spelling import nearest_words
from foundation.search.synonyms import synonyms_now
from foundation.ui.pairs import reading_language

from .compiler import Asked, Compiler, slips
from .schema import STEMS, Fields, Kind, document, moment, stored

logger = logging.getLogger(__name__)

FACET_SIZE, MOST_GAPS = 50, 400
# How many finds are read for a suggestion of spelling, and how many terms are like a text.
SPELLING_HITS, LIKE_TERMS = 20, 15
# In an index so small, no word is too common to be alike.
FEW = 20
_IN_QUOTES = re.compile(r'["«»]')


class Query(BaseSearchQuery):
    """Haystack's collected query, with who is searching. SECURITY: until it is said, nobody is: nothing is found."""

    def __init__(self, using: str = DEFAULT_ALIAS) -> None:
        super().__init__(using=using)
        self.asked = Asked()

    def build_query(self) -> SearchNode:
        """The tree itself: engines walk it."""
        return self.query_filter

    def __str__(self) -> str:
        return str(self.query_filter)

    def build_params(self, spelling_query: str | None = None) -> dict[str, Any]:
        return {**super().build_params(spelling_query), "asked": self.asked}

    def run_mlt(self, **kwargs: Any) -> None:
        asked = {"asked": self.asked, "start_offset": self.start_offset, "end_offset": self.end_offset}
        super().run_mlt(**{**asked, **kwargs})

    def build_query_fragment(self, field: str, filter_type: str, value: Any) -> str:
        return f"{field}__{filter_type}={value}"

    def _clone(self, klass: Any = None, using: str | None = None) -> Any:
        clone = super()._clone(klass=klass, using=using)
        clone.asked = self.asked
        return clone


@dataclass(frozen=True)
class Top:
    """What an engine found: how many, and of the page asked for the score and whatever leads to the document."""

    total: int
    hits: Sequence[tuple[float, Any]]


class Backend(BaseSearchBackend):
    """Haystack's backend over an engine's primitives."""

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        self.options = options
        self._fields: Fields | None = None

    @property
    def fields(self) -> Fields:
        """Haystack's unified fields, collected once."""
        if self._fields is None:
            unified = connections[self.connection_alias].get_unified_index()
            self._fields = self.build_schema(unified.all_searchfields())
        return self._fields

    def build_schema(self, fields: Any) -> Fields:
        return Fields(fields)

    # -- what an engine gives

    @abstractmethod
    def compiler(self, asked: Asked) -> Compiler[Any]:
        """Makes the engine's queries."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether there is an index to read."""

    @abstractmethod
    def top(self, query: Any, start: int, end: int, sort_by: Sequence[str]) -> Top:
        """The finds from `start` to `end`; by relevance when sorted by nothing."""

    @abstractmethod
    def read(self, place: Any) -> dict[str, Any]:
        """The id, type, key and stored text of a find: `{"id", "django_ct", "django_id", "stored"}`."""

    @abstractmethod
    def counts_by(self, query: Any, names: Sequence[str], size: int) -> dict[str, list[tuple[Any, int]]]:
        """How many of what is found have which value of each field, most first."""

    @abstractmethod
    def count(self, query: Any) -> int:
        """How many are found."""

    @abstractmethod
    def frequency(self, name: str, term: str) -> int:
        """In how many documents a term is."""

    @abstractmethod
    def size(self) -> int:
        """How many documents there are."""

    @abstractmethod
    def write(self, documents: Iterable[dict[str, Any]], *, is_new: bool = False, commit: bool = True) -> None:
        """Put documents in, in place of those of the same id; with `is_new` there are none."""

    @abstractmethod
    def take_out(self, ids: Iterable[str], *, commit: bool = True) -> None:
        """Take documents out by their ids."""

    @abstractmethod
    def clear(self, models: Collection[Any] | None = None, commit: bool = True) -> None:
        """Take everything out, or everything of some models."""

    @abstractmethod
    def stamps(self, low: int, high: int, types: Collection[str]) -> dict[str, int]:
        """The stamps of the documents of some types whose key is above `low` and at most `high`, by id."""

    # -- Haystack's side

    def prepared(self, index: Any, objects: Iterable[Any]) -> Iterable[dict[str, Any]]:
        """The documents of objects. One that cannot be prepared is left out and logged."""
        for one in objects:
            try:
                yield document(self.fields, index.full_prepare(one))
            except SkipDocument:
                continue
            except (DatabaseError, InterfaceError):
                # Not the object's fault: whoever indexes tries again.
                raise
            except Exception:
                logger.exception("%s cannot be put in the search index", get_identifier(one))

    def update(self, index: Any, iterable: Iterable[Any], commit: bool = True) -> None:
        objects = list(iterable)
        # SECURITY: taken out first: one that cannot be prepared must not stay as it was, with its former readers.
        self.take_out([get_identifier(one) for one in objects], commit=False)
        self.write(self.prepared(index, objects), is_new=True, commit=commit)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        self.take_out([get_identifier(obj_or_string)], commit=commit)

    @log_query
    def search(
        self,
        query_string: SearchNode | str,
        *,
        asked: Asked | None = None,
        sort_by: Sequence[str] = (),
        start_offset: int = 0,
        end_offset: int | None = None,
        highlight: Any = False,
        facets: dict[str, dict[str, Any]] | None = None,
        date_facets: dict[str, dict[str, Any]] | None = None,
        query_facets: Sequence[tuple[str, str]] = (),
        narrow_queries: Iterable[str] = (),
        spelling_query: str | None = None,
        models: Collection[Any] | None = None,
        boost: dict[str, float] | None = None,
        result_class: type = SearchResult,
        **_others: Any,
    ) -> dict[str, Any]:
        """What Haystack asks for. A text in place of a tree is words, never a language of queries."""
        asked = asked or Asked()
        if not self.is_there():
            return {"results": [], "hits": 0, "facets": {}}
        if isinstance(query_string, str):
            query_string = SearchNode([("content", AutoQuery(query_string))] if query_string != "*" else [])
        asked = replace(asked, synonyms=synonyms_now())
        compiler = self.compiler(asked)
        types = {get_model_ct(one) for one in models or ()}
        query = compiler.whole(query_string, narrow_queries, types, boost or {})
        start = start_offset or 0
        top = self.top(query, start, max(start, end_offset if end_offset is not None else start + 100), sort_by)
        marker = _marker(query_string, asked) if highlight else None
        results = [self._result(score, self.read(place), marker, result_class) for score, place in top.hits]
        answer = {"results": results, "hits": top.total}
        if facets or date_facets or query_facets:
            answer["facets"] = self._facets(compiler, query, facets or {}, date_facets or {}, query_facets)
        if self.include_spelling:
            answer["spelling_suggestion"] = self._spelling(query_string, spelling_query, asked, top.total)
        return answer

    def _result(self, score: float, found: dict[str, Any], marker: Marker | None, result_class: type) -> Any:
        app_label, _dot, model = found[DJANGO_CT].partition(".")
        kept = self._from_stored(found["stored"])
        result = result_class(app_label, model, found[DJANGO_ID], score, **{"id": found[ID], **kept})
        if marker:
            name = self.fields.document
            result.highlighted = {name: [marker.extract(self._to_read(kept))]}
        return result

    def _to_read(self, kept: dict[str, Any]) -> str:
        """The text in one line. Of what says everything in both languages, only the reader's."""
        lines = str(kept.get(self.fields.document) or "").split("\n")
        if any(kept.get(name) for name in self.fields.titles[1:]):
            reader = reading_language()
            lines = [one for one in lines if language_of(words(one), reader) == reader] or lines
        return " ".join(lines)

    def _from_stored(self, text: str) -> dict[str, Any]:
        kept = stored(text)
        for name, value in kept.items():
            if value and name in self.fields and self.fields[name].kind is Kind.DATE:
                kept[name] = datetime.fromisoformat(value)
        return kept

    # -- facets

    def _facets(
        self, compiler: Compiler[Any], query: Any, facets: dict[str, Any], dates: dict[str, Any], queries: Sequence[Any]
    ) -> dict[str, Any]:
        names = {name: self.fields[name].name for name in facets}
        size = max([FACET_SIZE, *(int(one.get("size", 0)) for one in facets.values())])
        counted = self.counts_by(query, sorted(set(names.values())), size) if names else {}
        found: dict[str, Any] = {"fields": {name: counted[own] for name, own in names.items()}}
        if dates:
            found["dates"] = {name: self._dates(compiler, query, name, details) for name, details in dates.items()}
        if queries:
            found["queries"] = {
                f"{name}:{text}": self.count(compiler.combined([query, compiler.narrowed(f"{name}:{text}")]))
                for name, text in queries
            }
        return found

    def _dates(self, compiler: Compiler[Any], query: Any, name: str, details: Any) -> list[tuple[datetime, int]]:
        field, found = self.fields[name], []
        start, end = moment(details["start_date"]), moment(details["end_date"])
        while start < end:
            if len(found) == MOST_GAPS:
                raise SearchBackendError(f"more than {MOST_GAPS} gaps in the dates of {name}")
            following = min(end, _later(start, details["gap_by"], details["gap_amount"]))
            within = compiler.between(field, start, following, with_high=False)
            found.append((start, self.count(compiler.combined([query, compiler.unscored(within)]))))
            start = following
        return found

    # -- words that nobody wrote

    def _spelling(self, tree: SearchNode, preferred: str | None, asked: Asked, total: int) -> str | None:
        """SECURITY: a suggestion is made of what the searcher may find, and of nothing else."""
        said = preferred or " ".join(one.query_string for one in _auto_queries(tree))
        if total or not said:
            return None
        compiler = self.compiler(replace(asked, is_fuzzy=True))
        query = compiler.whole(SearchNode([("content", AutoQuery(said))]), (), (), {})
        hits = self.top(query, 0, SPELLING_HITS, ()).hits
        texts = ["\n".join(map(str, stored(self.read(place)["stored"]).values())) for _score, place in hits]
        return corrected(said, texts)

    # -- what is like something

    def more_like_this(
        self,
        model_instance: Any,
        additional_query_string: SearchNode | None = None,
        *,
        asked: Asked | None = None,
        start_offset: int = 0,
        end_offset: int | None = None,
        models: Collection[Any] | None = None,
        result_class: type = SearchResult,
        **_others: Any,
    ) -> dict[str, Any]:
        """What has the rarest words of a thing in common with it."""
        if not self.is_there():
            return {"results": [], "hits": 0}
        compiler = self.compiler(asked or Asked())
        itself = compiler.term(ID, get_identifier(model_instance))
        # SECURITY: like something one may not find is nothing.
        place = self.top(compiler.combined([itself, *compiler.permitted()]), 0, 1, ()).hits
        if not place:
            return {"results": [], "hits": 0}
        kept = stored(self.read(place[0][1])["stored"])
        terms = self._telling_terms(kept)
        if not terms:
            return {"results": [], "hits": 0}
        alike = compiler.any_of([compiler.boosted(compiler.term(*term), weight) for term, weight in terms])
        types = {get_model_ct(one) for one in models or ()}
        within = compiler.whole(additional_query_string or SearchNode(), (), types, {})
        query = compiler.combined([alike, compiler.unscored(within)], must_not=[itself])
        start = start_offset or 0
        top = self.top(query, start, end_offset if end_offset is not None else start + 20, ())
        results = [self._result(score, self.read(one), None, result_class) for score, one in top.hits]
        return {"results": results, "hits": top.total}

    def _telling_terms(self, kept: dict[str, Any]) -> list[tuple[tuple[str, str], float]]:
        found = words("\n".join(str(kept.get(name) or "") for name in (self.fields.document, *self.fields.titles)))
        language = language_of(found, str(kept.get("language") or "fr"))
        tally: dict[str, int] = {}
        for word in found:
            term = stem(word, language)
            if len(term) > 2:
                tally[term] = tally.get(term, 0) + 1
        size = self.size() + 1
        weighed = []
        for term, times in tally.items():
            frequency = self.frequency(STEMS[language], term)
            # What only this thing says leads nowhere.
            if 1 < frequency < max(size / 2, FEW):
                weighed.append(((STEMS[language], term), times * (size / frequency) ** 0.5))
        best = sorted(weighed, key=lambda one: -one[1])[:LIKE_TERMS]
        return [(term, weight / best[0][1]) for term, weight in best]


def corrected(said: str, texts: Sequence[str]) -> str | None:
    """What was typed with its misspelt words as `texts` write them; None when nothing is changed by it."""
    better = {}
    for one in typed(said):
        for word in one.words:
            if slips(word):
                better[word] = nearest_words(word, texts, slips(word))
    pieces = re.split(r"(\W+)", _IN_QUOTES.sub(" ", said))
    changed = "".join(better.get(_key(one)) or one for one in pieces)
    return " ".join(changed.split()) if changed != "".join(pieces) else None


def _key(piece: str) -> str:
    return (words(piece) or [""])[0]


def _auto_queries(tree: SearchNode) -> Iterable[AutoQuery]:
    for one in tree.children:
        if isinstance(one, SearchNode):
            yield from _auto_queries(one)
        elif isinstance(one[1], AutoQuery):
            yield one[1]


def _marker(tree: SearchNode, asked: Asked) -> Marker:
    """Marks what is looked for in the document."""
    pieces: list[Typed] = []

    def collect(node: SearchNode) -> None:
        for one in node.children:
            if isinstance(one, SearchNode):
                collect(one)
            elif not node.negated and not isinstance(one[1], list | tuple | set):
                name = one[0].split("__")[0]
                if name in ("content", "text") or "title" in name:
                    said = getattr(one[1], "query_string", one[1])
                    pieces.extend(typed(str(said)) if isinstance(one[1], AutoQuery) else map(_typed, words(str(said))))

    collect(tree)
    plain_words = [word for one in pieces for word in one.words]
    others = {
        word
        for place in range(len(plain_words))
        for _length, said in asked.synonyms(plain_words[place:])
        for one in said
        for word in one
    }
    return Marker(pieces, others)


def _typed(word: str) -> Typed:
    return Typed((word,))


def _later(start: datetime, gap: str, amount: int) -> datetime:
    """The moment one gap after `start`."""
    if gap == "year":
        return start.replace(year=start.year + amount, day=min(start.day, 28) if start.month == 2 else start.day)
    if gap == "month":
        months = start.year * 12 + start.month - 1 + amount
        return start.replace(year=months // 12, month=months % 12 + 1, day=min(start.day, 28))
    return start + amount * timedelta(**{f"{gap}s": 1})
