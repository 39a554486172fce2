"""The base of every app's `search_indexes.py`: what the index knows of any content."""

from typing import Any

from haystack import indexes

from foundation.audiences.principals import principal
from foundation.content.models import Content, State


class ContentIndex(indexes.SearchIndex):
    """Subclass with `indexes.Indexable`, `get_model` and `body_of`; title, space, dates and readers come from here.

    Who may find it is two sets of opaque principals, both of which a searcher must meet: `readers` (of the space) and
    `audience` (of the thing; `ANY` when it has none), or else `shared`. They prefilter; the page of hits is checked
    with `visible_to` before it is shown, because the index lags behind permission changes.
    """

    ANY = "any"

    text = indexes.CharField(document=True)
    title = indexes.CharField(model_attr="title", boost=2.0)
    title_translated = indexes.CharField(model_attr="title_translated")
    kind = indexes.CharField(model_attr="kind", faceted=True)
    language = indexes.CharField(model_attr="language", faceted=True)
    space = indexes.IntegerField(model_attr="space_id", faceted=True)
    author = indexes.IntegerField(model_attr="author_id", faceted=True)
    updated = indexes.DateTimeField(model_attr="updated")
    readers = indexes.MultiValueField()
    audience = indexes.MultiValueField()
    shared = indexes.MultiValueField()

    def body_of(self, obj: Any) -> str:
        """The text to search besides the titles."""
        raise NotImplementedError

    def prepare_text(self, obj: Any) -> str:
        return "\n".join([obj.title, obj.title_translated, self.body_of(obj)])

    def prepare_readers(self, obj: Content) -> list[str]:
        """Principals of whoever reads the space. Nobody finds drafts and trash."""
        if obj.state not in (State.PUBLISHED, State.ARCHIVED):
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
        if obj.state not in (State.PUBLISHED, State.ARCHIVED):
            return []
        return sorted(set(obj.shares.active().values_list("principal", flat=True)))

    def index_queryset(self, using: str | None = None) -> Any:
        return self.get_model().objects.select_related("space__audience", "audience")
