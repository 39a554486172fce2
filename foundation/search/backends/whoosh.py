"""The engine for places without wheels: Whoosh, pure Python, with our analysis. For small places only."""

import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import whoosh
from haystack.backends import BaseEngine
from haystack.constants import DJANGO_CT, ID
from haystack.exceptions import SearchBackendError
from haystack.utils import get_model_ct
from whoosh import fields as whoosh_fields
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.analysis import RegexTokenizer
from whoosh.sorting import FieldFacet, MultiFacet

from .base import Query, Top
from .compiler import Asked, Compiler
from .on_disk import OnDisk
from .schema import EXACT, HEADS, KEY, KEYWORDS, PERMISSIONS, STAMP, STEMS, STORED, WEIGHT, Field, Fields, Kind
from .schema import sort_field as sort_name

logger = logging.getLogger(__name__)

# Beyond so many documents searches take seconds.
MOST_DOCUMENTS = 10_000
# What facets count, kept beside each document.
VALUES = "values"
_ANALYZER = RegexTokenizer(r"[^ ]+")


def schema_of(fields: Fields) -> whoosh_fields.Schema:
    """Whoosh's schema: words come analysed, with spaces between."""
    made: dict[str, Any] = {name: whoosh_fields.ID(stored=True, unique=name == ID) for name in KEYWORDS}
    made |= {name: whoosh_fields.KEYWORD(commas=True) for name in PERMISSIONS}
    made |= {name: _words(phrase=False) for name in (*STEMS.values(), HEADS)}
    made |= {
        EXACT: _words(phrase=True),
        WEIGHT: whoosh_fields.NUMERIC(float, stored=True),
        KEY: whoosh_fields.NUMERIC(int, bits=64, sortable=True),
        STAMP: whoosh_fields.NUMERIC(int, bits=64, stored=True),
        STORED: whoosh_fields.STORED(),
        VALUES: whoosh_fields.STORED(),
    }
    for field in fields.values():
        if field.kind is Kind.WORDS:
            made[field.name] = _words(phrase=True)
            made[sort_name(field.name)] = whoosh_fields.ID(sortable=True)
        elif field.kind is Kind.KEYWORD:
            made[field.name] = whoosh_fields.KEYWORD(commas=True) if field.is_many else whoosh_fields.ID(sortable=True)
        elif field.kind in (Kind.INTEGER, Kind.FLOAT):
            number = int if field.kind is Kind.INTEGER else float
            made[field.name] = whoosh_fields.NUMERIC(number, bits=64, signed=True, sortable=not field.is_many)
        elif field.kind is Kind.BOOLEAN:
            made[field.name] = whoosh_fields.BOOLEAN()
        elif field.kind is Kind.DATE:
            made[field.name] = whoosh_fields.DATETIME(sortable=True)
    return whoosh_fields.Schema(**made)


def _words(*, phrase: bool) -> whoosh_fields.TEXT:
    return whoosh_fields.TEXT(analyzer=_ANALYZER, phrase=phrase)


class WhooshCompiler(Compiler[whoosh_query.Query]):
    """Queries as objects of Whoosh."""

    def every(self) -> whoosh_query.Query:
        return whoosh_query.Every()

    def nothing(self) -> whoosh_query.Query:
        return whoosh_query.NullQuery

    def term(self, name: str, value: Any) -> whoosh_query.Query:
        if isinstance(value, datetime):
            return whoosh_query.DateRange(name, _naive(value), _naive(value))
        if isinstance(value, bool | str):
            return whoosh_query.Term(name, value)
        return whoosh_query.NumericRange(name, value, value)

    def phrase(self, name: str, found: Sequence[str]) -> whoosh_query.Query:
        if len(found) < 2:
            return self.all_of([self.term(name, one) for one in found])
        return whoosh_query.Phrase(name, list(found))

    def prefix(self, name: str, beginning: str) -> whoosh_query.Query:
        return whoosh_query.Prefix(name, beginning)

    def containing(self, name: str, piece: str, *, at_end: bool = False) -> whoosh_query.Query:
        # Neither sign means anything of its own in a folded word; in keywords they are left out.
        plain = piece.replace("*", "").replace("?", "").replace("[", "")
        return whoosh_query.Wildcard(name, f"*{plain}{'' if at_end else '*'}")

    def fuzzy(self, name: str, word: str, distance: int) -> whoosh_query.Query:
        return whoosh_query.FuzzyTerm(name, word, maxdist=distance, prefixlength=0)

    def between(
        self, field: Field, low: Any, high: Any, *, with_low: bool = True, with_high: bool = True
    ) -> whoosh_query.Query:
        if field.kind is Kind.DATE:
            bounds = [one and _naive(one) for one in (low, high)]
            return whoosh_query.DateRange(field.name, *bounds, startexcl=not with_low, endexcl=not with_high)
        if field.kind not in (Kind.INTEGER, Kind.FLOAT):
            raise SearchBackendError(f"{field.name} has no order")
        return whoosh_query.NumericRange(field.name, low, high, startexcl=not with_low, endexcl=not with_high)

    def combined(
        self,
        must: Sequence[whoosh_query.Query],
        should: Sequence[whoosh_query.Query] = (),
        must_not: Sequence[whoosh_query.Query] = (),
    ) -> whoosh_query.Query:
        if must:
            made: whoosh_query.Query = whoosh_query.And(list(must)) if len(must) > 1 else must[0]
            if should:
                made = whoosh_query.AndMaybe(made, whoosh_query.Or(list(should)))
        else:
            made = whoosh_query.Or(list(should)) if should else whoosh_query.NullQuery
        return whoosh_query.AndNot(made, whoosh_query.Or(list(must_not))) if must_not else made

    def boosted(self, query: whoosh_query.Query, boost: float) -> whoosh_query.Query:
        return query.with_boost(boost)

    def unscored(self, query: whoosh_query.Query, score: float = 0.0) -> whoosh_query.Query:
        return whoosh_query.ConstantScoreQuery(query, score)


def _naive(value: datetime) -> datetime:
    """Whoosh knows no time zones: everything is in UTC."""
    return value.replace(tzinfo=None)


class Shelf:
    """One folder's index in this process."""

    def __init__(self, folder: Path, fields: Fields) -> None:
        self.folder = folder
        if whoosh_index.exists_in(str(folder)):
            self.index = whoosh_index.open_dir(str(folder))
        else:
            self.index = whoosh_index.create_in(str(folder), schema_of(fields))
        self._lock = threading.Lock()
        self._searcher: Any = None
        self._writer: Any = None

    def searcher(self) -> Any:
        """The index as last committed."""
        with self._lock:
            # Never Whoosh's own refresh: it keeps readers that do not know what was taken out since.
            if self._searcher is None or not self._searcher.up_to_date():
                self._searcher = self.index.refresh().searcher()
            return self._searcher

    def writer(self, *, is_building: bool) -> "Writer":
        """What is written until the next commit."""
        if self._writer is None:
            self._writer = Writer(self)
        return self._writer

    def close(self) -> None:
        """Throw away what was not committed."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None


class Writer:
    """Whoosh's writer lives until its commit: a new one is begun when there is something to write."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._open = shelf, None

    @property
    def begun(self) -> Any:
        if self._open is None:
            self._open = self._shelf.index.writer(timeout=5.0)
        return self._open

    def commit(self) -> None:
        """Keep what was written."""
        if self._open is not None:
            done, self._open = self._open, None
            done.commit()
            if self._shelf.index.doc_count() > MOST_DOCUMENTS:
                logger.warning("over %s things in Whoosh's index: searches will be slow", MOST_DOCUMENTS)

    def cancel(self) -> None:
        if self._open is not None:
            self._open.cancel()
            self._open = None


class WhooshBackend(OnDisk):
    """Haystack's backend."""

    def engine_version(self) -> str:
        return "whoosh" + ".".join(map(str, whoosh.__version__))

    def open(self, folder: Path) -> Shelf:
        return Shelf(folder, self.fields)

    def compiler(self, asked: Asked) -> WhooshCompiler:
        return WhooshCompiler(self.fields, asked)

    # -- reading

    def top(self, query: Any, start: int, end: int, sort_by: Sequence[str]) -> Top:
        searcher = self.shelf.searcher()
        if sort_by:
            found = searcher.search(query, limit=max(1, end), sortedby=MultiFacet([self._key(one) for one in sort_by]))
            hits = [(0.0, (searcher, hit.docnum)) for hit in found]
        else:
            # Whoosh weighs nothing by a field: everything is scored, then weighed.
            found = searcher.search(query, limit=None)
            weighed = [(hit.score * (hit.get(WEIGHT) or 1.0), hit.docnum) for hit in found]
            weighed.sort(key=lambda one: (-one[0], one[1]))
            hits = [(score, (searcher, number)) for score, number in weighed]
        return Top(len(found), hits[start:end])

    def _key(self, key: str) -> FieldFacet:
        field = self.fields[key.removeprefix("-")]
        if field.kind is Kind.TEXT or field.is_many:
            raise SearchBackendError(f"finds are not sorted by {field.name}")
        name = sort_name(field.name) if field.kind is Kind.WORDS else field.name
        return FieldFacet(name, reverse=key.startswith("-"))

    def read(self, place: Any) -> dict[str, Any]:
        searcher, number = place
        return searcher.stored_fields(number)

    def counts_by(self, query: Any, names: Sequence[str], size: int) -> dict[str, list[tuple[Any, int]]]:
        searcher = self.shelf.searcher()
        tallies: dict[str, Counter[Any]] = {name: Counter() for name in names}
        for number in searcher.docs_for_query(query):
            values = searcher.stored_fields(number)[VALUES]
            for name in names:
                value = values.get(name)
                tallies[name].update(value if isinstance(value, list) else () if value is None else (value,))
        return {name: tally.most_common(size) for name, tally in tallies.items()}

    def count(self, query: Any) -> int:
        return sum(1 for _number in self.shelf.searcher().docs_for_query(query))

    def frequency(self, name: str, term: str) -> int:
        return self.shelf.searcher().doc_frequency(name, term)

    def size(self) -> int:
        return self.shelf.searcher().doc_count()

    def stamps(self, low: int, high: int, types: Collection[str]) -> dict[str, int]:
        searcher = self.shelf.searcher()
        within = whoosh_query.NumericRange(KEY, low, high, startexcl=True)
        kept = (searcher.stored_fields(number) for number in searcher.docs_for_query(within))
        return {one[ID]: one[STAMP] for one in kept if one[DJANGO_CT] in types}

    # -- writing

    def write(self, documents: Iterable[dict[str, Any]], *, is_new: bool = False, commit: bool = True) -> None:
        with self.writing() as writer:
            for one in documents:
                begun = writer.begun
                (begun.add_document if is_new else begun.update_document)(**self._values(one))
            if commit:
                writer.commit()

    def _values(self, values: dict[str, Any]) -> dict[str, Any]:
        facets = {name: values[name] for name in self.fields if name in values}
        made: dict[str, Any] = {VALUES: facets}
        for name, value in values.items():
            if isinstance(value, list):
                made[name] = ",".join(map(str, value))
            elif value != "":
                made[name] = _naive(value) if isinstance(value, datetime) else value
        return {name: value for name, value in made.items() if value != ""}

    def take_out(self, ids: Iterable[str], *, commit: bool = True) -> None:
        with self.writing() as writer:
            for one in ids:
                writer.begun.delete_by_term(ID, one)
            if commit:
                writer.commit()

    def clear(self, models: Collection[Any] | None = None, commit: bool = True) -> None:
        with self.writing() as writer:
            if models is None:
                writer.begun.delete_by_query(whoosh_query.Every())
            for one in models or ():
                writer.begun.delete_by_term(DJANGO_CT, get_model_ct(one))
            if commit:
                writer.commit()


class WhooshEngine(BaseEngine):
    """What HAYSTACK_CONNECTIONS names."""

    backend = WhooshBackend
    query = Query
