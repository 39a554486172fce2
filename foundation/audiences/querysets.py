"""How audiences are read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    pass


class AudienceQuerySet(models.QuerySet):
    """Audiences by who they include."""

    def including(self, principals: Iterable[str]) -> "AudienceQuerySet":
        """The audiences that include any of `principals`; none for an empty set."""
        return self.filter(pk__in=audience_ids_including(principals))


def audience_ids_including(principals: Iterable[str]) -> models.QuerySet:
    """A subquery of audience ids, for conditions on whatever has an audience."""
    rows = apps.get_model("audiences", "AudiencePrincipal")._default_manager
    chosen = sorted(principals)
    if not chosen:
        return rows.none().values("audience_id")
    return rows.filter(principal__in=chosen).values("audience_id")
