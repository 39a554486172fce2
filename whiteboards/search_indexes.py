"""What the index knows of boards."""

from typing import Any

from haystack import indexes

from foundation.search.indexes import ContentIndex

from .models import Board


class BoardIndex(ContentIndex, indexes.Indexable):
    """A board and all that is written on it."""

    def get_model(self) -> type[Board]:
        return Board

    def body_of(self, obj: Any) -> str:
        return obj.text
