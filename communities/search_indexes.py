"""What the index knows of communities and their topics."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from haystack import indexes

from foundation.audiences.principals import principal
from foundation.discussion.models import Comment
from foundation.search.indexes import ContentIndex, ObjectIndex
from foundation.spaces.models import Space

from .models import Topic


class TopicIndex(ContentIndex, indexes.Indexable):
    """A topic and its standing replies."""

    def get_model(self) -> type[Topic]:
        return Topic

    def body_of(self, obj: Any) -> str:
        # Loaded with a batch; of a single topic asked for here.
        loaded = getattr(obj, "standing", None)
        replies = obj.comments.standing().order_by("pk") if loaded is None else loaded
        return "\n".join([obj.body, *(one.body for one in replies)])

    def index_queryset(self, using: str | None = None) -> Any:
        standing = Prefetch("comments", queryset=Comment.objects.standing().order_by("pk"), to_attr="standing")
        return super().index_queryset(using).prefetch_related(standing)


class CommunityIndex(ObjectIndex, indexes.Indexable):
    """A community: that it exists, its names and what it is for."""

    KIND = "community"
    WEIGHT = 1.5

    def get_model(self) -> type[Space]:
        return Space

    def titles_of(self, obj: Space) -> tuple[str, str]:
        return obj.name_fr or obj.name_en, obj.name_en or obj.name_fr

    def body_of(self, obj: Space) -> str:
        return "\n".join(line for line in (obj.description_fr, obj.description_en) if line)

    def readers_of(self, obj: Space) -> Iterable[str]:
        """SECURITY: a hidden one is known to its members alone; the others to whom they are shown."""
        is_listed = obj.access != Space.Access.HIDDEN and obj.audience is not None
        return {principal("space", obj.pk), *(obj.audience.principals if is_listed else ())}

    def index_queryset(self, using: str | None = None) -> Any:
        return Space.objects.communities().select_related("audience").prefetch_related("audience__rows")
