"""How audiences are read."""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL


class AudienceQuerySet(models.QuerySet):
    """Audiences by who they include."""

    def including(self, principals: Iterable[str]) -> "AudienceQuerySet":
        """The audiences that include any of `principals`; none for an empty set."""
        return self.filter(pk__in=audience_ids_including(principals))


def audience_ids_including(principals: Iterable[str]) -> RawSQL:
    """A subquery of audience ids, for `audience_id__in=` on whatever has an audience. Nothing for an empty set.

    Written out: it is in several queries of every request, and the ORM takes longer to build it than to run it.
    """
    table = apps.get_model("audiences", "AudiencePrincipal")._meta.db_table
    chosen = sorted(principals)
    marks = ", ".join(["%s"] * len(chosen)) or "NULL"
    return RawSQL(f"SELECT audience_id FROM {table} WHERE principal IN ({marks})", chosen)  # noqa: S611  (a constant)
