"""What the index knows of applications."""

from typing import Any

from haystack import indexes

from foundation.search.indexes import ContentIndex

from .models import Application


class ApplicationIndex(ContentIndex, indexes.Indexable):
    """An application, in both languages."""

    def get_model(self) -> type[Application]:
        return Application

    def body_of(self, obj: Any) -> str:
        return f"{obj.description_fr}\n{obj.description_en}"
