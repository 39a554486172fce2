"""How comments and reactions are read: through the visibility of their content."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Max, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import among, rows, table, vendor
from foundation.content.querysets import Cursor, visible_q

if TYPE_CHECKING:
    pass


class CommentQuerySet(models.QuerySet):
    """Comments."""

    def visible_to(self, person: Any) -> Self:
        """Those on content that `person` may see. Removed ones stay as an empty place in the thread."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def on(self, content: Any) -> Self:
        return self.filter(content_id=content.pk)

    def standing(self) -> Self:
        """Not removed."""
        return self.filter(removed__isnull=True)

    def counts(self, content_ids: Iterable[int]) -> dict[int, int]:
        """How many standing comments each content has, for those that have any. Of content one may see: not checked."""
        wanted, params = among("content_id", sorted(content_ids), "bigint", vendor(self.db))
        standing = f"FROM {table(self.model)} WHERE removed IS NULL AND {wanted}"
        return dict(rows(f"SELECT content_id, COUNT(*) {standing} GROUP BY content_id", params, self.db))

    def in_thread_order(self) -> Self:
        return self.order_by("created", "pk")

    def after(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (created, id) in thread order."""
        return self.filter(TupleGreaterThan(Tuple(F("created"), F("id")), cursor)) if cursor else self

    def with_author(self) -> Self:
        return self.select_related("author")


class ReactionQuerySet(models.QuerySet):
    """Reactions."""

    def visible_to(self, person: Any) -> Self:
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def tally(self, content: Any, person: Any) -> dict[int | None, dict[str, tuple[int, bool]]]:
        """The reactions on `content` and its comments: `{comment id or None: {sign: (count, is mine)}}`. One query."""
        rows: Iterable[dict[str, Any]] = (
            self.filter(content_id=content.pk)
            .values("comment_id", "sign")
            .annotate(count=Count("pk"), mine=Max("pk", filter=Q(person_id=person.pk)))
        )
        found: dict[int | None, dict[str, tuple[int, bool]]] = {}
        for row in rows:
            found.setdefault(row["comment_id"], {})[row["sign"]] = (row["count"], row["mine"] is not None)
        return found
