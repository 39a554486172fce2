"""What an engine is told of Haystack's fields, and the document it is given: the same for every engine."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property
from typing import Any

from haystack.constants import DJANGO_CT, DJANGO_ID, ID

from foundation.search.analysis import LANGUAGES, fold, terms_of, words

# Changes whenever analysis or the fields below do: an index of another version is not read, but built anew beside.
VERSION = 2

# How much of a text is kept, to show an extract of it.
EXCERPT = 2_000
_MARKDOWN = re.compile(r"^#+ |^> |^- |[*_]{2,}|`+|(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)", re.MULTILINE)
# « [text](address) », the text kept.
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
# A text longer than this is cut: what nobody reads to the end nobody finds at its end.
LONGEST_TEXT = 1_000_000
# What orders titles as people do, near enough.
SORT_LENGTH = 80

ANY = "any"


class Kind(Enum):
    """How a field is searched."""

    TEXT = "text"  # the document: words and stems
    WORDS = "words"  # words in order, and sorted by
    KEYWORD = "keyword"  # one term, as it is
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True)
class Field:
    """One of Haystack's fields as engines see it. `boost` over 1: it is among the titles, which count for more."""

    name: str
    kind: Kind
    is_many: bool = False
    is_stored: bool = True
    boost: float = 1.0


_KINDS = {
    "integer": Kind.INTEGER,
    "float": Kind.FLOAT,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "datetime": Kind.DATE,
}

# Fields of our own, in every engine. Stems by language, every word in order, the stems of titles; who may find it
# (see `permitted` in the compiler); what orders by relevance; what tells the catch-up whether it is up to date.
STEMS = {language: f"stems_{language}" for language in LANGUAGES}
EXACT, HEADS = "exact", "heads"
READERS, NARROWED, AUDIENCE, SHARED = "readers", "narrowed", "audience", "shared"
WEIGHT, KEY, STAMP, STORED = "weight", "key", "stamp", "stored"
PERMISSIONS = (READERS, NARROWED, AUDIENCE, SHARED)
KEYWORDS = (ID, DJANGO_CT, DJANGO_ID)
# Prepared by Haystack under these names, kept under those above.
OURS = frozenset({READERS, AUDIENCE, SHARED, WEIGHT, STAMP})


def sort_field(name: str) -> str:
    """The field by which a field of words is sorted."""
    return f"{name}__sort"


class Fields(Mapping[str, Field]):
    """Haystack's unified fields by name; a facet's name leads to the field it is of."""

    def __init__(self, haystack_fields: Mapping[str, Any]) -> None:
        self.document, self._fields = "text", {}
        self._aliases = {
            one.index_fieldname: one.facet_for for one in haystack_fields.values() if getattr(one, "facet_for", None)
        }
        for name, one in haystack_fields.items():
            if one.document:
                self.document = name
            if name not in self._aliases and name not in OURS:
                self._fields[name] = Field(name, _kind(one), one.is_multivalued, one.stored, one.boost or 1.0)

    def __getitem__(self, name: str) -> Field:
        if name == "content":
            name = self.document
        return self._fields[self._aliases.get(name, name)]

    def __iter__(self) -> Any:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    @cached_property
    def listed(self) -> list[Field]:
        """Every field, for what is done once a document."""
        return list(self._fields.values())

    @cached_property
    def titles(self) -> list[str]:
        """The fields of words that count for more."""
        return [one.name for one in self._fields.values() if one.kind is Kind.WORDS and one.boost > 1]

    @property
    def digest(self) -> str:
        """Short, and another when the fields are others."""
        said = [VERSION, *sorted(map(repr, self._fields.values()))]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:10]


def _kind(one: Any) -> Kind:
    if one.document:
        return Kind.TEXT
    if one.is_multivalued or one.faceted:
        return _KINDS.get(one.field_type, Kind.KEYWORD)
    return _KINDS.get(one.field_type, Kind.WORDS)


def document(fields: Fields, prepared: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's document of what Haystack prepared: values by engine field, lists where there are several."""
    language = str(prepared.get("language") or "fr")
    text = str(prepared.get(fields.document) or "")[:LONGEST_TEXT]
    terms = terms_of(text, language)
    titles = "\n".join(str(prepared.get(name) or "") for name in fields.titles)
    heads = terms_of(titles, language)
    made: dict[str, Any] = {name: str(prepared[name]) for name in KEYWORDS}
    made |= {
        EXACT: terms.exact,
        STEMS["fr"]: terms.fr,
        STEMS["en"]: terms.en,
        HEADS: f"{heads.fr} {heads.en}",
        WEIGHT: float(prepared.get(WEIGHT) or 1.0),
        KEY: _number(prepared[DJANGO_ID]),
        STAMP: int(prepared.get(STAMP) or 0),
        **_permissions(prepared),
    }
    kept: dict[str, Any] = {fields.document: _excerpt(text, [str(prepared.get(name) or "") for name in fields.titles])}
    for field in fields.listed:
        value = prepared.get(field.name)
        if value is None or field.kind is Kind.TEXT:
            continue
        if field.is_stored:
            kept[field.name] = value
        if field.kind is Kind.WORDS:
            made[field.name] = " ".join(words(str(value)))
            made[sort_field(field.name)] = fold(str(value))[:SORT_LENGTH]
        else:
            made[field.name] = plain(field, value)
    made[STORED] = _ENCODER.encode(kept)
    return made


def _excerpt(text: str, titles: Iterable[str]) -> str:
    """The beginning of a text as people read it, line by line: after the titles it begins with, without signs of
    Markdown."""
    for title in titles:
        text = text.removeprefix(title).lstrip()
    text = text[: EXCERPT + 200]
    if any(sign in text for sign in "*_`#>-["):
        text = _MARKDOWN.sub("", _LINK.sub(r"\1", text))
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())[:EXCERPT]


def _permissions(prepared: Mapping[str, Any]) -> dict[str, list[str]]:
    """SECURITY: what says nothing of its readers has none. Most things have no audience of their own: keeping their
    readers apart spares each search the second question."""
    readers, audience = _strings(prepared.get(READERS)), _strings(prepared.get(AUDIENCE))
    is_open = ANY in audience
    return {
        READERS: readers if is_open else [],
        NARROWED: [] if is_open else readers,
        AUDIENCE: [] if is_open else audience,
        SHARED: _strings(prepared.get(SHARED)),
    }


def _strings(values: Iterable[Any] | None) -> list[str]:
    return [str(one) for one in values or ()]


def _number(value: Any) -> int:
    return int(value) if str(value).isdecimal() else 0


def plain(field: Field, value: Any) -> Any:
    """A value as engines compare it: strings, numbers, moments in UTC to the second."""
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(field, one) for one in value]
    if field.kind is Kind.DATE:
        return moment(value)
    if field.kind is Kind.BOOLEAN:
        return bool(value)
    if field.kind is Kind.INTEGER:
        return int(value)
    return float(value) if field.kind is Kind.FLOAT else str(value)


def moment(value: Any) -> datetime:
    """A date or a moment, also written as ISO says, in UTC to the second. Raises ValueError for another text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) and isinstance(value, date):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


_ENCODER = json.JSONEncoder(default=_as_json, ensure_ascii=False, separators=(",", ":"))


def stored(text: str) -> dict[str, Any]:
    """What was kept of a document."""
    return json.loads(text)
