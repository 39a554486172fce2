"""How attachments are read: through the visibility of their content."""

from typing import Any, Self

from django.db import models

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import rows, table
from foundation.content.querysets import visible_q


class AttachmentQuerySet(models.QuerySet):
    """Attachments."""

    def visible_to(self, person: Any) -> Self:
        """Those of content that `person` may see."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def on(self, content: Any) -> Self:
        return self.filter(content_id=content.pk).order_by("created", "pk")

    def of_page(self, content: Any) -> list[Any]:
        """The files of a content one sees, ready for its page. Most have none, and cost next to nothing."""
        if not rows(f"SELECT 1 FROM {table(self.model)} WHERE content_id = %s LIMIT 1", [content.pk], self.db):
            return []
        return list(self.on(content).select_related("blob"))
