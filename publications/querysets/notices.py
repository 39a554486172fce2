"""How notices are read."""

from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from foundation.content.querysets import SPACE_FIELDS, TITLE_FIELDS, ContentQuerySet
from foundation.spaces.querysets import edited_space_ids

ROW_FIELDS = (
    *TITLE_FIELDS,
    *(f"space__{name}" for name in SPACE_FIELDS),
    "genre",
    "stage",
    "series",
    "year",
    "number",
    "summary",
    "summary_translated",
    "translated_from",
    "published",
    "expires",
    "acknowledgement",
    "unit__name_fr",
    "unit__name_en",
)


class NoticeQuerySet(ContentQuerySet):
    """Notices: all that content can do, and their own order."""

    def with_row(self) -> Self:
        """Loads what a row or a card shows."""
        return self.select_related("space", "unit")

    def for_page(self) -> Self:
        """Loads what the page of one notice shows."""
        return self.select_related("space__site", "unit", "author", "contact", "audience")

    def in_force(self) -> Self:
        """Published and not expired."""
        return self.current()

    def of_genre(self, *genres: str) -> Self:
        return self.filter(genre__in=genres)

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def tagged(self, slug: str) -> Self:
        return self.filter(tags__slug=slug)

    def dated(self) -> Self:
        """What takes place and is not over, the next first."""
        now = timezone.now()
        coming = Q(event_ends__gte=now) | Q(event_ends__isnull=True, event_starts__gte=now)
        return self.filter(coming, event_starts__isnull=False).order_by("event_starts", "pk")

    def editable_by(self, person: Any) -> Self:
        """What `person` writes: their own, and all of the sites they edit. SECURITY: within what they may read."""
        mine = Q(author_id=person.pk) | Q(owner_id=person.pk) | Q(space_id__among=edited_space_ids(person))
        return self.visible_to(person).filter(mine)
