"""How topics are read."""

from typing import Self

from foundation.content.querysets import PERSON_FIELDS, SPACE_FIELDS, TITLE_FIELDS, ContentQuerySet


class TopicQuerySet(ContentQuerySet):
    """Topics: all that content can do."""

    def with_row(self) -> Self:
        """Loads what the page of a topic shows."""
        space = ("audience_id", "access", "archived", "description_fr", "description_en", *SPACE_FIELDS)
        fields = ("body", "body_html", "author_id", "owner_id", "audience_id", "state", "created", *TITLE_FIELDS)
        return self.select_related("space", "author").only(
            *fields,
            *(f"space__{name}" for name in space),
            *(f"author__{name}" for name in (*PERSON_FIELDS, "title_fr", "title_en")),
        )

    def for_rows(self) -> Self:
        """Loads only what a row shows inside its own community, whose space is at hand."""
        return self.select_related("author").only(*TITLE_FIELDS, *(f"author__{name}" for name in PERSON_FIELDS))
