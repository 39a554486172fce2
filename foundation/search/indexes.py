"""The base of every app's `search_indexes.py`: what the index knows of any content."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from haystack import indexes

from foundation.audiences.principals import principal
from foundation.content.models import Content, Share, State

# What is found besides drafts and trash.
FINDABLE = (State.PUBLISHED, State.ARCHIVED)

# How relevance fades: what is so many years older counts half. Counted from a fixed day, so that no document changes
# as time goes by.
HALF_LIFE_YEARS = 4.0
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_YEAR = 365.25 * 24 * 3600
OFFICIAL = {"site": 1.5, "unit": 1.25, "council": 1.25}
ARCHIVED = 0.5

# What the stamp is made of: columns, from the content's own row and its space.
STAMPED = (
    "uuid",
    "updated",
    "state",
    "title",
    "title_translated",
    "space_id",
    "audience_id",
    "space__access",
    "space__audience_id",
)


def stamp_of(values: tuple[Any, ...]) -> int:
    """A number that is another as soon as one of the `STAMPED` values is."""
    return int.from_bytes(hashlib.blake2b(repr(values).encode(), digest_size=7).digest(), "big")


def freshness(updated: datetime) -> float:
    """Twice as much for what is `HALF_LIFE_YEARS` younger."""
    return float(2 ** ((updated - _FROM).total_seconds() / _YEAR / HALF_LIFE_YEARS))


class FindableIndex(indexes.SearchIndex):
    """The fields of everything that is found. `ContentIndex` fills them for content, `ObjectIndex` for the rest.

    Who may find it is two sets of opaque principals, both of which a searcher must meet: `readers` (of the space) and
    `audience` (of the thing; `ANY` when it has none), or else `shared`. They prefilter; the page of hits is checked
    in the database before it is shown, because the index lags behind permission changes.
    """

    ANY = "any"

    text = indexes.CharField(document=True)
    title = indexes.CharField(boost=2.0)
    title_translated = indexes.CharField(boost=2.0)
    kind = indexes.CharField(faceted=True)
    language = indexes.CharField(faceted=True)
    space = indexes.IntegerField(faceted=True, null=True)
    author = indexes.IntegerField(faceted=True, null=True)
    unit = indexes.IntegerField(faceted=True, null=True, stored=False)
    file_type = indexes.CharField(faceted=True, null=True)
    updated = indexes.DateTimeField(faceted=True, null=True)
    readers = indexes.MultiValueField(stored=False)
    audience = indexes.MultiValueField(stored=False)
    shared = indexes.MultiValueField(stored=False)
    # What counts for more among equals, and what tells the catch-up that nothing changed.
    weight = indexes.FloatField(stored=False)
    stamp = indexes.IntegerField(stored=False)

    def body_of(self, obj: Any) -> str:
        """The text to search besides the titles."""
        raise NotImplementedError

    def prepare_stamp(self, obj: Any) -> int:
        """Another number as soon as the document is another: see `stamp_of`."""
        raise NotImplementedError


class ObjectIndex(FindableIndex):
    """What is no content: a person, a unit, a community. Subclass with `indexes.Indexable`, `get_model`, `KIND`,
    `titles_of`, `body_of` and `readers_of`; register what is shown of a find in `sorts`."""

    KIND = ""
    WEIGHT = 1.0

    def titles_of(self, obj: Any) -> tuple[str, str]:
        """In French and in English, or twice the same."""
        raise NotImplementedError

    def readers_of(self, obj: Any) -> Iterable[str]:
        """The principals of whoever may know of it; none when it is not found at all."""
        raise NotImplementedError

    def unit_of(self, obj: Any) -> int | None:
        """The unit it is of."""
        return None

    def prepare_title(self, obj: Any) -> str:
        return self.titles_of(obj)[0]

    def prepare_title_translated(self, obj: Any) -> str:
        french, english = self.titles_of(obj)
        return english if english != french else ""

    def prepare_text(self, obj: Any) -> str:
        return "\n".join([*dict.fromkeys(self.titles_of(obj)), self.body_of(obj)])

    def prepare_kind(self, obj: Any) -> str:
        return self.KIND

    def prepare_language(self, obj: Any) -> str:
        return "fr"

    def prepare_unit(self, obj: Any) -> int | None:
        return self.unit_of(obj)

    def prepare_readers(self, obj: Any) -> list[str]:
        return sorted(self.readers_of(obj))

    def prepare_audience(self, obj: Any) -> list[str]:
        return [self.ANY]

    def prepare_shared(self, obj: Any) -> list[str]:
        return []

    def prepare_weight(self, obj: Any) -> float:
        # As fresh as what is written today: people and units do not age.
        return self.WEIGHT * freshness(timezone.now())

    def prepare_stamp(self, obj: Any) -> int:
        said = (self.titles_of(obj), self.body_of(obj), sorted(self.readers_of(obj)), self.unit_of(obj))
        return stamp_of(said)


class ContentIndex(FindableIndex):
    """Subclass with `indexes.Indexable`, `get_model` and `body_of`; title, space, dates and readers come from here."""

    def file_type_of(self, obj: Any) -> str | None:
        """What sort of file it is, for kinds that are files: "pdf", "docx"."""
        return None

    def officialness_of(self, obj: Any) -> float:
        """How much it counts: 1, more for what the city says itself, less for what is archived."""
        return OFFICIAL.get(obj.space.kind, 1.0) * (ARCHIVED if obj.state == State.ARCHIVED else 1.0)

    def prepare_title(self, obj: Any) -> str:
        return obj.title

    def prepare_title_translated(self, obj: Any) -> str:
        return obj.title_translated

    def prepare_kind(self, obj: Any) -> str:
        return obj.kind

    def prepare_language(self, obj: Any) -> str:
        return obj.language

    def prepare_space(self, obj: Any) -> int | None:
        return obj.space_id

    def prepare_author(self, obj: Any) -> int | None:
        return obj.author_id

    def prepare_unit(self, obj: Any) -> int | None:
        return obj.author.unit_id

    def prepare_updated(self, obj: Any) -> datetime:
        return obj.updated

    def prepare_text(self, obj: Any) -> str:
        return "\n".join([obj.title, obj.title_translated, self.body_of(obj)])

    def prepare_file_type(self, obj: Any) -> str | None:
        return self.file_type_of(obj)

    def prepare_weight(self, obj: Any) -> float:
        return self.officialness_of(obj) * freshness(obj.updated)

    def prepare_stamp(self, obj: Any) -> int:
        space = obj.space
        own = [getattr(obj, name) for name in STAMPED if "__" not in name]
        return stamp_of((*own, space.access, space.audience_id))

    def prepare_readers(self, obj: Content) -> list[str]:
        """Principals of whoever reads the space. Nobody finds drafts and trash."""
        if obj.state not in FINDABLE:
            return []
        space = obj.space
        opened = space.audience.principals if space.access == space.Access.OPEN and space.audience else frozenset()
        return sorted({principal("space", space.pk), *opened})

    def prepare_audience(self, obj: Content) -> list[str]:
        """Principals of the thing's own audience and its author; `ANY` when it has none."""
        if obj.audience is None:
            return [self.ANY]
        return sorted({*obj.audience.principals, principal("person", obj.author_id)})

    def prepare_shared(self, obj: Content) -> list[str]:
        """Principals it was shared with."""
        if obj.state not in FINDABLE:
            return []
        active = getattr(obj, "active_shares", None)
        return sorted({one.principal for one in (obj.shares.active() if active is None else active)})

    def index_queryset(self, using: str | None = None) -> Any:
        """What can be found, with what a batch of it needs: the same queries for one as for five hundred."""
        active = Prefetch("shares", queryset=Share.objects.active(), to_attr="active_shares")
        found = self.get_model()._default_manager.filter(state__in=FINDABLE)
        return found.select_related("space__audience", "audience", "author").prefetch_related(
            "space__audience__rows", "audience__rows", active
        )
