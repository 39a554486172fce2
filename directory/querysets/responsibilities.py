"""How what passed from one person to another is read."""

from typing import Any, Self

from django.db import models
from django.db.models import Q


class HandoverItemQuerySet(models.QuerySet):
    """Things that passed. They are seen by who took them over."""

    def visible_to(self, person: Any) -> Self:
        """Those `person` received, with from whom, the newest last."""
        return self.filter(handover__heir_id=person.pk).select_related("handover__leaver").order_by("pk")

    def about(self, contents: Any = (), spaces: Any = (), groups: Any = ()) -> Self:
        """Those that are one of these, given by their ids."""
        return self.filter(Q(content_id__in=contents) | Q(space_id__in=spaces) | Q(group_id__in=groups))
