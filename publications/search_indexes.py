"""What the index knows of publications."""

from typing import Any

from haystack import indexes

from foundation.search.indexes import ContentIndex

from .models import Alert


class AlertIndex(ContentIndex, indexes.Indexable):
    """An alert in both languages. One to come is a draft, found by nobody; one that is over counts for less."""

    def get_model(self) -> type[Alert]:
        return Alert

    def body_of(self, obj: Any) -> str:
        return "\n".join((obj.body, obj.body_translated))
