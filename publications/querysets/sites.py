"""How sites are read."""

from typing import Any, Self

from django.db import models

from foundation.spaces.models import Role
from foundation.spaces.querysets import readable_space_ids, roles_of


class SiteQuerySet(models.QuerySet):
    """Sites."""

    def visible_to(self, person: Any) -> Self:
        """Those whose space `person` reads."""
        return self.filter(space_id__in=readable_space_ids(person))

    def of_writer(self, person: Any, least: int = Role.CONTRIBUTOR) -> Self:
        """Those where `person` has at least that role and something new may be written."""
        mine = [pk for pk, role in roles_of(person).items() if role >= least]
        return self.filter(space_id__in=mine, space__archived__isnull=True)

    def with_space(self) -> Self:
        return self.select_related("space", "unit")

    def in_name_order(self) -> Self:
        """The city's own first, then by French name."""
        return self.order_by("-is_city", "space__name_fr", "pk")
