"""How sites are read."""

from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.db import models

from foundation.audiences.sql import among, rows, table, vendor
from foundation.spaces.models import Role
from foundation.spaces.querysets import edited_space_ids, readable_space_ids, roles_of
from foundation.ui.pairs import Pair


@dataclass(frozen=True)
class Named:
    """Something one chooses by its name: key, address and name in both languages."""

    pk: int
    slug: str
    name_fr: str
    name_en: str

    name = Pair("name")


class SiteQuerySet(models.QuerySet):
    """Sites."""

    def visible_to(self, person: Any) -> Self:
        """Those whose space `person` reads."""
        return self.filter(space_id__in=readable_space_ids(person))

    def of_writer(self, person: Any, least: int = Role.CONTRIBUTOR) -> Self:
        """Those where `person` has at least that role and something new may be written."""
        mine = [pk for pk, role in roles_of(person).items() if role >= least]
        return self.filter(space_id__in=mine, space__archived__isnull=True)

    def edited_by(self, person: Any) -> Self:
        """Those where `person` is an editor or an owner."""
        return self.filter(space_id__among=edited_space_ids(person))

    def with_space(self) -> Self:
        return self.select_related("space", "unit")

    def in_name_order(self) -> Self:
        """The city's own first, then by French name."""
        return self.order_by("-is_city", "space__name_fr", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-space__created", "-pk")

    def before(self, cursor: Any) -> Self:
        """What comes after `cursor` (created, id) in `newest_first`."""
        if cursor is None:
            return self
        later = models.Q(space__created__lt=cursor[0]) | models.Q(space__created=cursor[0], pk__lt=cursor[1])
        return self.filter(later)


def named_sites(person: Any) -> tuple[Named, ...]:
    """The sites whose space `person` reads, by address and name alone, the city's own first: what a list to choose from
    shows on every page of notices. Written out (decision 25)."""
    mine, params = among("s.id", readable_space_ids(person), "bigint", vendor())
    site, space = table(apps.get_model("publications", "Site")), table(apps.get_model("spaces", "Space"))
    found = rows(
        f"SELECT s.id, s.slug, s.name_fr, s.name_en FROM {site} p JOIN {space} s ON s.id = p.space_id WHERE {mine} "
        "ORDER BY p.is_city DESC, s.name_fr, s.id",
        params,
    )
    return tuple(Named(*row) for row in found)
