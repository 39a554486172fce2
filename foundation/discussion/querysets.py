"""How comments and reactions are read: through the visibility of their content."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import among, rows, table, vendor
from foundation.content.querysets import Cursor, visible_q


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

    def for_thread(self) -> Self:
        """Loads what a thread shows: the words as they are read, not as they were written."""
        author = ("uuid", "username", "given_name", "family_name", "preferred_name", "photo", "title_fr", "title_en")
        return self.select_related("author").only(
            "uuid", "content_id", "parent_id", "body_html", "created", "edited", "removed", "removed_by_id",
            *(f"author__{name}" for name in author),
        )  # fmt: skip

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
        found: dict[int | None, dict[str, tuple[int, bool]]] = {}
        sql = (
            "SELECT comment_id, sign, COUNT(*), MAX(CASE WHEN person_id = %s THEN 1 ELSE 0 END) "
            f"FROM {table(self.model)} WHERE content_id = %s GROUP BY comment_id, sign"
        )
        for comment, sign, count, mine in rows(sql, [person.pk, content.pk], self.db):
            found.setdefault(comment, {})[sign] = (count, bool(mine))
        return found
