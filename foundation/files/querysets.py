"""How attachments are read: through the visibility of their content."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from foundation.audiences.principals import principals_of
from foundation.content.querysets import visible_q

if TYPE_CHECKING:
    pass


class AttachmentQuerySet(models.QuerySet):
    """Attachments."""

    def visible_to(self, person: Any) -> Self:
        """Those of content that `person` may see."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def on(self, content: Any) -> Self:
        return self.filter(content_id=content.pk).order_by("created", "pk")
