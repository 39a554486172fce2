"""The embedded engine: tantivy, in folders of our own (see `foundation/search/folders.py`)."""

import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import tantivy
from haystack.backends import BaseEngine
from haystack.constants import DJANGO_CT, ID
from haystack.exceptions import SearchBackendError
from haystack.utils import get_model_ct

from .base import Query, Top
from .compiler import Asked, Compiler
from .on_disk import OnDisk
from .schema import (
    EXACT,
    HEADS,
    KEY,
    KEYWORDS,
    PERMISSIONS,
    STAMP,
    STEMS,
    STORED,
    WEIGHT,
    Field,
    Fields,
    Kind,
    sort_field,
)

TOKENIZER = "words"
# Memory of the writer before it writes a segment: of the indexer, and while everything is built.
HEAP, BUILDING_HEAP, BUILDING_THREADS = 30_000_000, 200_000_000, 2
# Finds with the same first key that are read to be sorted by the others.
MOST_TIES = 5_000
_TYPES = {
    Kind.INTEGER: tantivy.FieldType.Integer,
    Kind.FLOAT: tantivy.FieldType.Float,
    Kind.DATE: tantivy.FieldType.Date,
}
_SPECIAL = frozenset(r"\.+*?()|[]{}^$#&-~/\"'<>@")


def schema_of(fields: Fields) -> tantivy.Schema:
    """tantivy's schema. What only filters has no frequencies, what is never part of a phrase no positions."""
    builder = tantivy.SchemaBuilder()
    for name in (*KEYWORDS, *PERMISSIONS):
        builder.add_text_field(name, stored=name in KEYWORDS, tokenizer_name="raw", index_option="basic")
    for name in (*STEMS.values(), HEADS):
        builder.add_text_field(name, tokenizer_name=TOKENIZER, index_option="freq")
    builder.add_text_field(EXACT, tokenizer_name=TOKENIZER, index_option="position")
    builder.add_float_field(WEIGHT, fast=True)
    builder.add_integer_field(KEY, indexed=True, fast=True)
    builder.add_integer_field(STAMP, fast=True)
    builder.add_bytes_field(STORED, stored=True)
    for field in fields.values():
        if field.kind is Kind.WORDS:
            builder.add_text_field(field.name, tokenizer_name=TOKENIZER, index_option="position")
            builder.add_text_field(sort_field(field.name), fast=True, tokenizer_name="raw", index_option="basic")
        elif field.kind is Kind.KEYWORD:
            builder.add_text_field(field.name, fast=True, tokenizer_name="raw", index_option="basic")
        elif field.kind is not Kind.TEXT:
            add = {
                Kind.INTEGER: builder.add_integer_field,
                Kind.FLOAT: builder.add_float_field,
                Kind.BOOLEAN: builder.add_boolean_field,
                Kind.DATE: builder.add_date_field,
            }[field.kind]
            add(field.name, indexed=True, fast=True)
    return builder.build()


class TantivyCompiler(Compiler[tantivy.Query]):
    """Queries as objects of tantivy."""

    def __init__(self, fields: Fields, asked: Asked, schema: tantivy.Schema) -> None:
        super().__init__(fields, asked)
        self.schema = schema
        self._positions = {EXACT, *(one.name for one in fields.values() if one.kind is Kind.WORDS)}
        self._freqs = {*STEMS.values(), HEADS}

    def every(self) -> tantivy.Query:
        return tantivy.Query.all_query()

    def nothing(self) -> tantivy.Query:
        return tantivy.Query.empty_query()

    def term(self, name: str, value: Any) -> tantivy.Query:
        option = "position" if name in self._positions else "freq" if name in self._freqs else "basic"
        return tantivy.Query.term_query(self.schema, name, value, option)

    def any_term(self, name: str, values: Iterable[Any]) -> tantivy.Query:
        should = tantivy.Occur.Should
        return tantivy.Query.boolean_query([(should, self.term(name, one)) for one in values])

    def phrase(self, name: str, found: Sequence[str]) -> tantivy.Query:
        if len(found) < 2:
            return self.all_of([self.term(name, one) for one in found])
        return tantivy.Query.phrase_query(self.schema, name, list(found))

    def prefix(self, name: str, beginning: str) -> tantivy.Query:
        # No slip, at the beginning: made a thousand times faster than the regular expression that means the same.
        return tantivy.Query.fuzzy_term_query(self.schema, name, beginning, 0, prefix=True)

    def containing(self, name: str, piece: str, *, at_end: bool = False) -> tantivy.Query:
        return tantivy.Query.regex_query(self.schema, name, f".*{_literal(piece)}{'' if at_end else '.*'}")

    def fuzzy(self, name: str, word: str, distance: int) -> tantivy.Query:
        return tantivy.Query.fuzzy_term_query(self.schema, name, word, distance)

    def between(
        self, field: Field, low: Any, high: Any, *, with_low: bool = True, with_high: bool = True
    ) -> tantivy.Query:
        if field.kind not in _TYPES:
            raise SearchBackendError(f"{field.name} has no order")
        kind = _TYPES[field.kind]
        return tantivy.Query.range_query(self.schema, field.name, kind, low, high, with_low, with_high)

    def combined(
        self,
        must: Sequence[tantivy.Query],
        should: Sequence[tantivy.Query] = (),
        must_not: Sequence[tantivy.Query] = (),
    ) -> tantivy.Query:
        occur = tantivy.Occur
        parts = [(occur.Must, one) for one in must]
        parts += [(occur.Should, one) for one in should]
        parts += [(occur.MustNot, one) for one in must_not]
        return tantivy.Query.boolean_query(parts)

    def boosted(self, query: tantivy.Query, boost: float) -> tantivy.Query:
        return tantivy.Query.boost_query(query, boost)

    def unscored(self, query: tantivy.Query, score: float = 0.0) -> tantivy.Query:
        return tantivy.Query.const_score_query(query, score)


def _literal(text: str) -> str:
    """A text as a regular expression that means itself."""
    return "".join(f"\\{one}" if one in _SPECIAL else one for one in text)


class Shelf:
    """One folder's index in this process, shared by its threads."""

    def __init__(self, folder: Path, fields: Fields) -> None:
        self.folder, self.schema = folder, schema_of(fields)
        is_new = not (folder / "meta.json").exists()
        self.index = tantivy.Index(self.schema, str(folder)) if is_new else tantivy.Index.open(str(folder))
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self.index.register_tokenizer(TOKENIZER, words)
        self.index.config_reader("manual")
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._writer: tantivy.IndexWriter | None = None

    def searcher(self) -> tantivy.Searcher:
        """The index as last committed. Reloading takes a lock on disk: only when `meta.json` is another."""
        found = (self.folder / "meta.json").stat()
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            with self._lock:
                self.index.reload()
                self._seen = seen
        return self.index.searcher()

    def writer(self, *, is_building: bool) -> tantivy.IndexWriter:
        """The one writer. Raises ValueError while another process has it."""
        if self._writer is None:
            heap, threads = (BUILDING_HEAP, BUILDING_THREADS) if is_building else (HEAP, 1)
            self._writer = self.index.writer(heap, threads)
        return self._writer

    def close(self) -> None:
        """Finish merging and let go of the writer."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()


class TantivyBackend(OnDisk):
    """Haystack's backend."""

    def engine_version(self) -> str:
        return f"tantivy{tantivy.__version__.split(',')[0].removeprefix('tantivy v').strip()}"

    def open(self, folder: Path) -> Shelf:
        return Shelf(folder, self.fields)

    def compiler(self, asked: Asked) -> TantivyCompiler:
        return TantivyCompiler(self.fields, asked, self.shelf.schema)

    # -- reading

    def top(self, query: Any, start: int, end: int, sort_by: Sequence[str]) -> Top:
        limit, searcher = max(1, end - start), self.shelf.searcher()
        if not sort_by:
            found = searcher.search(query, limit, offset=start, weight_by_field=WEIGHT)
            return Top(found.count, [(score, (searcher, place)) for score, place in found.hits][: end - start])
        name, order = self._order(sort_by[0])
        if len(sort_by) == 1:
            found = searcher.search(query, limit, offset=start, order_by_field=name, order=order)
            return Top(found.count, [(0.0, (searcher, place)) for _value, place in found.hits][: end - start])
        return self._sorted_by_several(searcher, query, start, end, sort_by)

    def _order(self, key: str) -> tuple[str, tantivy.Order]:
        order = tantivy.Order.Desc if key.startswith("-") else tantivy.Order.Asc
        field = self.fields[key.removeprefix("-")]
        if field.kind is Kind.TEXT or field.is_many:
            raise SearchBackendError(f"finds are not sorted by {field.name}")
        return (sort_field(field.name) if field.kind is Kind.WORDS else field.name), order

    def _sorted_by_several(
        self, searcher: tantivy.Searcher, query: Any, start: int, end: int, sort_by: Sequence[str]
    ) -> Top:
        """tantivy sorts by one key. Those equal to the last of the page by that key are read, up to a bound, and
        sorted by the others."""
        names = [self._order(key)[0] for key in sort_by]
        name, order = self._order(sort_by[0])
        found = searcher.search(query, end, order_by_field=name, order=order)
        hits = found.hits
        if len(hits) == end and found.count > end:
            more = searcher.search(query, end + MOST_TIES, order_by_field=name, order=order).hits
            hits = [one for place, one in enumerate(more) if place < end or one[0] == hits[-1][0]]
        keyed = [(self._sort_values(searcher, place, names), place) for _value, place in hits]
        for position in reversed(range(len(names))):
            is_descending = sort_by[position].startswith("-")
            keyed.sort(key=lambda one: one[0][position], reverse=is_descending)
        return Top(found.count, [(0.0, (searcher, place)) for _key, place in keyed[start:end]])

    def _sort_values(self, searcher: tantivy.Searcher, place: Any, names: Sequence[str]) -> list[Any]:
        itself = tantivy.Query.term_query(self.shelf.schema, ID, searcher.doc(place).get_first(ID), "basic")
        asked = {"h": {"top_hits": {"size": 1, "sort": [{KEY: "asc"}], "docvalue_fields": list(names)}}}
        values = searcher.aggregate(itself, asked)["h"]["hits"][0]["docvalue_fields"]
        return [(bool(values.get(name)), (values.get(name) or [0])[0]) for name in names]

    def read(self, place: Any) -> dict[str, Any]:
        searcher, address = place
        found = searcher.doc(address)
        return {name: found.get_first(name) for name in KEYWORDS} | {"stored": found.get_first(STORED)}

    def counts_by(self, query: Any, names: Sequence[str], size: int) -> dict[str, list[tuple[Any, int]]]:
        asked = {name: {"terms": {"field": name, "size": size}} for name in names}
        found = self.shelf.searcher().aggregate(query, asked)
        return {name: [(one["key"], one["doc_count"]) for one in found[name]["buckets"]] for name in names}

    def count(self, query: Any) -> int:
        return self.shelf.searcher().search(query, 1).count

    def frequency(self, name: str, term: str) -> int:
        return self.shelf.searcher().doc_freq(name, term)

    def size(self) -> int:
        return self.shelf.searcher().num_docs

    def stamps(self, low: int, high: int, types: Collection[str]) -> dict[str, int]:
        searcher, compiler = self.shelf.searcher(), self.compiler(Asked())
        within = compiler.between(Field(KEY, Kind.INTEGER), low, high, with_low=False)
        query = compiler.combined([within, compiler.any_term(DJANGO_CT, sorted(types))])
        places = [place for _score, place in searcher.search(query, max(1, searcher.num_docs)).hits]
        values = searcher.fast_field_values(STAMP, places)
        return {searcher.doc(place).get_first(ID): stamp for place, stamp in zip(places, values, strict=True)}

    # -- writing

    def write(self, documents: Iterable[dict[str, Any]], *, is_new: bool = False, commit: bool = True) -> None:
        with self.writing() as writer:
            for one in documents:
                if not is_new:
                    writer.delete_documents_by_term(ID, one[ID])
                values = {**one, STORED: one[STORED].encode()}
                writer.add_document(tantivy.Document.from_dict(values, self.shelf.schema))
            if commit:
                writer.commit()

    def take_out(self, ids: Iterable[str], *, commit: bool = True) -> None:
        with self.writing() as writer:
            for one in ids:
                writer.delete_documents_by_term(ID, one)
            if commit:
                writer.commit()

    def clear(self, models: Collection[Any] | None = None, commit: bool = True) -> None:
        with self.writing() as writer:
            if models is None:
                writer.delete_all_documents()
            for one in models or ():
                writer.delete_documents_by_term(DJANGO_CT, get_model_ct(one))
            if commit:
                writer.commit()


class TantivyEngine(BaseEngine):
    """What HAYSTACK_CONNECTIONS names."""

    backend = TantivyBackend
    query = Query
