"""What the index knows of publications."""

from collections.abc import Iterable
from typing import Any

from haystack import indexes

from foundation.audiences.principals import principal
from foundation.search.indexes import OFFICIAL, ContentIndex, ObjectIndex
from foundation.spaces.models import Space
from foundation.ui.rich_text import plain_text

from .blocks.reading import text_of
from .models import Alert, Notice, PageContent, Site


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


class PageContentIndex(ContentIndex, indexes.Indexable):
    """A page of a site, in both languages: what is published of it."""

    def get_model(self) -> type[PageContent]:
        return PageContent

    def body_of(self, obj: Any) -> str:
        page = obj.page
        texts = [page.lead_fr, page.lead_en, text_of(page.body_fr), text_of(page.body_en)]
        return "\n".join(one for one in texts if one)

    def officialness_of(self, obj: Any) -> float:
        return super().officialness_of(obj) * (1.0 if obj.space.kind in OFFICIAL else OFFICIAL["site"])

    def index_queryset(self, using: str | None = None) -> Any:
        return super().index_queryset(using).select_related("page")


class SiteIndex(ObjectIndex, indexes.Indexable):
    """A site: that it exists, its names and what it is for."""

    KIND = "site"
    WEIGHT = 1.6

    def get_model(self) -> type[Site]:
        return Site

    def titles_of(self, obj: Site) -> tuple[str, str]:
        return obj.space.name_fr or obj.space.name_en, obj.space.name_en or obj.space.name_fr

    def body_of(self, obj: Site) -> str:
        lines = (obj.unit.name_fr, obj.unit.name_en, obj.space.description_fr, obj.space.description_en)
        return "\n".join(line for line in lines if line)

    def unit_of(self, obj: Site) -> int | None:
        return obj.unit_id

    def readers_of(self, obj: Site) -> Iterable[str]:
        """SECURITY: whoever reads its space."""
        space = obj.space
        is_open = space.access == Space.Access.OPEN and space.audience is not None
        return {principal("space", space.pk), *(space.audience.principals if is_open else ())}

    def index_queryset(self, using: str | None = None) -> Any:
        return Site.objects.select_related("space__audience", "unit").prefetch_related("space__audience__rows")
