"""What the index knows of topics."""

from typing import Any

from haystack import indexes

from foundation.search.indexes import ContentIndex

from .models import Topic


class TopicIndex(ContentIndex, indexes.Indexable):
    """A topic and its standing replies."""

    def get_model(self) -> type[Topic]:
        return Topic

    def body_of(self, obj: Any) -> str:
        return "\n".join([obj.body, *obj.comments.standing().values_list("body", flat=True)])
