"""How topics are read."""

from typing import Self

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from foundation.content.querysets import ContentQuerySet
from foundation.discussion.models import Comment


class TopicQuerySet(ContentQuerySet):
    """Topics: all that content can do, and the number of replies."""

    def with_reply_count(self) -> Self:
        """Adds `reply_count`, removed replies left out."""
        replies = Comment.objects.standing().filter(content_id=OuterRef("pk")).order_by().values("content_id")
        return self.annotate(reply_count=Coalesce(Subquery(replies.annotate(n=Count("pk")).values("n")), 0))

    def with_row(self) -> Self:
        """Loads what a row or a card shows."""
        return self.select_related("space", "author__unit")
