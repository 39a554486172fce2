"""What the index knows of publications."""

from typing import Any

from haystack import indexes

from foundation.search.indexes import ContentIndex
from foundation.ui.rich_text import plain_text

from .models import Alert, Notice


class NoticeIndex(ContentIndex, indexes.Indexable):
    """A notice: its number, its texts in both languages."""

    def get_model(self) -> type[Notice]:
        return Notice

    def body_of(self, obj: Any) -> str:
        texts = [text for language in ("fr", "en") for text in obj.text_in(language).values()]
        parts = [obj.reference, str(obj.get_genre_display()), *(plain_text(one) for one in texts), obj.event_place]
        return "\n".join(one for one in parts if one)

    def prepare_unit(self, obj: Any) -> int | None:
        return obj.unit_id


class AlertIndex(ContentIndex, indexes.Indexable):
    """An alert in both languages. One to come is a draft, found by nobody; one that is over counts for less."""

    def get_model(self) -> type[Alert]:
        return Alert

    def body_of(self, obj: Any) -> str:
        return "\n".join((obj.body, obj.body_translated))
