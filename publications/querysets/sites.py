"""How sites are read."""

from typing import Any, Self

from django.db import models

from foundation.spaces.querysets import readable_space_ids


class SiteQuerySet(models.QuerySet):
    """Sites."""

    def visible_to(self, person: Any) -> Self:
        """Those whose space `person` reads."""
        return self.filter(space_id__among=readable_space_ids(person))

    def with_space(self) -> Self:
        return self.select_related("space", "unit")
