"""How topics are read."""

from typing import Self

from foundation.content.querysets import ContentQuerySet


class TopicQuerySet(ContentQuerySet):
    """Topics: all that content can do."""

    def with_row(self) -> Self:
        """Loads what the page of a topic shows."""
        return self.select_related("space", "author")

    def for_rows(self) -> Self:
        """Loads only what a row shows inside its own community, whose space is at hand."""
        author = ("author__uuid", "author__username", "author__given_name", "author__family_name")
        return self.select_related("author").only("uuid", "kind", "title", "language", "updated", "space_id", *author)
